// Sums of products of bytes, and of words, in one instruction.
#if defined(__x86_64__)
#define CONV_BYTES 64
#define CONV_VNNI
#define CONV_TARGET "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma,bmi2"
#include "set_begin.h"

// As in set_bodies.h.
#pragma STDC FP_CONTRACT OFF

#include "filter_lanes.h"
#include "filter_finish.h"
#include "filter_dot.h"
#include "filter_planes.h"
#include "filter_bilateral.h"
#include "filter_likeness.h"
#include "filter_narrow.h"
#include "filter_taps.h"

#include "set_end.h"

#include "set_extensions.h"

void conv_extend_avx512_vnni(conv_table *table) {
  table->needs.extensions.vnni = true;
  table->filter.dot_bytes = dot_bytes_rows;
  table->filter.dot_pairs = dot_pairs_rows;
  table->filter.columns_u8 = columns_u8;
  table->filter.row_dot = row_dot;
  table->filter.row_taps = stepped_taps;
  table->filter.row_mirrored = mirrored_taps;
  table->filter.local.likeness = likeness;
}
#endif
