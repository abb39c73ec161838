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

// A table of at least 64 elements. Pixels are mostly alike: where registers are wide, the first elements
// stay there, and memory is asked only for a vector that has an index beyond them.
typedef struct {
  const float *all;
#if CONV_BYTES == 64
  __m512 first[4];
#endif
} similarities;

BODY similarities similarities_of(const float *table) {
  similarities elements = {.all = table};
#if CONV_BYTES == 64
  UNROLL for (int n = 0; n < 4; n++) elements.first[n] = _mm512_loadu_ps(table + 16 * n);
#endif
  return elements;
}

BODY reals similarity_of(const similarities *table, lanes index) {
#if CONV_BYTES == 64
  const __m512i at = (__m512i)index;
  if (__builtin_expect(_mm512_cmpge_epu32_mask(at, _mm512_set1_epi32(64)) == 0, 1)) {
    __m512 low = _mm512_permutex2var_ps(table->first[0], at, table->first[1]);
    __m512 high = _mm512_permutex2var_ps(table->first[2], at, table->first[3]);
    __mmask16 upper = _mm512_test_epi32_mask(at, _mm512_set1_epi32(32));
    return (reals)_mm512_mask_blend_ps(upper, low, high);
  }
#endif
  return looked_up(table->all, index);
}

BODY reals similar_at(const float *a, const float *b, size_t plane, const size_t colors,
                      float space, const similarities *similarity) {
  reals distance = {};
  for (size_t c = 0; c < colors; c++) {
    distance += __builtin_elementwise_abs(load_reals(a + c * plane) - load_reals(b + c * plane));
  }
  return space * similarity_of(similarity, __builtin_convertvector(distance, lanes));
}

BODY void similar_of(const float *a, const float *b, size_t plane, const size_t colors, float space,
                     const float *table, float *out, size_t count) {
  const similarities similarity = similarities_of(table);
  for (size_t x = 0; x < count; x += lane_count) {
    reals weights = similar_at(a + x, b + x, plane, colors, space, &similarity);
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

// The sums of some vectors of pixels stay in registers while all taps go by: of two, or of `many` of one
// colour.
#define BILATERAL(name, sample, narrow, vector, element, many)                                        \
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
  BODY void name##_block(const conv_bilateral *at, const similarities *similarity,                \
                         const size_t colors, const size_t vectors, size_t x,                     \
                         sample results[4][4 * lane_count]) {                                     \
    vector sums[4][4] = {}, weights[4] = {};                                                      \
    for (size_t tap = 0; tap < at->taps; tap++) {                                                 \
      const float *pixels = at->pixels[tap] + x;                                                  \
      const float *known = at->weights != NULL ? at->weights[tap] : NULL;                         \
      UNROLL for (size_t n = 0; n < vectors; n++) {                                               \
        const size_t part = n * lane_count;                                                       \
        reals own = known != NULL ? load_reals(known + x + part)                                  \
                                  : similar_at(pixels + part, at->own + x + part, at->plane,      \
                                               colors, at->space[tap], similarity);               \
        vector weight = __builtin_convertvector(own, vector);                                     \
        weights[n] += weight;                                                                     \
        UNROLL for (size_t c = 0; c < colors; c++) {                                              \
          reals color = load_reals(pixels + c * at->plane + part);                                \
          sums[c][n] += weight * __builtin_convertvector(color, vector);                          \
        }                                                                                         \
      }                                                                                           \
    }                                                                                             \
    UNROLL for (size_t c = 0; c < colors; c++) {                                                  \
      UNROLL for (size_t n = 0; n < vectors; n++) {                                               \
        vector mean = sums[c][n] / weights[n] + (element)0.5;                                     \
        narrow whole = __builtin_convertvector(__builtin_convertvector(mean, lanes), narrow);     \
        memcpy(results[c] + n * lane_count, &whole, sizeof whole);                                \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
  BODY void name##_of(const conv_bilateral *at, const size_t colors, sample *out,                 \
                      const size_t channels, size_t count) {                                      \
    const size_t vectors = colors == 1 ? many : 2, block = vectors * lane_count;                  \
    const similarities similarity = similarities_of(at->similarity);                              \
    sample results[4][4 * lane_count];                                                            \
    for (size_t x = 0; x < count; x += block) {                                                   \
      name##_block(at, &similarity, colors, vectors, x, results);                                 \
      sample *to = out + x * channels;                                                            \
      if (x + block <= count) {                                                                   \
        for (size_t i = 0; i < block; i++) {                                                      \
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

BILATERAL(bilateral_u8, uint8_t, lanes_u8, reals, float, 4)
BILATERAL(bilateral_u16, uint16_t, lanes_u16, long_reals, double, 2)
