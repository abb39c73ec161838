// From sums to samples.

// Whether a value is clamped and divided, and how, is the same for a whole row: the branches are
// outside the loops of the compiled code.
BODY ulanes clamped(lanes sum, const conv_finish *finish) {
  if (finish->absolute) sum = __builtin_elementwise_abs(sum) + finish->addend;
  sum = __builtin_elementwise_max(sum, splat(0));
  return (ulanes)__builtin_elementwise_min(sum, splat(finish->top));
}

BODY lanes_u16 divided_narrow(ulanes value, const conv_finish *finish) {
  typedef uint32_t wide __attribute__((vector_size(CONV_BYTES)));
  lanes_u16 small = __builtin_convertvector(value, lanes_u16);
  wide product = __builtin_convertvector(small, wide) * (finish->multiplier & 0xffff);
  return __builtin_convertvector(product >> 16, lanes_u16) >> (uint16_t)finish->shift;
}

typedef float single_lanes __attribute__((vector_size(CONV_BYTES)));

// Cut off towards zero: right for sums above zero, and zero or below for others.
BODY lanes divided_single(lanes value, const conv_finish *finish) {
  single_lanes middle = __builtin_convertvector(value, single_lanes) + 0.5f;
  return __builtin_convertvector(middle * finish->reciprocal, lanes);
}

BODY ulanes divided(ulanes value, const conv_finish *finish) {
  if (finish->division == conv_divide_single) {
    return (ulanes)divided_single((lanes)value, finish);
  }
  if (finish->division == conv_divide_shift) return value >> (uint32_t)finish->shift;
  lanes_u64 product = __builtin_convertvector(value, lanes_u64) * (uint64_t)finish->multiplier;
  return __builtin_convertvector(product >> (uint64_t)finish->shift, ulanes);
}

// One vector of sums; `start` is in them already.
BODY void store_finished(lanes sum, size_t x, void *out, const conv_finish *finish) {
  if (finish->gain) sum = sum * finish->gain + finish->offset;
  switch (finish->store) {
    case conv_store_i32:
      memcpy((int32_t *)out + x, &sum, sizeof sum);
      return;
    case conv_store_i16: {
      lanes_i16 value = __builtin_convertvector(sum >> finish->shift, lanes_i16);
      memcpy((int16_t *)out + x, &value, sizeof value);
      return;
    }
    case conv_store_u16: {
      ulanes value = clamped(sum, finish);
      lanes_u16 small = finish->division == conv_divide_narrow
                            ? divided_narrow(value, finish)
                            : __builtin_convertvector(divided(value, finish), lanes_u16);
      memcpy((uint16_t *)out + x, &small, sizeof small);
      return;
    }
    case conv_store_u8: {
      ulanes value = clamped(sum, finish);
      lanes_u8 small = finish->division == conv_divide_narrow
                           ? __builtin_convertvector(divided_narrow(value, finish), lanes_u8)
                           : __builtin_convertvector(divided(value, finish), lanes_u8);
      memcpy((uint8_t *)out + x, &small, sizeof small);
      return;
    }
  }
}

// Whole blocks of sums to bytes, for the ways of division that need no more than 32 bits. A shift or a
// product in single precision goes before the clamp (the same by then), so that packing clamps; for
// a multiplication in 16 bits packing clamps below, and `top` above.
#if CONV_BYTES >= 32
BODY bool packs(const conv_finish *finish) {
  return finish->store == conv_store_u8 && !finish->absolute && !finish->gain &&
         (finish->division == conv_divide_shift || finish->division == conv_divide_single ||
          (finish->division == conv_divide_narrow && finish->top <= 65535));
}

// The same for words and a shift.
BODY bool packs_words(const conv_finish *finish) {
  return finish->store == conv_store_u16 && !finish->absolute && !finish->gain &&
         finish->division == conv_divide_shift;
}
#endif

#if CONV_BYTES == 64
// 64 bytes from four vectors.
BODY void store_packed(const lanes sums[4], uint8_t *out, const conv_finish *finish) {
  __m512i low, high;
  if (finish->division == conv_divide_single) {
    lanes quotients[4];
    UNROLL for (int n = 0; n < 4; n++) quotients[n] = divided_single(sums[n], finish);
    low = _mm512_packs_epi32((__m512i)quotients[0], (__m512i)quotients[1]);
    high = _mm512_packs_epi32((__m512i)quotients[2], (__m512i)quotients[3]);
  } else if (finish->division == conv_divide_shift) {
    low = _mm512_packs_epi32((__m512i)(sums[0] >> finish->shift),
                             (__m512i)(sums[1] >> finish->shift));
    high = _mm512_packs_epi32((__m512i)(sums[2] >> finish->shift),
                              (__m512i)(sums[3] >> finish->shift));
  } else {
    __m512i top = _mm512_set1_epi16((short)finish->top);
    __m512i multiplier = _mm512_set1_epi16((short)finish->multiplier);
    __m128i shift = _mm_cvtsi32_si128(finish->shift);
    low = _mm512_min_epu16(_mm512_packus_epi32((__m512i)sums[0], (__m512i)sums[1]), top);
    high = _mm512_min_epu16(_mm512_packus_epi32((__m512i)sums[2], (__m512i)sums[3]), top);
    low = _mm512_srl_epi16(_mm512_mulhi_epu16(low, multiplier), shift);
    high = _mm512_srl_epi16(_mm512_mulhi_epu16(high, multiplier), shift);
  }
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  _mm512_storeu_si512(out, _mm512_permutexvar_epi32(order, _mm512_packus_epi16(low, high)));
}

