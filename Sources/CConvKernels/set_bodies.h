// Compiles every body for one instruction set, and fills its table. The file that includes this, one
// a set, defines
//   CONV_TABLE   the name of the table, which stands in dispatch.c,
//   CONV_NEEDS   the level and the extensions that it needs,
//   CONV_BYTES   the width of a vector: 16, 32 or 64,
//   CONV_TARGET  the target attribute, where the level is above the compiler's own,
//   CONV_VNNI    where dot products are instructions.

#include <math.h>
#include <string.h>

#include "micro_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define BODY static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

#if defined(CONV_TARGET)
#pragma clang attribute push(__attribute__((target(CONV_TARGET))), apply_to = function)
#endif

#include "net_bodies.h"

// From here on products of floats are rounded before they are added, on every processor.
#pragma STDC FP_CONTRACT OFF

#include "filter_bodies.h"
#include "png_bodies.h"
#include "resize_bodies.h"
#include "row_bodies.h"

#if defined(CONV_TARGET)
#pragma clang attribute pop
#endif

const conv_table CONV_TABLE = {
    .needs = CONV_NEEDS,
    .filter = {
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
        .prefix_u32 = prefix_u32,
        .subtract_u32 = subtract_u32,
        .finish_u16 = finish_u16,
        .larger_u8 = larger_u8,
        .larger_u16 = larger_u16,
        .smaller_u8 = smaller_u8,
        .smaller_u16 = smaller_u16,
        .largest_u8 = largest_u8,
        .largest_u16 = largest_u16,
        .smallest_u8 = smallest_u8,
        .smallest_u16 = smallest_u16,
        .largest_pair_u8 = largest_u8_pair,
        .largest_pair_u16 = largest_u16_pair,
        .smallest_pair_u8 = smallest_u8_pair,
        .smallest_pair_u16 = smallest_u16_pair,
        .largest_step_u8 = largest_u8_step,
        .largest_step_u16 = largest_u16_step,
        .smallest_step_u8 = smallest_u8_step,
        .smallest_step_u16 = smallest_u16_step,
        .raise_u8 = raise_u8,
        .raise_u16 = raise_u16,
        .lower_u8 = lower_u8,
        .lower_u16 = lower_u16,
        .ranks = {
            .medians_3_u8 = medians_3_u8,
            .medians_3_u16 = medians_3_u16,
            .sort_columns_5_u8 = sort_columns_5_u8,
            .sort_columns_5_u16 = sort_columns_5_u16,
            .median_5_u8 = median_5_u8,
            .median_5_u16 = median_5_u16,
            .slide = rank_slide,
            .row = rank_row,
            .line_u8 = rank_line_u8,
            .line_u16 = rank_line_u16,
            .walk_u8 = rank_walk_u8,
            .walk_u16 = rank_walk_u16,
        },
        .local = {
            .color_planes_u8 = bilateral_u8_planes,
            .color_planes_u16 = bilateral_u16_planes,
            .similar = similar,
            .bilateral_u8 = bilateral_u8,
            .bilateral_u16 = bilateral_u16,
            .nonlocal_u8 = {nonlocal_u8_start, nonlocal_u8_slide, nonlocal_u8_weigh,
                             nonlocal_u8_add, nonlocal_u8_finish},
            .nonlocal_u16 = {nonlocal_u16_start, nonlocal_u16_slide, nonlocal_u16_weigh,
                             nonlocal_u16_add, nonlocal_u16_finish},
            .moments_slide = moments_slide,
            .moments_finish = moments_finish,
            .gradients_sum = gradients_sum,
            .gradients_squares = gradients_squares,
            .edges_sum = edges_sum,
            .edges_squares = edges_squares,
            .between_curves = between_curves,
        },
        .sum_f32 = sum_f32,
        .fold_u8_f32 = fold_u8_f32,
        .fold_f32 = fold_f32,
        .widen_u8_f32 = widen_u8_f32,
        .widen_u16_f32 = widen_u16_f32,
        .round_f32_u8 = round_f32_u8,
        .round_f32_u16 = round_f32_u16,
        .premultiply_u8_f32 = premultiply_u8_f32,
        .divide_alpha_f32_u8 = divide_alpha_f32_u8,
        .widen_i32_f64 = widen_i32_f64,
        .sum_row_f64 = sum_row_f64,
        .add_shifted_i32 = add_shifted_i32,
        .finish_i64_u8 = finish_i64_u8,
        .finish_i64_u16 = finish_i64_u16,
        .transform_row = transform_row,
        .restore_row = restore_row,
        .transform_columns = transform_columns,
        .finish_columns = finish_columns,
        .weigh_columns = weigh_columns,
        .pick_u8_f64 = pick_u8_f64,
        .pick_u16_f64 = pick_u16_f64,
        .round_f64_i64 = round_f64_i64,
        .round_f64_i32 = round_f64_i32,
        .double_count = double_count,
        .larger_i32 = larger_i32,
        .smaller_i32 = smaller_i32,
        .sum_i32 = sum_i32,
        .absolute_i32 = absolute_i32,
        .premultiply_u8 = premultiply_u8,
        .premultiply_u16 = premultiply_u16,
        .divide_alpha_u8 = divide_alpha_u8,
        .divide_alpha_u16 = divide_alpha_u16,
    },
    .net = {
        .lanes = LANES,
        .panel = 2 * LANES,
        .tile_rows = 3 * GROUPS,
        .product = product,
        .sparse = sparse,
        .maximum = maximum,
        .unpool = unpool,
        .chosen = chosen_weights,
        .gather = gather,
        .gathers = gathers,
        .list = list,
        .split = split,
        .join = join,
        .quads = quads,
        .transpose = transpose,
        .adam = adam,
        .combine = combine,
        .column_sums = column_sums,
        .mask = mask,
        .tiles_input = tiles_input,
        .tiles_output = tiles_output,
        .tiles_gradient = tiles_gradient,
        .tiles_scatter = tiles_scatter,
        .tiles_weights = tiles_weights,
        .tiles_weight_gradient = tiles_weight_gradient,
        .depthwise = depthwise,
        .depthwise_weights = depthwise_weights,
        .depthwise_scatter = depthwise_scatter,
        .limit = limit,
        .activate = activate,
        .activate_back = activate_back,
        .norm_forward = norm_forward,
        .norm_measure = norm_measure,
        .norm_back_sums = norm_back_sums,
        .norm_back_input = norm_back_input,
    },
    .png = {
        .choose = png_choose,
        .apply = png_apply,
    },
    .resize = {
        .row_f32 = resize_row_f32,
    },
    .rows = {
        .magnitude_u8 = magnitude_u8,
        .magnitude_u16 = magnitude_u16,
        .magnitude_small_u8 = magnitude_small_u8,
        .unsharp_u8 = unsharp_u8,
        .unsharp_u8_u16 = unsharp_u8_u16,
        .unsharp_u16 = unsharp_u16,
        .add_squares = add_squares,
        .roots = roots,
        .spread = spread,
        .widen_u8_u16 = widen_u8_u16,
        .stream_copy = stream_copy,
        .stream_end = stream_end,
        .difference_u8 = difference_u8,
        .difference_u16 = difference_u16,
    },
};
