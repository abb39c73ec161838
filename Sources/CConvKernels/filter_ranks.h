// Medians of small windows by networks of minima and maxima.

#define SORTED(a, b)                                  \
  do {                                                \
    vector smaller = __builtin_elementwise_min(a, b); \
    b = __builtin_elementwise_max(a, b);              \
    a = smaller;                                      \
  } while (0)

// Rows of whole vectors, the last one overlapping the one before; short rows through `tail`.
#define SORT_COLUMNS(name, side, sample, vector_type, network)                                    \
  BODY void name##_at(const sample *const *rows, sample *const *sorted, size_t from, size_t to) { \
    typedef vector_type vector;                                                                   \
    vector v[side];                                                                               \
    UNROLL for (int r = 0; r < side; r++) memcpy(&v[r], rows[r] + from, sizeof(vector));          \
    network;                                                                                      \
    UNROLL for (int r = 0; r < side; r++) memcpy(sorted[r] + to, &v[r], sizeof(vector));          \
  }                                                                                               \
  static void name(const sample *const *rows, sample *const *sorted, size_t count) {              \
    enum { width = sizeof(vector_type) / sizeof(sample) };                                        \
    if (count < width) {                                                                          \
      sample tail[side][width] = {};                                                              \
      const sample *tails[side];                                                                  \
      for (int r = 0; r < side; r++) {                                                            \
        memcpy(tail[r], rows[r], count * sizeof(sample));                                         \
        tails[r] = tail[r];                                                                       \
      }                                                                                           \
      name##_at(tails, sorted, 0, 0);                                                             \
      return;                                                                                     \
    }                                                                                             \
    size_t x = 0;                                                                                 \
    for (; x + width <= count; x += width) name##_at(rows, sorted, x, x);                         \
    if (x < count) name##_at(rows, sorted, count - width, count - width);                         \
  }

#define NETWORK_5                                                                     \
  SORTED(v[0], v[3]); SORTED(v[1], v[4]); SORTED(v[0], v[2]); SORTED(v[1], v[3]);      \
  SORTED(v[0], v[1]); SORTED(v[2], v[4]); SORTED(v[1], v[2]); SORTED(v[3], v[4]);      \
  SORTED(v[2], v[3])

SORT_COLUMNS(sort_columns_5_u8, 5, uint8_t, bytes, NETWORK_5)
SORT_COLUMNS(sort_columns_5_u16, 5, uint16_t, words, NETWORK_5)

// The median of neighbouring sorted columns, v[side * rank + column]. Sorted rows go on for a whole
// vector; results of a short row pass through `tail`.
#define MEDIAN(name, side, sample, vector_type, network, result)                                  \
  BODY void name##_at(const sample *const *sorted, size_t step, size_t x, sample *out,            \
                      const sample *ahead) {                                                      \
    typedef vector_type vector;                                                                   \
    vector v[side * side];                                                                        \
    __builtin_prefetch(ahead);                                                                    \
    UNROLL for (int r = 0; r < side; r++) {                                                       \
      UNROLL for (int c = 0; c < side; c++) {                                                     \
        memcpy(&v[side * r + c], sorted[r] + x + (size_t)c * step, sizeof(vector));               \
      }                                                                                           \
    }                                                                                             \
    network;                                                                                      \
    memcpy(out, &v[result], sizeof(vector));                                                      \
  }                                                                                               \
  static void name(const sample *const *sorted, size_t step, const sample *ahead, sample *out,    \
                   size_t count) {                                                                \
    enum { width = sizeof(vector_type) / sizeof(sample) };                                        \
    if (count < width) {                                                                          \
      sample tail[width];                                                                         \
      name##_at(sorted, step, 0, tail, ahead);                                                    \
      memcpy(out, tail, count * sizeof(sample));                                                  \
      return;                                                                                     \
    }                                                                                             \
    size_t x = 0;                                                                                 \
    for (; x + width <= count; x += width) name##_at(sorted, step, x, out + x, ahead + x);        \
    if (x < count) name##_at(sorted, step, count - width, out + count - width, ahead);            \
  }

#include "filter_median_3.h"
#include "filter_median_5.h"

MEDIAN(median_5_u8, 5, uint8_t, bytes, MEDIAN_NETWORK_5, 16)
MEDIAN(median_5_u16, 5, uint16_t, words, MEDIAN_NETWORK_5, 16)
