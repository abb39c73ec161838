// Compiles every filter body for one instruction set. The file that includes this defines
//   CONV_TABLE   the name of the table,
//   CONV_SET     the level,
//   CONV_BYTES   the width of a vector,
//   CONV_TARGET  the target attribute, where the level is above the baseline,
//   CONV_VNNI    where dot products are instructions.

#include <string.h>

#include "filter_kernels.h"
#include "filter_tables.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Products of floats are rounded before they are added, on every processor.
#pragma STDC FP_CONTRACT OFF

#if defined(CONV_TARGET)
#pragma clang attribute push(__attribute__((target(CONV_TARGET))), apply_to = function)
#endif

#include "filter_lanes.h"

#include "filter_finish.h"

#include "filter_dot.h"

#include "filter_planes.h"

#include "filter_rows.h"

#include "filter_narrow.h"

#include "filter_long.h"

#include "filter_alpha.h"

#if defined(CONV_TARGET)
#pragma clang attribute pop
#endif

const conv_filter_table CONV_TABLE = {
    .set = CONV_SET,
    .group_bytes = group_bytes,
    .group_pairs_u8 = group_pairs_u8,
    .group_pairs_u16 = group_pairs_u16,
    .dot_bytes = dot_bytes_rows,
    .dot_pairs = dot_pairs_rows,
    .columns_u8 = columns_u8,
    .narrow_row = narrow_sums,
    .row_dot = row_dot,
    .row_taps = stepped_taps,
    .row_mirrored = mirrored_taps,
    .split_i16 = split_i16,
    .join_u8 = join_u8,
    .join_u16 = join_u16,
    .join_u32 = join_u32,
    .scale_i32 = scale_i32,
    .finish_i32 = finish_i32,
    .add_scaled_u8 = add_scaled_u8,
    .add_scaled_u16 = add_scaled_u16,
    .slide_u8_u16 = slide_u8_u16,
    .slide_u8_u32 = slide_u8_u32,
    .slide_u16_u32 = slide_u16_u32,
    .gather_u8_u16 = gather_u8_u16,
    .gather_u8_u32 = gather_u8_u32,
    .gather_u16_u32 = gather_u16_u32,
    .add_u16 = add_u16,
    .add_u32 = add_u32,
    .prefix_u32 = prefix_u32,
    .subtract_u32 = subtract_u32,
    .finish_u16 = finish_u16,
    .larger_u8 = larger_u8,
    .larger_u16 = larger_u16,
    .larger_f32 = larger_f32,
    .smaller_u8 = smaller_u8,
    .smaller_u16 = smaller_u16,
    .smaller_f32 = smaller_f32,
    .sum_f32 = sum_f32,
    .widen_u8_f32 = widen_u8_f32,
    .widen_u16_f32 = widen_u16_f32,
    .round_f32_u8 = round_f32_u8,
    .round_f32_u16 = round_f32_u16,
    .widen_i32_f64 = widen_i32_f64,
    .sum_row_f64 = sum_row_f64,
    .add_shifted_i32 = add_shifted_i32,
    .finish_i64_u8 = finish_i64_u8,
    .finish_i64_u16 = finish_i64_u16,
    .larger_i32 = larger_i32,
    .smaller_i32 = smaller_i32,
    .sum_i32 = sum_i32,
    .absolute_i32 = absolute_i32,
    .premultiply_u8 = premultiply_u8,
    .premultiply_u16 = premultiply_u16,
    .divide_alpha_u8 = divide_alpha_u8,
    .divide_alpha_u16 = divide_alpha_u16,
};
