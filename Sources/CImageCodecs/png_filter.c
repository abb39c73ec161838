#include "png_filter.h"

#include <string.h>

// Bodies on vectors of 32 bytes, compiled for the baseline and for AVX2. All of them are inlined,
// so how a vector is handed from function to function does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

typedef uint8_t bytes32 __attribute__((vector_size(32)));
typedef uint16_t words16 __attribute__((vector_size(32)));

#define INLINE static inline __attribute__((always_inline))

INLINE bytes32 load32(const uint8_t *bytes) {
  bytes32 value;
  memcpy(&value, bytes, 32);
  return value;
}

INLINE void store32(uint8_t *bytes, bytes32 value) { memcpy(bytes, &value, 32); }

INLINE bytes32 least(bytes32 a, bytes32 b) { return __builtin_elementwise_min(a, b); }
INLINE bytes32 most(bytes32 a, bytes32 b) { return __builtin_elementwise_max(a, b); }
INLINE bytes32 pick(bytes32 mask, bytes32 a, bytes32 b) { return (mask & a) | (~mask & b); }

/// ⌊(a + b) / 2⌋ without a ninth bit.
INLINE bytes32 mean(bytes32 a, bytes32 b) { return (a & b) + ((a ^ b) >> 1); }

/// Paeth's predictor in 8 bits.
///
/// With p = a + b − c the distances are |p − a| = |b − c|, |p − b| = |a − c| and
/// |p − c| = |(a − c) + (b − c)|: where both terms have one sign the last is no less than either
/// of the first two, so it never wins; where not, it is the difference of the first two.
INLINE bytes32 paeth(bytes32 a, bytes32 b, bytes32 c) {
  const bytes32 a_most = most(a, c), b_most = most(b, c);
  const bytes32 to_a = b_most - least(b, c), to_b = a_most - least(a, c);
  const bytes32 one_sign = (bytes32)((bytes32)(a_most == a) == (bytes32)(b_most == b));
  const bytes32 to_c = one_sign | (most(to_a, to_b) - least(to_a, to_b));
  const bytes32 near = least(to_a, to_b);
  const bytes32 left_or_above = pick((bytes32)(to_a <= to_b), a, b);
  return pick((bytes32)(near <= to_c), left_or_above, c);
}

INLINE bytes32 predict(int filter, bytes32 a, bytes32 b, bytes32 c) {
  switch (filter) {
    case CODEC_FILTER_SUB: return a;
    case CODEC_FILTER_UP: return b;
    case CODEC_FILTER_AVERAGE: return mean(a, b);
    case CODEC_FILTER_PAETH: return paeth(a, b, c);
    default: return (bytes32){0};
  }
}

/// Adds |v|, bytes taken as signed, in pairs.
INLINE words16 add_magnitudes(words16 sum, bytes32 v) {
  const words16 m = (words16)least(v, (bytes32){0} - v);
  return sum + (m & 0xff) + (m >> 8);
}

INLINE uint64_t total(words16 sum) {
  uint64_t value = 0;
  for (int i = 0; i < 16; i++) value += sum[i];
  return value;
}

INLINE uint64_t magnitude(uint8_t v) { return v < 128 ? v : 256 - v; }

INLINE uint8_t paeth_byte(uint8_t a, uint8_t b, uint8_t c) {
  const int p = a + b - c;
  const int to_a = p > a ? p - a : a - p, to_b = p > b ? p - b : b - p;
  const int to_c = p > c ? p - c : c - p;
  return to_a <= to_b && to_a <= to_c ? a : to_b <= to_c ? b : c;
}

INLINE uint8_t predict_byte(int filter, uint8_t a, uint8_t b, uint8_t c) {
  switch (filter) {
    case CODEC_FILTER_SUB: return a;
    case CODEC_FILTER_UP: return b;
    case CODEC_FILTER_AVERAGE: return (uint8_t)((a + b) / 2);
    case CODEC_FILTER_PAETH: return paeth_byte(a, b, c);
    default: return 0;
  }
}

