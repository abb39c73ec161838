// Micro-kernels of filters whose weights depend on the picture: every instruction set gives the same
// results.
#ifndef CONV_LOCAL_KERNELS_H
#define CONV_LOCAL_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// Elements that kernels of this table may read and write beyond the last one, unless told otherwise.
enum { conv_local_slack = 64 };

// result = mean + deviation * (sample - m) / max(s, floor), in levels, of windows of `count` samples
// with the mean m and the deviation s.
typedef struct {
  double count;
  double mean;
  double deviation;
  double floor;
} conv_moments;

// Taps of a bilateral filter at some pixels of a row.
typedef struct {
  // For each tap: the weights of the pixels, or none at all for weights that are worked out from
  // `space` and `similarity`; and the first plane of the tap's pixels.
  const float *const *weights;
  const float *const *pixels;
  size_t taps;
  // The planes of the pixels themselves; all planes of a pixel lie `plane` floats apart.
  const float *own;
  size_t plane;
  size_t colors;
  const float *space;
  const float *similarity;
} conv_bilateral;

// Weights by the sum of the differences of two pixels, which counts as `last` where it is larger: 256
// words or more, and one that is not looked at.
typedef struct {
  const int16_t *words;
  size_t last;
} conv_likeness_table;

// The same in whole numbers: at most 257 taps, an odd number; tap by tap as far before the middle one
// as after it. Weights are of 15 bits, 32,767 for the middle.
typedef struct {
  // For each tap: the weights of the pixels, or none at all for weights that are worked out from
  // `tables`; and the first plane of the tap's pixels.
  const int16_t *const *weights;
  const int16_t *const *pixels;
  size_t taps;
  // The planes of the pixels themselves; all planes of a pixel lie `plane` words apart.
  const int16_t *own;
  size_t plane;
  size_t colors;
  // Of the taps after the middle one.
  const conv_likeness_table *tables;
} conv_likeness;

// Sums over columns and totals have 32 bits here.
typedef struct {
  // Squares of the differences of two rows join sums of columns, and those of others leave them.
  void (*start)(const uint8_t *add, const uint8_t *add_other, void *columns, size_t count);
  void (*slide)(const uint8_t *add, const uint8_t *add_other, const uint8_t *take,
                const uint8_t *take_other, void *columns, size_t count);
  // table[sum of `side` columns >> shift]; columns and weights go on for the slack, whose sums have a
  // place in the table too.
  void (*weigh)(const void *columns, size_t side, uint32_t shift, const uint32_t *table,
                uint32_t *weights, size_t count);
  // sums += weights * samples.
  void (*add)(const uint32_t *weights, const uint8_t *samples, void *sums, size_t count);
  // Quotients, halves upwards, `step` samples apart.
  void (*finish)(const void *sums, const uint32_t *weights, uint8_t *out, size_t step, size_t count);
} conv_nonlocal_u8;

// Sums over columns and totals have 64 bits here.
typedef struct {
  // Squares of the differences of two rows join sums of columns, and those of others leave them.
  void (*start)(const uint16_t *add, const uint16_t *add_other, void *columns, size_t count);
  void (*slide)(const uint16_t *add, const uint16_t *add_other, const uint16_t *take,
                const uint16_t *take_other, void *columns, size_t count);
  // table[sum of `side` columns >> shift]; columns and weights go on for the slack, whose sums have a
  // place in the table too.
  void (*weigh)(const void *columns, size_t side, uint32_t shift, const uint32_t *table,
                uint32_t *weights, size_t count);
  // sums += weights * samples.
  void (*add)(const uint32_t *weights, const uint16_t *samples, void *sums, size_t count);
  // Quotients, halves upwards, `step` samples apart.
  void (*finish)(const void *sums, const uint32_t *weights, uint16_t *out, size_t step, size_t count);
} conv_nonlocal_u16;

typedef struct {
  // The colours of pixels, as floats, each in a plane of its own.
  void (*color_planes_u8)(const void *in, size_t channels, size_t colors, size_t count, float *out,
                          size_t plane);
  void (*color_planes_u16)(const void *in, size_t channels, size_t colors, size_t count, float *out,
                           size_t plane);
  // space * similarity of the sum of differences between the pixels at a and those at b.
  void (*similar)(const float *a, const float *b, size_t plane, size_t colors, float space,
                  const float *similarity, float *out, size_t count);
  // Weighted means, tap by tap; `colors` of the `channels` samples of a pixel are written, and no
  // more than `count` pixels.
  void (*bilateral_u8)(const conv_bilateral *at, void *out, size_t channels, size_t count);
  void (*bilateral_u16)(const conv_bilateral *at, void *out, size_t channels, size_t count);

  // The colours of bytes as words; the weights of the pixels at a and those at b; and the means.
  void (*color_words)(const uint8_t *in, size_t channels, size_t colors, size_t count, int16_t *out,
                      size_t plane);
  void (*like)(const int16_t *a, const int16_t *b, size_t plane, size_t colors,
               const conv_likeness_table *table, int16_t *out, size_t count);
  void (*likeness)(const conv_likeness *at, uint8_t *out, size_t channels, size_t count);

  // Non-local means.
  conv_nonlocal_u8 nonlocal_u8;
  conv_nonlocal_u16 nonlocal_u16;

  // Sums of columns and of their squares gain a row and lose another; nothing beyond `count`.
  void (*moments_slide)(const uint8_t *add, const uint8_t *take, uint32_t *sums, uint32_t *squares,
                        size_t count);
  // Results of windows whose sums are those of prefixes, `reach` apart; below 2^31. Nothing beyond
  // `count` is written.
  void (*moments_finish)(const uint32_t *sums, const uint32_t *squares, size_t reach,
                         const uint8_t *own, const conv_moments *moments, uint8_t *out,
                         size_t count);

  // Sobel gradients of 3x3 samples and their sizes, |x| + |y|, or x² + y²: of each plane three rows,
  // from the sample left of the first on; the largest size counts, of equals that of the first plane.
  void (*gradients_sum)(const uint8_t *const *rows, size_t planes, int16_t *x, int16_t *y,
                        int16_t *size, size_t count);
  void (*gradients_squares)(const uint8_t *const *rows, size_t planes, int16_t *x, int16_t *y,
                            int32_t *size, size_t count);
  // 2 where a size is above its neighbours along the gradient and above high, 1 above low, else 0.
  // Sizes: of the row above, the own one, the one below; there is one more on either side. Nothing
  // beyond `count` is written.
  void (*edges_sum)(const int16_t *x, const int16_t *y, const int16_t *const *sizes, int32_t low,
                    int32_t high, uint8_t *out, size_t count);
  void (*edges_squares)(const int16_t *x, const int16_t *y, const int32_t *const *sizes,
                        int32_t low, int32_t high, uint8_t *out, size_t count);

  // Levels between four curves, whose values stand side by side in a byte each of a level's word:
  // upper left, upper right, lower left, lower right. Nothing beyond `count` is touched.
  void (*between_curves)(const uint32_t *curves, const float *across, float down,
                         const uint8_t *in, uint8_t *out, size_t count);
} conv_local_table;

#endif
