#include <string.h>

#include "png_reader_parts.h"

int codec_png_expansion_is_plain(const codec_png_expansion *expansion) {
  return expansion->depth == 8 && expansion->color_type != PNG_COLOR_TYPE_PALETTE &&
         !expansion->has_transparent;
}

/// Sample `index` of a row of 1, 2, 4 or 8 bits a sample.
static inline unsigned sample(const uint8_t *packed, size_t index, int depth) {
  const size_t bit = index * (size_t)depth;
  return (unsigned)(packed[bit / 8] >> (8 - (size_t)depth - bit % 8)) & ((1u << depth) - 1);
}

static void expand_palette(const codec_png_expansion *e, const uint8_t *packed, size_t width,
                           uint8_t *output) {
  for (size_t x = 0; x < width; x++) {
    const uint8_t *entry = e->palette[e->depth == 8 ? packed[x] : sample(packed, x, e->depth)];
    memcpy(output, entry, (size_t)e->channels);
    output += e->channels;
  }
}

static void expand_gray(const codec_png_expansion *e, const uint8_t *packed, size_t width,
                        uint8_t *output) {
  const unsigned scale = 255u / ((1u << e->depth) - 1);
  const unsigned transparent = e->transparent[0] & ((1u << e->depth) - 1);
  for (size_t x = 0; x < width; x++) {
    const unsigned value = sample(packed, x, e->depth);
    *output++ = (uint8_t)(value * scale);
    if (e->has_transparent) *output++ = value == transparent ? 0 : 255;
  }
}

static void expand_rgb8(const codec_png_expansion *e, const uint8_t *packed, size_t width,
                        uint8_t *output) {
  const uint8_t r = (uint8_t)e->transparent[0], g = (uint8_t)e->transparent[1];
  const uint8_t b = (uint8_t)e->transparent[2];
  for (size_t x = 0; x < width; x++, packed += 3, output += 4) {
    output[0] = packed[0];
    output[1] = packed[1];
    output[2] = packed[2];
    output[3] = packed[0] == r && packed[1] == g && packed[2] == b ? 0 : 255;
  }
}

static inline uint16_t wide(const uint8_t *packed, size_t index) {
  return (uint16_t)(packed[2 * index] << 8 | packed[2 * index + 1]);
}

static void expand_16(const codec_png_expansion *e, const uint8_t *packed, size_t width,
                      uint8_t *output) {
  const int from = e->channels - (e->has_transparent ? 1 : 0);
  if (!e->has_transparent) {
    const size_t count = width * (size_t)from;
    for (size_t i = 0; i < count; i++) {
      const uint16_t value = wide(packed, i);
      memcpy(output + 2 * i, &value, 2);
    }
    return;
  }
  for (size_t x = 0; x < width; x++) {
    uint16_t pixel[4];
    int same = 1;
    for (int c = 0; c < from; c++) {
      pixel[c] = wide(packed, x * (size_t)from + (size_t)c);
      same = same && pixel[c] == e->transparent[c];
    }
    pixel[from] = same ? 0 : 65535;
    memcpy(output + x * 2 * (size_t)e->channels, pixel, 2 * (size_t)e->channels);
  }
}

void codec_png_expand(const codec_png_expansion *expansion, const uint8_t *packed, size_t width,
                      uint8_t *output) {
  if (codec_png_expansion_is_plain(expansion)) {
    memcpy(output, packed, width * (size_t)expansion->channels);
  } else if (expansion->color_type == PNG_COLOR_TYPE_PALETTE) {
    expand_palette(expansion, packed, width, output);
  } else if (expansion->depth == 16) {
    expand_16(expansion, packed, width, output);
  } else if (expansion->color_type == PNG_COLOR_TYPE_GRAY) {
    expand_gray(expansion, packed, width, output);
  } else {
    expand_rgb8(expansion, packed, width, output);
  }
}
