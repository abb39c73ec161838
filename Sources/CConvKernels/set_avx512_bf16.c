// Roundings to bfloat16, and sums of products of its pairs, in one instruction.
#if defined(__x86_64__)
#define CONV_BYTES 64
#define CONV_BF16
#define CONV_TARGET "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,fma,bmi2"
#include "set_begin.h"

#include "net_lanes.h"
#include "net_pairs.h"
#include "net_product.h"

#include "set_end.h"

#include "set_extensions.h"

void conv_extend_avx512_bf16(conv_table *table) {
  table->needs.extensions.bf16 = true;
  table->net.product_of_pairs = product_of_pairs;
  table->net.pair = pair;
  table->net.pair_rows = pair_rows;
  table->net.round_row = round_row;
}
#endif
