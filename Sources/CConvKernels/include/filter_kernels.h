// Micro-kernels of the picture filters: every instruction set gives the same results.
//
// Rows are runs of samples; a "group" is a row of 32-bit lanes, each of which holds the samples of
// neighbouring input rows at one position: four bytes, or two 16-bit integers.
#ifndef CONV_FILTER_KERNELS_H
#define CONV_FILTER_KERNELS_H

#include "filter_jobs.h"
#include "local_kernels.h"
#include "rank_kernels.h"
#include "wide_kernels.h"

typedef struct {
  // lane[i] = the bytes a[i], b[i], c[i], d[i].
  void (*group_bytes)(const uint8_t *a, const uint8_t *b, const uint8_t *c, const uint8_t *d,
                      uint32_t *lanes, size_t count);
  // lane[i] = a[i], b[i] as 16-bit integers; 16-bit samples have 32768 subtracted.
  void (*group_pairs_u8)(const uint8_t *a, const uint8_t *b, uint32_t *lanes, size_t count);
  void (*group_pairs_u16)(const uint16_t *a, const uint16_t *b, uint32_t *lanes, size_t count);

  // Four output rows of a correlation. Lanes are read up to 64 columns beyond the last.
  // With bytes (weights signed), or NULL where the processor has no such instruction.
  void (*dot_bytes)(const conv_dot_job *job, const conv_finish *finish);
  // With pairs of 16-bit integers.
  void (*dot_pairs)(const conv_dot_job *job, const conv_finish *finish);

  // Four rows of sums down the columns, straight from rows of bytes: out = (sum + start) >> shift,
  // which must fit 16 bits.
  void (*columns_u8)(const conv_column_job *job, const conv_finish *finish);

  // One output row of a correlation with few taps, straight from rows of bytes; reads nothing but
  // `columns` samples of each. NULL where the processor has no such instruction.
  void (*narrow_row)(const conv_narrow_job *job, void *out, const conv_finish *finish);

  // One output row from 16-bit samples: sum[x] = sum of weight[i] * in[x + i]. `even` and `odd` hold
  // the pairs of weights (w[2j], w[2j+1]) and (w[2j-1], w[2j]), w outside being 0. Reads up to 256
  // samples beyond, writes up to 256 beyond `count`.
  void (*row_dot)(const int16_t *in, const uint32_t *even, const uint32_t *odd, size_t entries,
                  size_t count, void *out, const conv_finish *finish);

  // The same with taps `step` samples apart: two taps and their pair of weights an entry. At least
  // 64 samples; reads up to the tap after the last, writes `count`. NULL as above.
  void (*row_taps)(const int16_t *in, const uint32_t *weights, size_t entries, size_t step,
                   size_t count, void *out, const conv_finish *finish);

  // The same for weights that are the same from both ends, of an odd number of taps, on samples of
  // which the sum of any two fits 16 bits.
  void (*row_mirrored)(const int16_t *in, const uint32_t *weights, size_t taps, size_t step,
                       size_t count, void *out, const conv_finish *finish);

  // Planes of `channels` interleaved samples: out + c * distance holds channel c. `count` pixels.
  void (*split_i16)(const int16_t *in, size_t channels, size_t count, int16_t *out,
                    size_t distance);
  void (*join_u8)(const uint8_t *in, size_t distance, size_t channels, size_t count, uint8_t *out);
  void (*join_u16)(const uint16_t *in, size_t distance, size_t channels, size_t count,
                   uint16_t *out);
  void (*join_u32)(const uint32_t *in, size_t distance, size_t channels, size_t count,
                   uint32_t *out);

  // acc[x] = (first ? 0 : acc[x]) + weight * in[x]; then `finish` turns sums into samples.
  void (*scale_i32)(const int32_t *in, int32_t weight, int first, int32_t *acc, size_t count);
  void (*finish_i32)(const int32_t *sums, size_t count, void *out, const conv_finish *finish);

  // Sums of any width: acc[x] += weight * in[x], in 64 bits.
  void (*add_scaled_u8)(const uint8_t *in, int64_t weight, int64_t *acc, size_t count);
  void (*add_scaled_u16)(const uint16_t *in, int64_t weight, int64_t *acc, size_t count);

  // Boxes: sum[x] += add[x] - take[x], which may wrap; out[x] = a[x] + b[x].
  void (*slide_u8_u16)(const uint8_t *add, const uint8_t *take, uint16_t *sum, size_t count);
  void (*slide_u8_u32)(const uint8_t *add, const uint8_t *take, uint32_t *sum, size_t count);
  void (*slide_u16_u32)(const uint16_t *add, const uint16_t *take, uint32_t *sum, size_t count);
  void (*gather_u8_u16)(const uint8_t *add, uint16_t *sum, size_t count);
  void (*gather_u8_u32)(const uint8_t *add, uint32_t *sum, size_t count);
  void (*gather_u16_u32)(const uint16_t *add, uint32_t *sum, size_t count);
  void (*add_u16)(const uint16_t *a, const uint16_t *b, uint16_t *out, size_t count);
  // out[x] = in[x] + out[x - step], out[-step ..< 0] given.
  void (*prefix_u32)(const uint32_t *in, size_t step, uint32_t *out, size_t count);
  void (*subtract_u32)(const uint32_t *a, const uint32_t *b, uint32_t *out, size_t count);
  void (*finish_u16)(const uint16_t *sums, size_t count, void *out, const conv_finish *finish);

  // out[x] = the larger or smaller of a[x] and b[x].
  void (*larger_u8)(const uint8_t *a, const uint8_t *b, uint8_t *out, size_t count);
  void (*larger_u16)(const uint16_t *a, const uint16_t *b, uint16_t *out, size_t count);
  void (*smaller_u8)(const uint8_t *a, const uint8_t *b, uint8_t *out, size_t count);
  void (*smaller_u16)(const uint16_t *a, const uint16_t *b, uint16_t *out, size_t count);
  // The largest, or smallest, of 1 ... 8 sources; `out` is none of them. What is needed
  // next is fetched from `ahead` in the meantime. `past`: results go past the caches.
  void (*largest_u8)(const uint8_t *const *in, size_t sources, const uint8_t *ahead,
                   uint8_t *out, size_t count, bool past);
  void (*largest_u16)(const uint16_t *const *in, size_t sources, const uint16_t *ahead,
                   uint16_t *out, size_t count, bool past);
  void (*smallest_u8)(const uint8_t *const *in, size_t sources, const uint8_t *ahead,
                   uint8_t *out, size_t count, bool past);
  void (*smallest_u16)(const uint16_t *const *in, size_t sources, const uint16_t *ahead,
                   uint16_t *out, size_t count, bool past);
  // Those of 2 ... 8 rows, and of as many from the second row on.
  void (*largest_pair_u8)(const uint8_t *const *in, size_t rows, uint8_t *first,
                        uint8_t *second, size_t count);
  void (*largest_pair_u16)(const uint16_t *const *in, size_t rows, uint16_t *first,
                        uint16_t *second, size_t count);
  void (*smallest_pair_u8)(const uint8_t *const *in, size_t rows, uint8_t *first,
                        uint8_t *second, size_t count);
  void (*smallest_pair_u16)(const uint16_t *const *in, size_t rows, uint16_t *first,
                        uint16_t *second, size_t count);

  // prefix = max(prefix, added), out = max(prefix, suffix); the same with min.
  void (*largest_step_u8)(uint8_t *prefix, const uint8_t *added, const uint8_t *suffix,
                          uint8_t *out, size_t count);
  void (*largest_step_u16)(uint16_t *prefix, const uint16_t *added, const uint16_t *suffix,
                           uint16_t *out, size_t count);
  void (*smallest_step_u8)(uint8_t *prefix, const uint8_t *added, const uint8_t *suffix,
                           uint8_t *out, size_t count);
  void (*smallest_step_u16)(uint16_t *prefix, const uint16_t *added, const uint16_t *suffix,
                            uint16_t *out, size_t count);

  // out = max(in, out), and min.
  void (*raise_u8)(const uint8_t *in, uint8_t *out, size_t count);
  void (*raise_u16)(const uint16_t *in, uint16_t *out, size_t count);
  void (*lower_u8)(const uint8_t *in, uint8_t *out, size_t count);
  void (*lower_u16)(const uint16_t *in, uint16_t *out, size_t count);

  conv_rank_table ranks;
  conv_local_table local;

  // Single precision, never fused. One row of sums in the given order:
  // out[x] = sum of weights[k] * rows[k][x], in groups of `group` taps.
  void (*sum_f32)(const float *const *rows, const float *weights, size_t taps, size_t group,
                  float *out, size_t count);
  // out[x] = weights[radius] * rows[radius][x] + sum of weights[k] * (rows[k][x] + rows[2 radius - k][x]).
  void (*fold_u8_f32)(const uint8_t *const *rows, const float *weights, size_t radius, float *out,
                      size_t count);
  void (*fold_f32)(const float *const *rows, const float *weights, size_t radius, float *out,
                   size_t count);
  void (*widen_u8_f32)(const uint8_t *in, float *out, size_t count);
  void (*widen_u16_f32)(const uint16_t *in, float *out, size_t count);
  // floor(in + 0.5), clamped.
  void (*round_f32_u8)(const float *in, uint8_t *out, size_t count);
  void (*round_f32_u16)(const float *in, uint16_t *out, size_t count);
  // Pixels of 2 or 4 channels, alpha last: colours times alpha, and alpha, of which `alphas` has the float
  // for each byte.
  void (*premultiply_u8_f32)(const uint8_t *in, const float *alphas, size_t channels, size_t pixels,
                             float *out);
  // Back, alpha from 0 to 1: floor(value + 0.5), clamped; black where there is no alpha.
  void (*divide_alpha_f32_u8)(const float *in, size_t channels, size_t pixels, uint8_t *out);
  conv_wide_table wide;
  // Double precision, never fused, tap by tap: sums[x] += weights[k] * rows[k][x].
  void (*add_rows_f64)(const double *const *rows, const double *weights, size_t taps, double *sums,
                       size_t count);

  // Sums beyond 32 bits. sums[x] = (first ? 0 : sums[x]) + (sum of weights[k] * in[x + k * step] << shift);
  // every product and every sum of products is an integer of at most 2^53.
  void (*widen_i32_f64)(const int32_t *in, double *out, size_t count);
  void (*sum_row_f64)(const double *in, size_t step, const double *weights, size_t taps,
                      int32_t shift, int first, int64_t *sums, size_t count);
  // sums[x] = (first ? 0 : sums[x]) + (in[x] << shift).
  void (*add_shifted_i32)(const int32_t *in, int32_t shift, int first, int64_t *sums,
                          size_t count);
  void (*finish_i64_u8)(const int64_t *sums, size_t count, uint8_t *out,
                        const conv_long_finish *finish);
  void (*finish_i64_u16)(const int64_t *sums, size_t count, uint16_t *out,
                         const conv_long_finish *finish);

  // Transforms. Rows from `re` and `im`, which are overwritten, into the row of a tile that starts at
  // `tile`, and back.
  void (*transform_row)(double *re, double *im, double *tile, const conv_transform *plan);
  void (*restore_row)(const double *tile, double *re, double *im, const conv_transform *plan);
  // The columns of a strip, but for the last step; that step; and that step, the product with a strip of
  // weights, and the way back.
  void (*transform_columns)(double *strip, const conv_transform *plan);
  void (*finish_columns)(double *strip, size_t rows);
  void (*weigh_columns)(const double *strip, const double *weights, double *out,
                        const conv_transform *plan);
  // out[x] = in[x * step] - middle.
  void (*pick_u8_f64)(const uint8_t *in, size_t step, double middle, double *out, size_t count);
  void (*pick_u16_f64)(const uint16_t *in, size_t step, double middle, double *out, size_t count);
  // The nearest integers, |in[x]| below 2^51: sums[x] = (first ? addend : sums[x]) + (in[x] << shift);
  // or their lowest 32 bits.
  void (*round_f64_i64)(const double *in, int32_t shift, int64_t addend, int first, int64_t *sums,
                        size_t count);
  void (*round_f64_i32)(const double *in, int32_t *sums, size_t count);
  // Doubles that a vector holds.
  size_t double_count;

  // Sums of several kernels: the larger, the smaller, both together; none overflows. The result may
  // take the place of a sum.
  void (*larger_i32)(const int32_t *a, const int32_t *b, int32_t *out, size_t count);
  void (*smaller_i32)(const int32_t *a, const int32_t *b, int32_t *out, size_t count);
  void (*sum_i32)(const int32_t *a, const int32_t *b, int32_t *out, size_t count);
  void (*absolute_i32)(const int32_t *in, int32_t *out, size_t count);

  // Pixels of 2 or 4 channels, alpha last: colours times alpha; alpha as it is. Products of 16-bit
  // samples are parted into their low and high 16 bits.
  void (*premultiply_u8)(const uint8_t *in, size_t channels, size_t pixels, uint16_t *out);
  void (*premultiply_u16)(const uint16_t *in, size_t channels, size_t pixels, uint16_t *low,
                          uint16_t *high);
  // Back to colours. unsure[pixel] is not 0 where W is not above 0, or where a quotient lies so near
  // the border of two levels that only exact arithmetic can tell: then the pixel is to be made anew.
  void (*divide_alpha_u8)(const int64_t *sums, size_t channels, size_t pixels, uint8_t *out,
                          uint8_t *unsure, const conv_alpha_finish *finish);
  void (*divide_alpha_u16)(const int64_t *sums, size_t channels, size_t pixels, uint16_t *out,
                           uint8_t *unsure, const conv_alpha_finish *finish);
} conv_filter_table;

#endif
