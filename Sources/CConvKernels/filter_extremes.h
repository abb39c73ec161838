// Extremes of several rows, or of several places of one row, at once.

typedef uint16_t words __attribute__((vector_size(CONV_BYTES)));

// The last vector overlaps the one before: nothing is written that is read, or it does not matter,
// because an extreme of an extreme is the same.
#define EXTREMES(name, sample, vector, choose, compare)                                           \
  BODY vector name##_at(const sample *const *in, const int sources, size_t x) {                   \
    vector result, next;                                                                          \
    memcpy(&result, in[0] + x, sizeof(vector));                                                   \
    UNROLL for (int s = 1; s < sources; s++) {                                                    \
      memcpy(&next, in[s] + x, sizeof(vector));                                                   \
      result = choose(result, next);                                                              \
    }                                                                                             \
    return result;                                                                                \
  }                                                                                               \
  BODY void name##_of(const sample *const *list, const int sources, const sample *ahead,          \
                      sample *out, size_t count, bool past) {                                     \
    enum { width = sizeof(vector) / sizeof(sample) };                                             \
    /* In registers: what is written might lie in the list. */                                    \
    const sample *in[8];                                                                          \
    UNROLL for (int s = 0; s < sources; s++) in[s] = list[s];                                     \
    size_t x = 0;                                                                                 \
    if (count < width) {                                                                          \
      for (; x < count; x++) {                                                                    \
        sample result = in[0][x];                                                                 \
        for (int s = 1; s < sources; s++) result = in[s][x] compare result ? in[s][x] : result;   \
        out[x] = result;                                                                          \
      }                                                                                           \
      return;                                                                                     \
    }                                                                                             \
    vector result;                                                                                \
    if (past) {                                                                                   \
      x = until_aligned(out, sizeof(sample));                                                     \
      if (x) {                                                                                    \
        result = name##_at(in, sources, 0);                                                       \
        memcpy(out, &result, sizeof(vector));                                                     \
      }                                                                                           \
      for (; x + width <= count; x += width) {                                                    \
        __builtin_prefetch(ahead + x);                                                            \
        store_past(out + x, (lanes)name##_at(in, sources, x));                                    \
      }                                                                                           \
    } else {                                                                                      \
      for (; x + width <= count; x += width) {                                                    \
        __builtin_prefetch(ahead + x);                                                            \
        result = name##_at(in, sources, x);                                                       \
        memcpy(out + x, &result, sizeof(vector));                                                 \
      }                                                                                           \
    }                                                                                             \
    if (x < count) {                                                                              \
      result = name##_at(in, sources, count - width);                                             \
      memcpy(out + count - width, &result, sizeof(vector));                                       \
    }                                                                                             \
  }                                                                                               \
  static void name(const sample *const *in, size_t sources, const sample *ahead, sample *out,     \
                   size_t count, bool past) {                                                     \
    switch (sources) {                                                                            \
      case 1: name##_of(in, 1, ahead, out, count, past); return;                                  \
      case 2: name##_of(in, 2, ahead, out, count, past); return;                                  \
      case 3: name##_of(in, 3, ahead, out, count, past); return;                                  \
      case 4: name##_of(in, 4, ahead, out, count, past); return;                                  \
      case 5: name##_of(in, 5, ahead, out, count, past); return;                                  \
      case 6: name##_of(in, 6, ahead, out, count, past); return;                                  \
      case 7: name##_of(in, 7, ahead, out, count, past); return;                                  \
      default: name##_of(in, 8, ahead, out, count, past); return;                                 \
    }                                                                                             \
  }                                                                                               \
  BODY void name##_pair_at(const sample *const *in, const int rows, size_t x, sample *first,      \
                           sample *second) {                                                      \
    vector shared = name##_at(in + 1, rows - 1, x), own;                                          \
    memcpy(&own, in[0] + x, sizeof(vector));                                                      \
    own = choose(own, shared);                                                                    \
    memcpy(first + x, &own, sizeof(vector));                                                      \
    memcpy(&own, in[rows] + x, sizeof(vector));                                                   \
    own = choose(own, shared);                                                                    \
    memcpy(second + x, &own, sizeof(vector));                                                     \
  }                                                                                               \
  BODY void name##_pair_of(const sample *const *list, const int rows, sample *first,              \
                           sample *second, size_t count) {                                        \
    enum { width = sizeof(vector) / sizeof(sample) };                                             \
    if (count < width) {                                                                          \
      name##_of(list, rows, list[0], first, count, false);                                        \
      name##_of(list + 1, rows, list[0], second, count, false);                                   \
      return;                                                                                     \
    }                                                                                             \
    const sample *in[9];                                                                          \
    UNROLL for (int s = 0; s <= rows; s++) in[s] = list[s];                                       \
    size_t x = 0;                                                                                 \
    for (; x + width <= count; x += width) name##_pair_at(in, rows, x, first, second);            \
    if (x < count) name##_pair_at(in, rows, count - width, first, second);                        \
  }                                                                                               \
  static void name##_pair(const sample *const *in, size_t rows, sample *first, sample *second,    \
                          size_t count) {                                                         \
    switch (rows) {                                                                               \
      case 2: name##_pair_of(in, 2, first, second, count); return;                                \
      case 3: name##_pair_of(in, 3, first, second, count); return;                                \
      case 4: name##_pair_of(in, 4, first, second, count); return;                                \
      case 5: name##_pair_of(in, 5, first, second, count); return;                                \
      case 6: name##_pair_of(in, 6, first, second, count); return;                                \
      case 7: name##_pair_of(in, 7, first, second, count); return;                                \
      default: name##_pair_of(in, 8, first, second, count); return;                               \
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
