// The few taps of a row of words, where they lie, with sums in 32 bits.

#if CONV_BYTES >= 32

BODY shorts packed_lanes(lanes low, lanes high) {
#if CONV_BYTES == 64
  return (shorts)_mm512_packs_epi32((__m512i)low, (__m512i)high);
#else
  return (shorts)_mm256_packs_epi32((__m256i)low, (__m256i)high);
#endif
}

BODY void store_bytes_of(shorts first, shorts second, uint8_t *out) {
  bytes mixed = packed(first, second);
#if CONV_BYTES == 64
  const __m512i order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
  _mm512_storeu_si512(out, _mm512_permutexvar_epi64(order, (__m512i)mixed));
#else
  _mm256_storeu_si256((__m256i *)out, _mm256_permute4x64_epi64((__m256i)mixed, 0xd8));
#endif
}

// Sums of interleaved words, as `pairs_low` and `pairs_high` leave them.
BODY void store_taps(const lanes *low, const lanes *high, size_t x, void *out,
                     const conv_finish *finish) {
  if (packs(finish) && finish->division == conv_divide_shift) {
    shorts words[2];
    UNROLL for (int n = 0; n < 2; n++) {
      words[n] = packed_lanes(low[n] >> finish->shift, high[n] >> finish->shift);
    }
    store_bytes_of(words[0], words[1], (uint8_t *)out + x);
    return;
  }
  if (packs_words(finish)) {
    UNROLL for (int n = 0; n < 2; n++) {
      shorts words = packed_words(low[n] >> finish->shift, high[n] >> finish->shift);
      memcpy((uint16_t *)out + x + n * CONV_BYTES / 2, &words, sizeof words);
    }
    return;
  }
  UNROLL for (int n = 0; n < 2; n++) {
    shorts first, second;
    put_in_order((shorts)low[n], (shorts)high[n], &first, &second);
    store_finished((lanes)first, x + n * CONV_BYTES / 2, out, finish);
    store_finished((lanes)second, x + n * CONV_BYTES / 2 + lane_count, out, finish);
  }
}

BODY void taps_block(const int16_t *in, const uint32_t *weights, size_t entries, size_t step,
                     size_t x, void *out, const conv_finish *finish) {
  lanes low[2], high[2];
  UNROLL for (int n = 0; n < 2; n++) low[n] = high[n] = splat(finish->start);
  in += x;
  for (size_t entry = 0; entry < entries; entry++, in += 2 * step) {
    lanes weight = splat((int32_t)weights[entry]);
    // The last of an odd number of taps has no partner.
    bool paired = weights[entry] >> 16 != 0;
    UNROLL for (int n = 0; n < 2; n++) {
      shorts a = load_shorts(in + n * CONV_BYTES / 2), b = {};
      if (paired) b = load_shorts(in + step + n * CONV_BYTES / 2);
      low[n] = dot_pairs(low[n], pairs_low(a, b), weight);
      high[n] = dot_pairs(high[n], pairs_high(a, b), weight);
    }
  }
  store_taps(low, high, x, out, finish);
}

static void stepped_taps(const int16_t *in, const uint32_t *weights, size_t entries, size_t step,
                     size_t count, void *out, const conv_finish *finish) {
  const conv_finish end = *finish;
  IN_BLOCKS(x, count, taps_block(in, weights, entries, step, x, out, &end));
}

// A tap and the one as far from the other end, which has the same weight.
BODY shorts both_ends(const int16_t *in, size_t tap, size_t taps, size_t step) {
  shorts sum = load_shorts(in + tap * step);
  return tap == taps / 2 ? sum : sum + load_shorts(in + (taps - 1 - tap) * step);
}

BODY void mirrored_block(const int16_t *in, const uint32_t *weights, size_t taps, size_t step,
                         size_t x, void *out, const conv_finish *finish) {
  lanes low[2], high[2];
  UNROLL for (int n = 0; n < 2; n++) low[n] = high[n] = splat(finish->start);
  for (size_t tap = 0; tap <= taps / 2; tap += 2) {
    lanes weight = splat((int32_t)weights[tap / 2]);
    UNROLL for (int n = 0; n < 2; n++) {
      const int16_t *from = in + x + n * CONV_BYTES / 2;
      shorts a = both_ends(from, tap, taps, step), b = {};
      if (tap < taps / 2) b = both_ends(from, tap + 1, taps, step);
      low[n] = dot_pairs(low[n], pairs_low(a, b), weight);
      high[n] = dot_pairs(high[n], pairs_high(a, b), weight);
    }
  }
  store_taps(low, high, x, out, finish);
}

BODY void mirrored_row(const int16_t *in, const uint32_t *weights, size_t taps, size_t step,
                       size_t count, void *out, const conv_finish *finish) {
  const conv_finish end = *finish;
  IN_BLOCKS(x, count, mirrored_block(in, weights, taps, step, x, out, &end));
}

static void mirrored_taps(const int16_t *in, const uint32_t *weights, size_t taps, size_t step,
                          size_t count, void *out, const conv_finish *finish) {
  switch (taps) {
    case 3: mirrored_row(in, weights, 3, step, count, out, finish); break;
    case 5: mirrored_row(in, weights, 5, step, count, out, finish); break;
    default: mirrored_row(in, weights, taps, step, count, out, finish);
  }
}

#else
#define stepped_taps NULL
#define mirrored_taps NULL
#endif
