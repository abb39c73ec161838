#include "png_filter.h"

#include <string.h>

int codec_filter_choose(const uint8_t *row, const uint8_t *above, size_t count, size_t bpp,
                        uint8_t *output) {
  const conv_png_table *kernels = &conv_current_table()->png;
  const conv_png_filter filter = kernels->choose(row, above, count, bpp);
  kernels->apply(filter, row, above, count, bpp, output);
  if (filter == conv_png_none || !codec_filter_is_worse(row, output, count)) return filter;
  memcpy(output, row, count);
  return conv_png_none;
}
