// Extremes of several rows, or of several places of one row, at once.

typedef uint16_t words __attribute__((vector_size(CONV_BYTES)));

// The last vector overlaps the one before: nothing is written that is read, or it does not matter,
// because an extreme of an extreme is the same.
#define EXTREMES(name, sample, vector, choose, compare)                                           \
  BODY void name##_of(const sample *const *in, const int sources, const sample *ahead,            \
                      sample *out, size_t count) {                                                \
    enum { width = sizeof(vector) / sizeof(sample) };                                             \
    size_t x = 0;                                                                                 \
    while (count >= width) {                                                                      \
      vector result, next;                                                                        \
      __builtin_prefetch(ahead + x);                                                              \
      memcpy(&result, in[0] + x, sizeof(vector));                                                 \
      UNROLL for (int s = 1; s < sources; s++) {                                                  \
        memcpy(&next, in[s] + x, sizeof(vector));                                                 \
        result = choose(result, next);                                                            \
      }                                                                                           \
      memcpy(out + x, &result, sizeof(vector));                                                   \
      x += width;                                                                                 \
      if (x == count) return;                                                                     \
      if (x + width > count) x = count - width;                                                   \
    }                                                                                             \
    for (; x < count; x++) {                                                                      \
      sample result = in[0][x];                                                                   \
      for (int s = 1; s < sources; s++) result = in[s][x] compare result ? in[s][x] : result;     \
      out[x] = result;                                                                            \
    }                                                                                             \
  }                                                                                               \
  static void name(const sample *const *in, size_t sources, const sample *ahead, sample *out,     \
                   size_t count) {                                                                \
    switch (sources) {                                                                            \
      case 1: memcpy(out, in[0], count * sizeof(sample)); return;                                 \
      case 2: name##_of(in, 2, ahead, out, count); return;                                       \
      case 3: name##_of(in, 3, ahead, out, count); return;                                       \
      case 4: name##_of(in, 4, ahead, out, count); return;                                       \
      case 5: name##_of(in, 5, ahead, out, count); return;                                       \
      case 6: name##_of(in, 6, ahead, out, count); return;                                       \
      case 7: name##_of(in, 7, ahead, out, count); return;                                       \
      default: name##_of(in, 8, ahead, out, count); return;                                      \
    }                                                                                             \
  }                                                                                               \
  static void name##_step(sample *prefix, const sample *added, const sample *suffix, sample *out, \
                          size_t count) {                                                         \
    enum { width = sizeof(vector) / sizeof(sample) };                                             \
    size_t x = 0;                                                                                 \
    while (count >= width) {                                                                      \
      vector first, second;                                                                       \
      memcpy(&first, prefix + x, sizeof(vector));                                                 \
      memcpy(&second, added + x, sizeof(vector));                                                 \
      first = choose(first, second);                                                              \
      memcpy(prefix + x, &first, sizeof(vector));                                                 \
      memcpy(&second, suffix + x, sizeof(vector));                                                \
      first = choose(first, second);                                                              \
      memcpy(out + x, &first, sizeof(vector));                                                    \
      x += width;                                                                                 \
      if (x == count) return;                                                                     \
      if (x + width > count) x = count - width;                                                   \
    }                                                                                             \
    for (; x < count; x++) {                                                                      \
      prefix[x] = added[x] compare prefix[x] ? added[x] : prefix[x];                              \
      out[x] = prefix[x] compare suffix[x] ? prefix[x] : suffix[x];                               \
    }                                                                                             \
  }

EXTREMES(largest_u8, uint8_t, bytes, __builtin_elementwise_max, >)
EXTREMES(largest_u16, uint16_t, words, __builtin_elementwise_max, >)
EXTREMES(smallest_u8, uint8_t, bytes, __builtin_elementwise_min, <)
EXTREMES(smallest_u16, uint16_t, words, __builtin_elementwise_min, <)
