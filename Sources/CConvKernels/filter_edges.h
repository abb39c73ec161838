// Gradients, and where they are larger than their neighbours.

typedef int16_t gradients __attribute__((vector_size(CONV_BYTES)));
typedef int32_t long_gradients __attribute__((vector_size(CONV_BYTES * 2)));
typedef uint8_t gradient_bytes __attribute__((vector_size(CONV_BYTES / 2)));
enum { gradient_count = CONV_BYTES / 2 };

BODY gradients widened(const uint8_t *in) {
  gradient_bytes samples;
  memcpy(&samples, in, sizeof samples);
  return __builtin_convertvector(samples, gradients);
}

// By pointer, as vectors wider than registers are.
BODY void gradients_sum_of(gradients x, gradients y, gradients *size) {
  *size = __builtin_elementwise_abs(x) + __builtin_elementwise_abs(y);
}

BODY void gradients_squares_of(gradients x, gradients y, long_gradients *size) {
  long_gradients wide_x = __builtin_convertvector(x, long_gradients);
  long_gradients wide_y = __builtin_convertvector(y, long_gradients);
  *size = wide_x * wide_x + wide_y * wide_y;
}

#define GRADIENTS(name, type, vector)                                                             \
  BODY void name##_rows(const uint8_t *const *rows, const size_t planes, int16_t *x, int16_t *y,  \
                        type *size, size_t count) {                                               \
    for (size_t at = 0; at < count; at += gradient_count) {                                       \
      gradients best_x = {}, best_y = {};                                                         \
      vector best = {};                                                                           \
      for (size_t plane = 0; plane < planes; plane++) {                                           \
        const uint8_t *const *own = rows + 3 * plane;                                             \
        gradients v[3][3];                                                                        \
        UNROLL for (int r = 0; r < 3; r++) {                                                      \
          UNROLL for (int c = 0; c < 3; c++) v[r][c] = widened(own[r] + at + c);                  \
        }                                                                                         \
        gradients across = v[0][2] - v[0][0] + 2 * (v[1][2] - v[1][0]) + v[2][2] - v[2][0];       \
        gradients down = v[2][0] - v[0][0] + 2 * (v[2][1] - v[0][1]) + v[2][2] - v[0][2];         \
        vector own_size;                                                                          \
        name##_of(across, down, &own_size);                                                       \
        if (plane == 0) {                                                                         \
          best_x = across;                                                                        \
          best_y = down;                                                                          \
          best = own_size;                                                                        \
          continue;                                                                               \
        }                                                                                         \
        gradients larger = __builtin_convertvector(own_size > best, gradients);                   \
        best_x = (across & larger) | (best_x & ~larger);                                          \
        best_y = (down & larger) | (best_y & ~larger);                                            \
        best = __builtin_elementwise_max(own_size, best);                                         \
      }                                                                                           \
      memcpy(x + at, &best_x, sizeof best_x);                                                     \
      memcpy(y + at, &best_y, sizeof best_y);                                                     \
      memcpy(size + at, &best, sizeof best);                                                      \
    }                                                                                             \
  }                                                                                               \
  static void name(const uint8_t *const *rows, size_t planes, int16_t *x, int16_t *y, type *size, \
                   size_t count) {                                                                \
    switch (planes) {                                                                             \
      case 1: name##_rows(rows, 1, x, y, size, count); return;                                    \
      case 3: name##_rows(rows, 3, x, y, size, count); return;                                    \
      default: name##_rows(rows, planes, x, y, size, count);                                      \
    }                                                                                             \
  }

GRADIENTS(gradients_sum, int16_t, gradients)
GRADIENTS(gradients_squares, int32_t, long_gradients)

// Whether |y| < tan 22.5° |x|, and |y| > tan 67.5° |x| = (tan 22.5° + 2) |x|, as masks; the tangent
// is 13573 / 32768, and no gradient but 0 makes a whole number of it.
BODY void directions(gradients x, gradients y, gradients *flat, gradients *steep) {
  typedef uint16_t words_of __attribute__((vector_size(CONV_BYTES)));
  typedef uint32_t wide_of __attribute__((vector_size(CONV_BYTES * 2)));
  gradients across = __builtin_elementwise_abs(x), down = __builtin_elementwise_abs(y);
  wide_of product = __builtin_convertvector((words_of)(2 * across), wide_of) * 13573u;
  gradients limit = (gradients)__builtin_convertvector(product >> 16, words_of);
  *flat = down <= limit;
  *steep = down - 2 * across > limit;
}

#define EDGES(name, type, vector)                                                                 \
  BODY gradients name##_above(const type *own, const type *than, bool orEqual) {                  \
    vector a, b;                                                                                  \
    memcpy(&a, own, sizeof a);                                                                    \
    memcpy(&b, than, sizeof b);                                                                   \
    return __builtin_convertvector(orEqual ? a >= b : a > b, gradients);                          \
  }                                                                                               \
  BODY gradients name##_beyond(const type *own, int32_t limit) {                                  \
    vector a;                                                                                     \
    memcpy(&a, own, sizeof a);                                                                    \
    return __builtin_convertvector(a > (vector){} + (type)limit, gradients);                      \
  }                                                                                               \
  BODY gradients name##_at(const int16_t *from_x, const int16_t *from_y, const type *above,       \
                           const type *own, const type *below, int32_t low, int32_t high) {       \
    gradients candidates = name##_beyond(own, low);                                               \
    if (!__builtin_reduce_or(candidates)) return candidates;                                      \
    gradients x, y, flat, steep;                                                                  \
    memcpy(&x, from_x, sizeof x);                                                                 \
    memcpy(&y, from_y, sizeof y);                                                                 \
    directions(x, y, &flat, &steep);                                                              \
    gradients level = name##_above(own, own - 1, false) & name##_above(own, own + 1, true);       \
    gradients upright = name##_above(own, above, false) & name##_above(own, below, true);         \
    gradients falling =                                                                           \
        name##_above(own, above - 1, false) & name##_above(own, below + 1, false);                \
    gradients rising =                                                                            \
        name##_above(own, above + 1, false) & name##_above(own, below - 1, false);                \
    gradients rises = (x ^ y) < 0;                                                                \
    gradients diagonal = (rises & rising) | (~rises & falling);                                   \
    gradients edge = (flat & level) | (steep & upright) | (~flat & ~steep & diagonal);            \
    return candidates & edge & (1 - name##_beyond(own, high));                                    \
  }                                                                                               \
  static void name(const int16_t *x, const int16_t *y, const type *const *sizes, int32_t low,     \
                   int32_t high, uint8_t *out, size_t count) {                                    \
    for (size_t at = 0; at < count; at += gradient_count) {                                       \
      gradient_bytes found = __builtin_convertvector(                                             \
          name##_at(x + at, y + at, sizes[0] + at, sizes[1] + at, sizes[2] + at, low, high),      \
          gradient_bytes);                                                                        \
      if (count - at >= gradient_count) {                                                         \
        memcpy(out + at, &found, sizeof found);                                                   \
      } else {                                                                                    \
        memcpy(out + at, &found, count - at);                                                     \
      }                                                                                           \
    }                                                                                             \
  }

EDGES(edges_sum, int16_t, gradients)
EDGES(edges_squares, int32_t, long_gradients)
