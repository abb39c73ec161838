// Weighted means whose weights depend on the colours: some pixels at a time, tap by tap.

#define BILATERAL(name, sample, real)                                                             \
  BODY void name##_block(const sample *const *taps, const float *space, size_t count,             \
                         const sample *middle, const float *similarity, const size_t colors,      \
                         size_t channels, sample *out, size_t at, const size_t pixels) {          \
    real sums[4][32] = {}, weights[32] = {};                                                      \
    int32_t own[4][32];                                                                           \
    middle += at * channels;                                                                      \
    for (size_t c = 0; c < colors; c++) {                                                         \
      for (size_t x = 0; x < pixels; x++) own[c][x] = middle[x * channels + c];                   \
    }                                                                                             \
    for (size_t tap = 0; tap < count; tap++) {                                                    \
      const sample *in = taps[tap] + at * channels;                                               \
      int32_t other[4][32], distance[32];                                                         \
      for (size_t c = 0; c < colors; c++) {                                                       \
        for (size_t x = 0; x < pixels; x++) other[c][x] = in[x * channels + c];                   \
      }                                                                                           \
      for (size_t x = 0; x < pixels; x++) distance[x] = 0;                                        \
      for (size_t c = 0; c < colors; c++) {                                                       \
        for (size_t x = 0; x < pixels; x++) {                                                     \
          int32_t difference = other[c][x] - own[c][x];                                           \
          distance[x] += difference < 0 ? -difference : difference;                               \
        }                                                                                         \
      }                                                                                           \
      for (size_t x = 0; x < pixels; x++) {                                                       \
        real weight = (real)(space[tap] * similarity[distance[x]]);                               \
        weights[x] += weight;                                                                     \
        for (size_t c = 0; c < colors; c++) sums[c][x] += weight * (real)other[c][x];             \
      }                                                                                           \
    }                                                                                             \
    for (size_t c = 0; c < colors; c++) {                                                         \
      for (size_t x = 0; x < pixels; x++) {                                                       \
        real mean = sums[c][x] / weights[x] + (real)0.5;                                          \
        out[(at + x) * channels + c] = (sample)(int32_t)mean;                                     \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
  static void name(const void *const *taps, const float *space, size_t count, const void *middle, \
                   const float *similarity, size_t colors, size_t channels, void *out,            \
                   size_t pixels) {                                                               \
    const sample *const *in = (const sample *const *)taps;                                        \
    size_t at = 0;                                                                                \
    for (; at + 32 <= pixels; at += 32) {                                                         \
      if (colors == 3) {                                                                          \
        name##_block(in, space, count, middle, similarity, 3, channels, out, at, 32);             \
      } else {                                                                                    \
        name##_block(in, space, count, middle, similarity, colors, channels, out, at, 32);        \
      }                                                                                           \
    }                                                                                             \
    if (at < pixels) {                                                                            \
      name##_block(in, space, count, middle, similarity, colors, channels, out, at, pixels - at); \
    }                                                                                             \
  }

BILATERAL(bilateral_u8, uint8_t, float)
BILATERAL(bilateral_u16, uint16_t, double)
