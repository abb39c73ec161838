// What the micro-kernels of the picture filters are told: where sums come from, and what becomes of them.
#ifndef CONV_FILTER_JOBS_H
#define CONV_FILTER_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

#endif
