// Vectors of CONV_BYTES bytes and the few instructions that C has no word for.

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

// Bytes of a and b in turn, from the lower and the upper half of each 16 bytes.
typedef uint8_t bytes __attribute__((vector_size(CONV_BYTES)));

BODY bytes load_bytes(const void *from) {
  bytes value;
  memcpy(&value, from, sizeof value);
  return value;
}

BODY bytes interleaved_low(bytes a, bytes b) {
#if CONV_BYTES == 64
  return (bytes)_mm512_unpacklo_epi8((__m512i)a, (__m512i)b);
#elif CONV_BYTES == 32
  return (bytes)_mm256_unpacklo_epi8((__m256i)a, (__m256i)b);
#else
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
#endif
}

BODY bytes interleaved_high(bytes a, bytes b) {
#if CONV_BYTES == 64
  return (bytes)_mm512_unpackhi_epi8((__m512i)a, (__m512i)b);
#elif CONV_BYTES == 32
  return (bytes)_mm256_unpackhi_epi8((__m256i)a, (__m256i)b);
#else
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                 31);
#endif
}

typedef int16_t shorts __attribute__((vector_size(CONV_BYTES)));

BODY shorts load_shorts(const void *from) {
  shorts value;
  memcpy(&value, from, sizeof value);
  return value;
}

// Words of a and b in turn, from the lower and the upper half of each 16 bytes.
BODY lanes pairs_low(shorts a, shorts b) {
#if CONV_BYTES == 64
  return (lanes)_mm512_unpacklo_epi16((__m512i)a, (__m512i)b);
#elif CONV_BYTES == 32
  return (lanes)_mm256_unpacklo_epi16((__m256i)a, (__m256i)b);
#else
  return (lanes)__builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
#endif
}

BODY lanes pairs_high(shorts a, shorts b) {
#if CONV_BYTES == 64
  return (lanes)_mm512_unpackhi_epi16((__m512i)a, (__m512i)b);
#elif CONV_BYTES == 32
  return (lanes)_mm256_unpackhi_epi16((__m256i)a, (__m256i)b);
#else
  return (lanes)__builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
#endif
}

// Lanes of 0 ... 65,535 as words, in the order from which `pairs_low` and `pairs_high` took them.
BODY shorts packed_words(lanes low, lanes high) {
#if CONV_BYTES == 64
  return (shorts)_mm512_packus_epi32((__m512i)low, (__m512i)high);
#elif CONV_BYTES == 32
  return (shorts)_mm256_packus_epi32((__m256i)low, (__m256i)high);
#else
  return __builtin_shufflevector((shorts)low, (shorts)high, 0, 2, 4, 6, 8, 10, 12, 14);
#endif
}

// The 16-bit values of four vectors of lanes whose columns interleaved_low and interleaved_high have
// spread: sums[0] holds columns 0 ... 3 of each 16, sums[1] columns 4 ... 7, and so on.
BODY void store_gathered(const lanes sums[4], int16_t *out) {
#if CONV_BYTES == 64
  __m512i low = _mm512_packs_epi32((__m512i)sums[0], (__m512i)sums[1]);
  __m512i high = _mm512_packs_epi32((__m512i)sums[2], (__m512i)sums[3]);
  const __m512i first = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
  const __m512i second = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
  _mm512_storeu_si512(out, _mm512_permutex2var_epi64(low, first, high));
  _mm512_storeu_si512(out + 32, _mm512_permutex2var_epi64(low, second, high));
#elif CONV_BYTES == 32
  __m256i low = _mm256_packs_epi32((__m256i)sums[0], (__m256i)sums[1]);
  __m256i high = _mm256_packs_epi32((__m256i)sums[2], (__m256i)sums[3]);
  _mm256_storeu_si256((__m256i *)out, _mm256_permute2x128_si256(low, high, 0x20));
  _mm256_storeu_si256((__m256i *)(out + 16), _mm256_permute2x128_si256(low, high, 0x31));
#else
  for (int n = 0; n < 4; n++) {
    lanes_i16 value = __builtin_convertvector(sums[n], lanes_i16);
    memcpy(out + n * lane_count, &value, sizeof value);
  }
#endif
}

// Stores that go past the caches, into memory that nobody looks at soon. They want whole vectors of
// memory: samples up to the first of them, and one vector. `stream_end` comes after the last.
BODY size_t until_aligned(const void *out, size_t size) {
  return (-(uintptr_t)out & (CONV_BYTES - 1)) / size;
}

BODY void store_past(void *out, lanes value) { __builtin_nontemporal_store(value, (lanes *)out); }