INLINE int choose_body(const uint8_t *row, const uint8_t *above, size_t count, size_t bpp) {
  const uint8_t *left = row - bpp, *corner = above - bpp;
  uint64_t cost[5] = {0};
  size_t i = 0;
  while (i + 32 <= count) {
    // A lane takes at most 256 a step: 128 steps stay below 2^16.
    words16 sum[5] = {{0}, {0}, {0}, {0}, {0}};
    for (int step = 0; step < 128 && i + 32 <= count; step++, i += 32) {
      const bytes32 x = load32(row + i), a = load32(left + i);
      const bytes32 b = load32(above + i), c = load32(corner + i);
      sum[0] = add_magnitudes(sum[0], x);
      sum[1] = add_magnitudes(sum[1], x - a);
      sum[2] = add_magnitudes(sum[2], x - b);
      sum[3] = add_magnitudes(sum[3], x - mean(a, b));
      sum[4] = add_magnitudes(sum[4], x - paeth(a, b, c));
    }
    for (int f = 0; f < 5; f++) cost[f] += total(sum[f]);
  }
  for (; i < count; i++) {
    for (int f = 0; f < 5; f++) {
      const uint8_t p = predict_byte(f, left[i], above[i], corner[i]);
      cost[f] += magnitude((uint8_t)(row[i] - p));
    }
  }
  int best = 0;
  for (int f = 1; f < 5; f++) {
    if (cost[f] < cost[best]) best = f;
  }
  return best;
}

INLINE void apply_one(int filter, const uint8_t *row, const uint8_t *above, size_t count,
                      size_t bpp, uint8_t *output) {
  const uint8_t *left = row - bpp, *corner = above - bpp;
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    const bytes32 a = load32(left + i), b = load32(above + i), c = load32(corner + i);
    store32(output + i, load32(row + i) - predict(filter, a, b, c));
  }
  for (; i < count; i++) {
    output[i] = (uint8_t)(row[i] - predict_byte(filter, left[i], above[i], corner[i]));
  }
}

INLINE void apply_body(int filter, const uint8_t *row, const uint8_t *above, size_t count,
                       size_t bpp, uint8_t *output) {
  switch (filter) {
    case CODEC_FILTER_SUB: apply_one(CODEC_FILTER_SUB, row, above, count, bpp, output); break;
    case CODEC_FILTER_UP: apply_one(CODEC_FILTER_UP, row, above, count, bpp, output); break;
    case CODEC_FILTER_AVERAGE:
      apply_one(CODEC_FILTER_AVERAGE, row, above, count, bpp, output);
      break;
    case CODEC_FILTER_PAETH: apply_one(CODEC_FILTER_PAETH, row, above, count, bpp, output); break;
    default: memcpy(output, row, count);
  }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static int choose_avx2(const uint8_t *row, const uint8_t *above,
                                                       size_t count, size_t bpp) {
  return choose_body(row, above, count, bpp);
}
__attribute__((target("avx2"))) static void apply_avx2(int filter, const uint8_t *row,
                                                       const uint8_t *above, size_t count,
                                                       size_t bpp, uint8_t *output) {
  apply_body(filter, row, above, count, bpp, output);
}
#define HAS_AVX2 __builtin_cpu_supports("avx2")
#endif

void codec_filter_apply(int filter, const uint8_t *row, const uint8_t *above, size_t count,
                        size_t bpp, uint8_t *output) {
#ifdef HAS_AVX2
  if (HAS_AVX2) {
    apply_avx2(filter, row, above, count, bpp, output);
    return;
  }
#endif
  apply_body(filter, row, above, count, bpp, output);
}

/// The filter that leaves the smallest sum of magnitudes.
static int smallest(const uint8_t *row, const uint8_t *above, size_t count, size_t bpp) {
#ifdef HAS_AVX2
  if (HAS_AVX2) return choose_avx2(row, above, count, bpp);
#endif
  return choose_body(row, above, count, bpp);
}

int codec_filter_choose(const uint8_t *row, const uint8_t *above, size_t count, size_t bpp,
                        uint8_t *output) {
  const int filter = smallest(row, above, count, bpp);
  codec_filter_apply(filter, row, above, count, bpp, output);
  if (filter == CODEC_FILTER_NONE || !codec_filter_is_worse(row, output, count)) return filter;
  memcpy(output, row, count);
  return CODEC_FILTER_NONE;
}

int codec_filter_choose_plain(const uint8_t *row, const uint8_t *above, size_t count, size_t bpp,
                              uint8_t *output) {
  const uint8_t *left = row - bpp, *corner = above - bpp;
  uint64_t cost[5] = {0};
  int best = 0;
  for (int f = 0; f < 5; f++) {
    for (size_t i = 0; i < count; i++) {
      const uint8_t p = predict_byte(f, left[i], above[i], corner[i]);
      cost[f] += magnitude((uint8_t)(row[i] - p));
    }
    if (cost[f] < cost[best]) best = f;
  }
  for (size_t i = 0; i < count; i++) {
    const uint8_t p = predict_byte(best, left[i], above[i], corner[i]);
    output[i] = (uint8_t)(row[i] - p);
  }
  if (best == CODEC_FILTER_NONE || !codec_filter_is_worse(row, output, count)) return best;
  memcpy(output, row, count);
  return CODEC_FILTER_NONE;
}
