#include "row_finish.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Loops the compiler turns into lanes; one copy for each instruction set where the loader chooses.
// No product is fused with a sum, so all copies give the same bits.
#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

#define MAGNITUDE(name, sample, top)                                                         \
  CLONES void name(const int32_t *a, const int32_t *b, double divisor, double raised,        \
                   sample *out, size_t count) {                                              \
    _Pragma("clang fp contract(off)")                                                        \
    for (size_t x = 0; x < count; x++) {                                                     \
      double u = a[x], v = b[x];                                                             \
      double r = __builtin_elementwise_sqrt(u * u + v * v) / divisor + raised;               \
      r = r < 0 ? 0 : r;                                                                     \
      r = r > top ? top : r;                                                                 \
      out[x] = (sample)(int32_t)r;                                                           \
    }                                                                                        \
  }

MAGNITUDE(conv_magnitude_u8, uint8_t, 255.0)
MAGNITUDE(conv_magnitude_u16, uint16_t, 65535.0)

CLONES void conv_magnitude_small_u8(const int32_t *a, const int32_t *b, uint8_t *out,
                                    size_t count) {
#pragma clang fp contract(off)
  for (size_t x = 0; x < count; x++) {
    float square = (float)(a[x] * a[x] + b[x] * b[x]);
    int32_t r = (int32_t)(__builtin_elementwise_sqrt(square) + 0.5f);
    out[x] = (uint8_t)(r > 255 ? 255 : r);
  }
}

CLONES void conv_unsharp_u8(const uint8_t *in, const uint16_t *soft, double amount,
                            double threshold, uint8_t *out, size_t count) {
#pragma clang fp contract(off)
  for (size_t x = 0; x < count; x++) {
    double sample = (double)(int32_t)in[x] * 257.0;
    double difference = sample - (double)(int32_t)soft[x];
    double magnitude = difference < 0 ? -difference : difference;
    double value = magnitude > threshold ? sample + amount * difference : sample;
    double r = value / 257.0 + 0.5;
    r = r < 0 ? 0 : r;
    r = r > 255.0 ? 255.0 : r;
    out[x] = (uint8_t)(int32_t)r;
  }
}

#define UNSHARP_WIDE(name, sample, unit)                                                     \
  CLONES void name(const sample *in, const uint16_t *soft, double amount, double threshold,  \
                   uint16_t *out, size_t count) {                                            \
    _Pragma("clang fp contract(off)")                                                        \
    for (size_t x = 0; x < count; x++) {                                                     \
      double own = (double)(int32_t)in[x] * unit;                                            \
      double difference = own - (double)(int32_t)soft[x];                                    \
      double magnitude = difference < 0 ? -difference : difference;                          \
      double r = (magnitude > threshold ? own + amount * difference : own) + 0.5;            \
      r = r < 0 ? 0 : r;                                                                     \
      r = r > 65535.0 ? 65535.0 : r;                                                         \
      out[x] = (uint16_t)(int32_t)r;                                                         \
    }                                                                                        \
  }

UNSHARP_WIDE(conv_unsharp_u8_u16, uint8_t, 257.0)
UNSHARP_WIDE(conv_unsharp_u16, uint16_t, 1.0)

CLONES void conv_add_squares(const int64_t *sums, double *squares, size_t count) {
#pragma clang fp contract(off)
  for (size_t x = 0; x < count; x++) {
    double sum = (double)sums[x];
    squares[x] = squares[x] + sum * sum;
  }
}

CLONES void conv_roots(double *squares, size_t count) {
  for (size_t x = 0; x < count; x++) squares[x] = __builtin_elementwise_sqrt(squares[x]);
}

CLONES void conv_spread(const double *values, double low, double range, double top, int64_t *out,
                        size_t count) {
#pragma clang fp contract(off)
  if (!(range > 0)) range = INFINITY;
  for (size_t x = 0; x < count; x++) {
    double r = (values[x] - low) / range;
    r = r > 0 ? r : 0;
    r = r < 1 ? r : 1;
    out[x] = (int32_t)(r * top + 0.5);
  }
}

CLONES void conv_widen(const uint8_t *in, uint16_t *out, size_t count) {
  for (size_t x = 0; x < count; x++) out[x] = (uint16_t)(in[x] * 257);
}

#if defined(__x86_64__)
// Whole lines to a target that is aligned to one.
#define STREAM_LINES(NAME, TARGET, VECTOR, LOAD, STREAM)                                    \
  __attribute__((target(TARGET))) static void NAME(uint8_t *to, const uint8_t *from,        \
                                                   size_t lines) {                          \
    const size_t parts = 64 / sizeof(VECTOR);                                               \
    for (size_t i = 0; i < lines; i++, to += 64, from += 64) {                              \
      VECTOR line[64 / sizeof(VECTOR)];                                                     \
      for (size_t p = 0; p < parts; p++) line[p] = LOAD((const VECTOR *)from + p);   \
      for (size_t p = 0; p < parts; p++) STREAM((VECTOR *)to + p, line[p]);          \
    }                                                                                       \
  }
STREAM_LINES(stream_16, "sse2", __m128i, _mm_loadu_si128, _mm_stream_si128)
STREAM_LINES(stream_32, "avx", __m256i, _mm256_loadu_si256, _mm256_stream_si256)
STREAM_LINES(stream_64, "avx512f", __m512i, _mm512_loadu_si512, _mm512_stream_si512)
#undef STREAM_LINES
#endif

void conv_stream_copy(void *target, const void *source, size_t bytes) {
#if defined(__x86_64__)
  uint8_t *to = target;
  const uint8_t *from = source;
  size_t head = -(uintptr_t)to & 63;
  if (head > bytes) head = bytes;
  memcpy(to, from, head);
  to += head, from += head, bytes -= head;
  const size_t lines = bytes / 64;
  if (__builtin_cpu_supports("avx512f")) stream_64(to, from, lines);
  else if (__builtin_cpu_supports("avx")) stream_32(to, from, lines);
  else stream_16(to, from, lines);
  memcpy(to + lines * 64, from + lines * 64, bytes - lines * 64);
  _mm_sfence();
#else
  memcpy(target, source, bytes);
#endif
}
