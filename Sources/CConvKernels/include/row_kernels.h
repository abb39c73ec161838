// What becomes of rows of sums and blurred rows: bodies without a window, never fused, so that every
// instruction set gives the same bits.
#ifndef CONV_ROW_KERNELS_H
#define CONV_ROW_KERNELS_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  // out = min(⌊√(a² + b²) / divisor + raised⌋, top), in doubles; below 0 becomes 0.
  void (*magnitude_u8)(const int32_t *a, const int32_t *b, double divisor, double raised,
                       uint8_t *out, size_t count);
  void (*magnitude_u16)(const int32_t *a, const int32_t *b, double divisor, double raised,
                        uint16_t *out, size_t count);
  // out = ⌊√(a² + b²) + ½⌋ in single precision: equal to the above while a² + b² < 2^22.
  void (*magnitude_small_u8)(const int32_t *a, const int32_t *b, uint8_t *out, size_t count);

  // in + amount · (in − soft) where |in − soft| > threshold (above −2^31); `soft` in 1/257 of a level, as
  // is the threshold. In single precision: ⌊in + (amount / 257) · (257 · in − soft) + ½⌋.
  void (*unsharp_u8)(const uint8_t *in, const uint16_t *soft, double amount, double threshold,
                     uint8_t *out, size_t count);
  // The same from 8 to 16 bits, and from 16 to 16, where `soft` and the threshold are in levels of
  // 16 bits.
  void (*unsharp_u8_u16)(const uint8_t *in, const uint16_t *soft, double amount, double threshold,
                         uint16_t *out, size_t count);
  void (*unsharp_u16)(const uint16_t *in, const uint16_t *soft, double amount, double threshold,
                      uint16_t *out, size_t count);

  // squares[x] += sums[x]², in doubles; then the roots.
  void (*add_squares)(const int64_t *sums, double *squares, size_t count);
  void (*roots)(double *squares, size_t count);

  // ⌊min(max((value − low) / range, 0), 1) · top + ½⌋; 0 where the range is 0.
  void (*spread)(const double *values, double low, double range, double top, int64_t *out,
                 size_t count);

  // `in` times 257.
  void (*widen_u8_u16)(const uint8_t *in, uint16_t *out, size_t count);

  // max(a − b, 0).
  void (*difference_u8)(const uint8_t *a, const uint8_t *b, uint8_t *out, size_t count);
  void (*difference_u16)(const uint16_t *a, const uint16_t *b, uint16_t *out, size_t count);

  // Copies past the caches: for memory that nobody reads soon.
  void (*stream_copy)(void *target, const void *source, size_t bytes);
  // After the last store past the caches, before another thread looks at what was stored.
  void (*stream_end)(void);
} conv_row_table;

#endif
