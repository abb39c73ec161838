// Row filters of PNG (W3C PNG, section 9): a byte less its prediction from the byte to the left (`bpp`
// bytes back), the one above, and the one left of that.
#ifndef CONV_PNG_KERNELS_H
#define CONV_PNG_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// The number of a filter in a PNG file.
typedef enum {
  conv_png_none = 0,
  conv_png_sub = 1,
  conv_png_up = 2,
  conv_png_average = 3,
  conv_png_paeth = 4,
} conv_png_filter;

// Rows have `bpp` bytes of zeros before them; `count` bytes.
typedef struct {
  // The filter whose bytes, taken as signed numbers, have the smallest sum of magnitudes, the first
  // of equals.
  conv_png_filter (*choose)(const uint8_t *row, const uint8_t *above, size_t count, size_t bpp);
  void (*apply)(conv_png_filter filter, const uint8_t *row, const uint8_t *above, size_t count,
                size_t bpp, uint8_t *output);
} conv_png_table;

#endif
