// Weighted means whose weights depend on the colours: some pixels at a time, tap by tap.

typedef float reals __attribute__((vector_size(CONV_BYTES)));
typedef double long_reals __attribute__((vector_size(CONV_BYTES * 2)));

BODY reals load_reals(const float *from) {
  reals value;
  memcpy(&value, from, sizeof value);
  return value;
}

// Elements of a table, which has one for each index.
BODY reals looked_up(const float *table, lanes index) {
#if CONV_BYTES == 64
  return (reals)_mm512_i32gather_ps((__m512i)index, table, 4);
#elif CONV_BYTES == 32
  return (reals)_mm256_i32gather_ps(table, (__m256i)index, 4);
#else
  reals value;
  UNROLL for (int n = 0; n < lane_count; n++) value[n] = table[index[n]];
  return value;
#endif
}

BODY reals similar_at(const float *a, const float *b, size_t plane, const size_t colors,
                      float space, const float *similarity) {
  reals distance = {};
  for (size_t c = 0; c < colors; c++) {
    distance += __builtin_elementwise_abs(load_reals(a + c * plane) - load_reals(b + c * plane));
  }
  return space * looked_up(similarity, __builtin_convertvector(distance, lanes));
}

BODY void similar_of(const float *a, const float *b, size_t plane, const size_t colors, float space,
                     const float *similarity, float *out, size_t count) {
  for (size_t x = 0; x < count; x += lane_count) {
    reals weights = similar_at(a + x, b + x, plane, colors, space, similarity);
    memcpy(out + x, &weights, sizeof weights);
  }
}

static void similar(const float *a, const float *b, size_t plane, size_t colors, float space,
                    const float *similarity, float *out, size_t count) {
  switch (colors) {
    case 1: similar_of(a, b, plane, 1, space, similarity, out, count); return;
    case 3: similar_of(a, b, plane, 3, space, similarity, out, count); return;
    default: similar_of(a, b, plane, colors, space, similarity, out, count);
  }
}

// The sums of two vectors of pixels stay in registers while all taps go by.
#define BILATERAL(name, sample, narrow, vector, element)                                          \
  static void name##_planes(const void *from, size_t channels, size_t colors, size_t count,       \
                            float *out, size_t plane) {                                           \
    const sample *in = from;                                                                      \
    for (size_t c = 0; c < colors; c++) {                                                         \
      float *own = out + c * plane;                                                               \
      switch (channels) {                                                                         \
        case 1: for (size_t x = 0; x < count; x++) own[x] = in[x]; break;                         \
        case 3: for (size_t x = 0; x < count; x++) own[x] = in[x * 3 + c]; break;                 \
        default: for (size_t x = 0; x < count; x++) own[x] = in[x * channels + c];                \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
  BODY void name##_block(const conv_bilateral *at, const size_t colors, size_t x,                 \
                         sample results[4][2 * lane_count]) {                                     \
    vector sums[4][2] = {}, weights[2] = {};                                                      \
    for (size_t tap = 0; tap < at->taps; tap++) {                                                 \
      const float *pixels = at->pixels[tap] + x;                                                  \
      const float *known = at->weights[tap];                                                      \
      UNROLL for (size_t n = 0; n < 2; n++) {                                                     \
        const size_t part = n * lane_count;                                                       \
        reals own = known != NULL ? load_reals(known + x + part)                                  \
                                  : similar_at(pixels + part, at->own + x + part, at->plane,      \
                                               colors, at->space[tap], at->similarity);           \
        vector weight = __builtin_convertvector(own, vector);                                     \
        weights[n] += weight;                                                                     \
        UNROLL for (size_t c = 0; c < colors; c++) {                                              \
          reals color = load_reals(pixels + c * at->plane + part);                                \
          sums[c][n] += weight * __builtin_convertvector(color, vector);                          \
        }                                                                                         \
      }                                                                                           \
    }                                                                                             \
    UNROLL for (size_t c = 0; c < colors; c++) {                                                  \
      UNROLL for (size_t n = 0; n < 2; n++) {                                                     \
        vector mean = sums[c][n] / weights[n] + (element)0.5;                                     \
        narrow whole = __builtin_convertvector(__builtin_convertvector(mean, lanes), narrow);     \
        memcpy(results[c] + n * lane_count, &whole, sizeof whole);                                \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
  BODY void name##_of(const conv_bilateral *at, const size_t colors, sample *out,                 \
                      const size_t channels, size_t count) {                                      \
    sample results[4][2 * lane_count];                                                            \
    for (size_t x = 0; x < count; x += 2 * lane_count) {                                          \
      name##_block(at, colors, x, results);                                                       \
      sample *to = out + x * channels;                                                            \
      if (x + 2 * lane_count <= count) {                                                          \
        for (size_t i = 0; i < 2 * lane_count; i++) {                                             \
          for (size_t c = 0; c < colors; c++) to[i * channels + c] = results[c][i];               \
        }                                                                                         \
      } else {                                                                                    \
        for (size_t i = 0; i < count - x; i++) {                                                  \
          for (size_t c = 0; c < colors; c++) to[i * channels + c] = results[c][i];               \
        }                                                                                         \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
  static void name(const conv_bilateral *at, void *out, size_t channels, size_t count) {          \
    switch (at->colors) {                                                                         \
      case 1: name##_of(at, 1, out, channels, count); return;                                     \
      case 2: name##_of(at, 2, out, channels, count); return;                                     \
      case 3:                                                                                     \
        if (channels == 3) {                                                                      \
          name##_of(at, 3, out, 3, count);                                                        \
        } else {                                                                                  \
          name##_of(at, 3, out, channels, count);                                                 \
        }                                                                                         \
        return;                                                                                   \
      default: name##_of(at, 4, out, channels, count);                                            \
    }                                                                                             \
  }

BILATERAL(bilateral_u8, uint8_t, lanes_u8, reals, float)
BILATERAL(bilateral_u16, uint16_t, lanes_u16, long_reals, double)
