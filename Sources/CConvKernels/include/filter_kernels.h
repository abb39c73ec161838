// Micro-kernels of the picture filters: every instruction set gives the same results.
//
// Rows are runs of samples; a "group" is a row of 32-bit lanes, each of which holds the samples of
// neighbouring input rows at one position: four bytes, or two 16-bit integers.
#ifndef CONV_FILTER_KERNELS_H
#define CONV_FILTER_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "local_kernels.h"
#include "rank_kernels.h"

// Output rows that conv_dot computes at once.
enum { conv_dot_rows = 4 };

typedef enum {
  conv_store_u8 = 0,
  conv_store_u16 = 1,
  // Sums, shifted right; not clamped.
  conv_store_i16 = 2,
  // Sums as they are.
  conv_store_i32 = 3,
} conv_store;

typedef enum {
  // (t * multiplier) >> shift in 64 bits.
  conv_divide_wide = 0,
  // t >> shift.
  conv_divide_shift = 1,
  // (t * multiplier) >> (16 + shift) in 16 bits, multiplier below 2^16.
  conv_divide_narrow = 2,
  // (t + 0.5) * reciprocal, cut off; t below 2^22, quotients below 2^8, divisors to 2^13.
  conv_divide_single = 3,
} conv_division;

// How a sum becomes a sample: s = sum + start, times `gain` plus `offset` where gain is not 0, then
// |s| + addend where absolute, then clamped to 0 ... top, divided, and stored. For conv_store_i16
// only start and shift count.
typedef struct {
  conv_store store;
  conv_division division;
  int32_t start;
  int32_t gain;
  int32_t offset;
  int32_t absolute;
  int32_t addend;
  int32_t top;
  uint32_t multiplier;
  int32_t shift;
  float reciprocal;
} conv_finish;

// Columns of a strip of a tile that is transformed.
enum { conv_strip = 8 };

// A Fourier transform of tiles: strips of conv_strip columns one after the other, each row of a strip
// conv_strip real parts, then as many imaginary ones; below each strip a row that is not used.
typedef struct {
  // Powers of two: of rows at least 4, of columns at least 64.
  size_t rows;
  size_t columns;
  // exp(-2 pi i k j / size), j below size / radix: cosines, then sines, for k from 1 to radix - 1; for
  // blocks of size `columns` down to lanes, and of `rows` down to 4, by radix 4, where the first may be 2.
  const double *row_twiddles;
  size_t row_twiddle_count;
  const double *column_twiddles;
  size_t column_twiddle_count;
} conv_transform;

typedef struct {
  // The first group that the first of the output rows sees, at the first column.
  const void *base;
  // One entry: the lanes at base + delta bytes, times one word of weights for each output row.
  const int32_t *deltas;
  const uint32_t *weights;
  size_t entries;
  size_t columns;
  void *out[conv_dot_rows];
} conv_dot_job;

typedef struct {
  // The rows that the first of four output rows sees, and those below; groups hold two rows each.
  const uint8_t *const *rows;
  // One entry: a group, and a word of weights for each output row.
  const uint32_t *groups;
  const uint32_t *weights;
  size_t entries;
  // At least 64.
  size_t columns;
  int16_t *out[conv_dot_rows];
  // As many columns of rows that will be wanted soon; fetched, not read.
  const uint8_t *ahead[conv_dot_rows];
} conv_column_job;

// How a sum of 64 bits becomes a sample: |s| where absolute, plus the addend, divided (floor), clamped.
typedef struct {
  int64_t addend;
  int64_t divisor;
  // (top + 1) * divisor - 1, or anything where the divisor is a power of two.
  int64_t limit;
  // The logarithm of the divisor, or -1 where it is no power of two.
  int32_t shift;
  int32_t absolute;
} conv_long_finish;

// How sums of premultiplied colours P and of alpha A become a pixel; W is A, or -A where negative:
//   colour = floor(P / W * scale + raised), of |P / W| where absolute
//   alpha  = floor(W * opacity + 0.5)
typedef struct {
  double scale;
  double raised;
  double opacity;
  // Windows of this W keep the colours that stand in the output.
  int64_t opaque;
  double top;
  int32_t absolute;
  int32_t negative;
} conv_alpha_finish;

// How far 16 bits suffice for sums of few taps.
typedef enum {
  // Only for the sums.
  conv_fits_sums = 0,
  // Up to the samples, which are bytes: start and addend fit, there is no gain, and division is by a
  // shift or narrow.
  conv_fits_bytes = 1,
  // Up to the samples, which are words: what conv_word_finish says.
  conv_fits_words = 2,
} conv_narrow_fit;

// A word of a sum s: ((s + near) >> right) + base + 32768, and (s << left) added first where `raises`;
// additions of 16 signed bits that stay at their ends. That is floor((257 s + a) / 2^right), kept within
// 16 bits, for left = 8 - right and a = (base + 32768) * 2^right + near.
typedef struct {
  int raises;
  int16_t left;
  int16_t right;
  int16_t near;
  int16_t base;
} conv_word_finish;

typedef struct {
  // One entry: two rows at the place of a tap each, and two signed bytes of weights, the first low.
  // The sum of all entries fits 16 signed bits.
  const uint8_t *const *rows;
  const uint16_t *weights;
  size_t entries;
  size_t columns;
  // `columns` samples that will be wanted soon; fetched, not read.
  const uint8_t *ahead;
  conv_narrow_fit fit;
  conv_word_finish words;
  // Whether results go past the caches; only where 16 bits suffice.
  bool past;
} conv_narrow_job;

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
  void (*add_u32)(const uint32_t *a, const uint32_t *b, uint32_t *out, size_t count);
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
  // Red, green, blue times alpha, and alpha, of which `alphas` has the float for each byte.
  void (*premultiply_u8_f32)(const uint8_t *in, const float *alphas, size_t pixels, float *out);
  // Back, alpha from 0 to 1: floor(value + 0.5), clamped; black where there is no alpha.
  void (*divide_alpha_f32_u8)(const float *in, size_t pixels, uint8_t *out);

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
