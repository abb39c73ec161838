// Two rows of medians of 3x3 samples, from four rows: the two that both see are put in order once.
// Of sorted columns the median of the largest of the smallest, the median of the medians and the
// smallest of the largest is that of all.
#define MEDIANS_3(name, sample, vector_type)                                                      \
  BODY vector_type name##_middle(vector_type a, vector_type b, vector_type c) {                   \
    vector_type low = __builtin_elementwise_min(a, b), high = __builtin_elementwise_max(a, b);    \
    return __builtin_elementwise_max(low, __builtin_elementwise_min(high, c));                    \
  }                                                                                               \
  BODY vector_type name##_of(const vector_type *low, const vector_type *mid,                      \
                             const vector_type *high) {                                           \
    vector_type lows =                                                                            \
        __builtin_elementwise_max(__builtin_elementwise_max(low[0], low[1]), low[2]);             \
    vector_type highs =                                                                           \
        __builtin_elementwise_min(__builtin_elementwise_min(high[0], high[1]), high[2]);          \
    return name##_middle(lows, name##_middle(mid[0], mid[1], mid[2]), highs);                     \
  }                                                                                               \
  BODY void name##_at(const sample *const *rows, size_t step, size_t x, vector_type *out) {       \
    typedef vector_type vector;                                                                   \
    vector low[2][3], mid[2][3], high[2][3];                                                      \
    __builtin_prefetch(rows[4] + x);                                                              \
    __builtin_prefetch(rows[5] + x);                                                              \
    UNROLL for (int c = 0; c < 3; c++) {                                                          \
      vector v[4];                                                                                \
      UNROLL for (int r = 0; r < 4; r++) {                                                        \
        memcpy(&v[r], rows[r] + x + (size_t)c * step, sizeof(vector));                            \
      }                                                                                           \
      SORTED(v[1], v[2]);                                                                         \
      UNROLL for (int n = 0; n < 2; n++) {                                                        \
        low[n][c] = __builtin_elementwise_min(v[3 * n], v[1]);                                    \
        vector larger = __builtin_elementwise_max(v[3 * n], v[1]);                                \
        mid[n][c] = __builtin_elementwise_min(larger, v[2]);                                      \
        high[n][c] = __builtin_elementwise_max(larger, v[2]);                                     \
      }                                                                                           \
    }                                                                                             \
    UNROLL for (int n = 0; n < 2; n++) out[n] = name##_of(low[n], mid[n], high[n]);               \
  }                                                                                               \
  static void name(const sample *const *rows, size_t step, sample *const *out, size_t count,      \
                   bool past) {                                                                   \
    enum { width = sizeof(vector_type) / sizeof(sample) };                                        \
    vector_type medians[2];                                                                       \
    sample *const first = out[0], *const second = out[1];                                         \
    if (count < width) {                                                                          \
      for (size_t x = 0; x < count; x++) {                                                        \
        sample windows[2][9];                                                                     \
        for (size_t i = 0; i < 9; i++) {                                                          \
          windows[0][i] = rows[i / 3][x + i % 3 * step];                                          \
          windows[1][i] = rows[i / 3 + 1][x + i % 3 * step];                                      \
        }                                                                                         \
        for (int n = 0; n < 2; n++) {                                                             \
          sample *own = windows[n];                                                               \
          for (int i = 0; i < 5; i++) {                                                           \
            for (int k = i + 1; k < 9; k++) {                                                     \
              sample smaller = own[i] < own[k] ? own[i] : own[k];                                 \
              own[k] = own[i] < own[k] ? own[k] : own[i];                                         \
              own[i] = smaller;                                                                   \
            }                                                                                     \
          }                                                                                       \
          out[n][x] = own[4];                                                                     \
        }                                                                                         \
      }                                                                                           \
      return;                                                                                     \
    }                                                                                             \
    size_t x = 0;                                                                                 \
    if (past) {                                                                                   \
      name##_at(rows, step, 0, medians);                                                          \
      memcpy(first, &medians[0], sizeof medians[0]);                                              \
      memcpy(second, &medians[1], sizeof medians[1]);                                             \
      x = until_aligned(first, sizeof(sample));                                                   \
      for (; x + width <= count; x += width) {                                                    \
        name##_at(rows, step, x, medians);                                                        \
        store_past(first + x, (lanes)medians[0]);                                                 \
        store_past(second + x, (lanes)medians[1]);                                                \
      }                                                                                           \
    } else {                                                                                      \
      for (; x + width <= count; x += width) {                                                    \
        name##_at(rows, step, x, medians);                                                        \
        memcpy(first + x, &medians[0], sizeof medians[0]);                                        \
        memcpy(second + x, &medians[1], sizeof medians[1]);                                       \
      }                                                                                           \
    }                                                                                             \
    if (x < count) {                                                                              \
      x = count - width;                                                                          \
      name##_at(rows, step, x, medians);                                                          \
      memcpy(first + x, &medians[0], sizeof medians[0]);                                          \
      memcpy(second + x, &medians[1], sizeof medians[1]);                                         \
    }                                                                                             \
  }

MEDIANS_3(medians_3_u8, uint8_t, bytes)
MEDIANS_3(medians_3_u16, uint16_t, words)
