#include <string.h>

#include "png_filter.h"

// Undoing Sub, Average and Paeth is a chain from pixel to pixel: a pixel is one small vector, and
// the chain is kept short. Undoing Up has no chain, and the compiler makes it wide.

typedef uint8_t bytes8 __attribute__((vector_size(8)));

#define INLINE static inline __attribute__((always_inline))

INLINE bytes8 load(const uint8_t *bytes, size_t count) {
  bytes8 value = {0};
  memcpy(&value, bytes, count);
  return value;
}

INLINE void store(uint8_t *bytes, bytes8 value, size_t count) { memcpy(bytes, &value, count); }

INLINE bytes8 least(bytes8 a, bytes8 b) { return __builtin_elementwise_min(a, b); }
INLINE bytes8 most(bytes8 a, bytes8 b) { return __builtin_elementwise_max(a, b); }
INLINE bytes8 pick(bytes8 mask, bytes8 a, bytes8 b) { return (mask & a) | (~mask & b); }

/// Paeth's predictor in 8 bits; png_bodies.h says why it is right.
INLINE bytes8 paeth(bytes8 a, bytes8 b, bytes8 c) {
  const bytes8 a_most = most(a, c), b_most = most(b, c);
  const bytes8 to_a = b_most - least(b, c), to_b = a_most - least(a, c);
  const bytes8 one_sign = (bytes8)((bytes8)(a_most == a) == (bytes8)(b_most == b));
  const bytes8 to_c = one_sign | (most(to_a, to_b) - least(to_a, to_b));
  const bytes8 left_or_above = pick((bytes8)(to_a <= to_b), a, b);
  return pick((bytes8)(least(to_a, to_b) <= to_c), left_or_above, c);
}

/// One filter and one pixel size; `wide` bytes are loaded where they are there to be loaded.
INLINE void undo(int filter, const uint8_t *filtered, const uint8_t *above, size_t count,
                 size_t bpp, size_t wide, uint8_t *output) {
  bytes8 a = {0}, c = {0};
  size_t i = 0;
#define PIXEL(load_bytes)                                                      \
  const bytes8 b = filter == conv_png_sub ? c : load(above + i, load_bytes); \
  const bytes8 x = load(filtered + i, load_bytes);                             \
  if (filter == conv_png_sub) {                                            \
    a = x + a;                                                                 \
  } else if (filter == conv_png_average) {                                 \
    a = x + (a & b) + ((a ^ b) >> 1);                                          \
  } else {                                                                     \
    a = x + paeth(a, b, c);                                                    \
    c = b;                                                                     \
  }                                                                            \
  store(output + i, a, bpp)
  for (; i + wide <= count; i += bpp) {
    PIXEL(wide);
  }
  for (; i < count; i += bpp) {
    PIXEL(bpp);
  }
#undef PIXEL
}

INLINE void undo_sized(int filter, const uint8_t *filtered, const uint8_t *above, size_t count,
                       size_t bpp, uint8_t *output) {
  switch (bpp) {
    case 1: undo(filter, filtered, above, count, 1, 1, output); break;
    case 2: undo(filter, filtered, above, count, 2, 2, output); break;
    case 3: undo(filter, filtered, above, count, 3, 4, output); break;
    case 4: undo(filter, filtered, above, count, 4, 4, output); break;
    case 6: undo(filter, filtered, above, count, 6, 8, output); break;
    case 8: undo(filter, filtered, above, count, 8, 8, output); break;
    default: undo(filter, filtered, above, count, bpp, bpp, output);
  }
}

void codec_filter_undo(int filter, const uint8_t *filtered, const uint8_t *above, size_t count,
                       size_t bpp, uint8_t *output) {
  switch (filter) {
    case conv_png_sub:
      undo_sized(conv_png_sub, filtered, above, count, bpp, output);
      break;
    case conv_png_up:
      for (size_t i = 0; i < count; i++) output[i] = (uint8_t)(filtered[i] + above[i]);
      break;
    case conv_png_average:
      undo_sized(conv_png_average, filtered, above, count, bpp, output);
      break;
    case conv_png_paeth:
      undo_sized(conv_png_paeth, filtered, above, count, bpp, output);
      break;
    default: memmove(output, filtered, count);
  }
}
