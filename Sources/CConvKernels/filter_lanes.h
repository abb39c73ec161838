// Vectors of CONV_BYTES bytes and the few instructions that C has no word for.

#define BODY static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

typedef int32_t lanes __attribute__((vector_size(CONV_BYTES)));
typedef uint32_t ulanes __attribute__((vector_size(CONV_BYTES)));
enum { lane_count = CONV_BYTES / 4 };
// As many values in fewer, and in more, bytes.
typedef uint64_t lanes_u64 __attribute__((vector_size(CONV_BYTES * 2)));
typedef uint16_t lanes_u16 __attribute__((vector_size(CONV_BYTES / 2)));
typedef int16_t lanes_i16 __attribute__((vector_size(CONV_BYTES / 2)));
typedef uint8_t lanes_u8 __attribute__((vector_size(CONV_BYTES / 4)));

BODY lanes load_lanes(const void *from) {
  lanes value;
  memcpy(&value, from, sizeof value);
  return value;
}

BODY lanes splat(int32_t value) { return (lanes){} + value; }

// acc + a.low * b.low + a.high * b.high, lane by lane; wraps.
BODY lanes dot_pairs(lanes acc, lanes a, lanes b) {
#if CONV_BYTES == 64 && defined(CONV_VNNI)
  return (lanes)_mm512_dpwssd_epi32((__m512i)acc, (__m512i)a, (__m512i)b);
#elif CONV_BYTES == 64
  return acc + (lanes)_mm512_madd_epi16((__m512i)a, (__m512i)b);
#elif CONV_BYTES == 32
  return acc + (lanes)_mm256_madd_epi16((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
  return acc + (lanes)_mm_madd_epi16((__m128i)a, (__m128i)b);
#else
  lanes low = (a << 16 >> 16) * (b << 16 >> 16);
  return acc + low + (a >> 16) * (b >> 16);
#endif
}

#if defined(CONV_VNNI)
// acc + the four products of an unsigned byte of a and a signed byte of b, lane by lane; wraps.
BODY lanes dot_bytes(lanes acc, lanes a, lanes b) {
  return (lanes)_mm512_dpbusd_epi32((__m512i)acc, (__m512i)a, (__m512i)b);
}
#endif
