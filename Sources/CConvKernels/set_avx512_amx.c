// Products of blocks of bfloat16 in one instruction.
#if defined(__x86_64__)
#define CONV_BYTES 64
#define CONV_BF16
#define CONV_AMX
#define CONV_TARGET "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,amx-tile,amx-bf16,fma,bmi2"
#include "set_begin.h"

#include "net_lanes.h"
#include "net_pairs.h"
#include "net_blocks.h"

#include "set_end.h"

#include "set_extensions.h"

void conv_extend_avx512_amx(conv_table *table) {
  table->needs.extensions.amx = true;
  table->net.products_of_blocks = products_of_blocks;
}
#endif