// 64 bytes from the even and the odd sums of two vectors each; division is a shift.
BODY void store_joined(const lanes even[2], const lanes odd[2], uint8_t *out,
                       const conv_finish *finish) {
  __m512i first = _mm512_packs_epi32((__m512i)(even[0] >> finish->shift),
                                     (__m512i)(odd[0] >> finish->shift));
  __m512i second = _mm512_packs_epi32((__m512i)(even[1] >> finish->shift),
                                      (__m512i)(odd[1] >> finish->shift));
  const __m512i turns = _mm512_broadcast_i32x4(
      _mm_setr_epi8(0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15));
  const __m512i order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
  __m512i joined = _mm512_shuffle_epi8(_mm512_packus_epi16(first, second), turns);
  _mm512_storeu_si512(out, _mm512_permutexvar_epi64(order, joined));
}

// 32 words from the even and the odd sums of a vector each; division is a shift.
BODY void store_joined_words(lanes even, lanes odd, uint16_t *out, const conv_finish *finish) {
  const __m512i turns = _mm512_broadcast_i32x4(
      _mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15));
  __m512i joined = _mm512_packus_epi32((__m512i)(even >> finish->shift),
                                       (__m512i)(odd >> finish->shift));
  _mm512_storeu_si512(out, _mm512_shuffle_epi8(joined, turns));
}
#elif CONV_BYTES == 32
// 16 bytes from two vectors.
BODY void store_packed(const lanes sums[2], uint8_t *out, const conv_finish *finish) {
  __m256i words;
  if (finish->division == conv_divide_single) {
    words = _mm256_packs_epi32((__m256i)divided_single(sums[0], finish),
                               (__m256i)divided_single(sums[1], finish));
  } else if (finish->division == conv_divide_shift) {
    words = _mm256_packs_epi32((__m256i)(sums[0] >> finish->shift),
                               (__m256i)(sums[1] >> finish->shift));
  } else {
    words = _mm256_min_epu16(_mm256_packus_epi32((__m256i)sums[0], (__m256i)sums[1]),
                             _mm256_set1_epi16((short)finish->top));
    words = _mm256_mulhi_epu16(words, _mm256_set1_epi16((short)finish->multiplier));
    words = _mm256_srl_epi16(words, _mm_cvtsi32_si128(finish->shift));
  }
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 0, 4, 1, 5);
  __m256i packed = _mm256_permutevar8x32_epi32(_mm256_packus_epi16(words, words), order);
  _mm_storeu_si128((__m128i *)out, _mm256_castsi256_si128(packed));
}
#endif

BODY size_t stored_size(conv_store store) {
  return store == conv_store_u8 ? 1 : store == conv_store_i32 ? 4 : 2;
}

static void finish_i32(const int32_t *sums, size_t count, void *out, const conv_finish *finish) {
  size_t x = 0;
  for (; x + lane_count <= count; x += lane_count) {
    store_finished(load_lanes(sums + x) + finish->start, x, out, finish);
  }
  if (x < count) {
    int32_t rest[lane_count] = {0};
    int32_t stored[lane_count];
    memcpy(rest, sums + x, (count - x) * sizeof *sums);
    store_finished(load_lanes(rest) + finish->start, 0, stored, finish);
    size_t size = stored_size(finish->store);
    memcpy((char *)out + x * size, stored, (count - x) * size);
  }
}

static void finish_u16(const uint16_t *sums, size_t count, void *out, const conv_finish *finish) {
  size_t x = 0;
  for (; x + lane_count <= count; x += lane_count) {
    lanes_u16 value;
    memcpy(&value, sums + x, sizeof value);
    store_finished(__builtin_convertvector(value, lanes) + finish->start, x, out, finish);
  }
  if (x < count) {
    int32_t rest[lane_count] = {0};
    for (size_t i = x; i < count; i++) rest[i - x] = sums[i];
    finish_i32(rest, count - x, (char *)out + x * stored_size(finish->store), finish);
  }
}
