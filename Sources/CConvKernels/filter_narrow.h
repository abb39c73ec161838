// Correlations of few taps, straight from rows of bytes, with sums in 16 bits.

#if CONV_BYTES >= 32

// Does `block` at every CONV_BYTES of `count` (at least as many); the last overlaps the one before.
#define IN_BLOCKS(x, count, block)                             \
  do {                                                         \
    size_t x = 0;                                              \
    for (; x + CONV_BYTES <= (count); x += CONV_BYTES) block;  \
    if (x < (count)) {                                         \
      x = (count)-CONV_BYTES;                                  \
      block;                                                   \
    }                                                          \
  } while (0)

// The same values in the order of memory, where `low` and `high` hold them as interleaving within
// 16 bytes leaves them.
BODY void put_in_order(shorts low, shorts high, shorts *first, shorts *second) {
#if CONV_BYTES == 64
  const __m512i front = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
  const __m512i back = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
  *first = (shorts)_mm512_permutex2var_epi64((__m512i)low, front, (__m512i)high);
  *second = (shorts)_mm512_permutex2var_epi64((__m512i)low, back, (__m512i)high);
#else
  *first = (shorts)_mm256_permute2x128_si256((__m256i)low, (__m256i)high, 0x20);
  *second = (shorts)_mm256_permute2x128_si256((__m256i)low, (__m256i)high, 0x31);
#endif
}

// a.even * weights.even + a.odd * weights.odd, for unsigned bytes and signed weights.
BODY shorts byte_products(bytes a, shorts weights) {
#if CONV_BYTES == 64
  return (shorts)_mm512_maddubs_epi16((__m512i)a, (__m512i)weights);
#else
  return (shorts)_mm256_maddubs_epi16((__m256i)a, (__m256i)weights);
#endif
}

BODY shorts halved_product(shorts a, uint16_t multiplier) {
#if CONV_BYTES == 64
  return (shorts)_mm512_mulhi_epu16((__m512i)a, _mm512_set1_epi16((short)multiplier));
#else
  return (shorts)_mm256_mulhi_epu16((__m256i)a, _mm256_set1_epi16((short)multiplier));
#endif
}

BODY bytes packed(shorts low, shorts high) {
#if CONV_BYTES == 64
  return (bytes)_mm512_packus_epi16((__m512i)low, (__m512i)high);
#else
  return (bytes)_mm256_packus_epi16((__m256i)low, (__m256i)high);
#endif
}

// A sample that packing clamps, from a sum that holds `start`.
BODY shorts narrow_sample(shorts sum, const conv_finish *finish) {
  if (finish->absolute) sum = __builtin_elementwise_abs(sum) + (int16_t)finish->addend;
  if (finish->division == conv_divide_shift) return sum >> (int16_t)finish->shift;
  int16_t top = finish->top < INT16_MAX ? (int16_t)finish->top : INT16_MAX;
  sum = __builtin_elementwise_max(sum, (shorts){});
  sum = __builtin_elementwise_min(sum, (shorts){} + top);
  typedef uint16_t ushorts __attribute__((vector_size(CONV_BYTES)));
  return (shorts)((ushorts)halved_product(sum, (uint16_t)finish->multiplier) >>
                  (uint16_t)finish->shift);
}

BODY void store_wide(shorts sums, size_t x, void *out, const conv_finish *finish) {
  lanes_i16 halves[2];
  memcpy(halves, &sums, sizeof sums);
  UNROLL for (int n = 0; n < 2; n++) {
    lanes sum = __builtin_convertvector(halves[n], lanes) + finish->start;
    store_finished(sum, x + n * lane_count, out, finish);
  }
}

BODY shorts narrow_word(shorts sum, const conv_word_finish *finish) {
  shorts word = (sum + finish->near) >> finish->right;
  if (finish->raises) word = __builtin_elementwise_add_sat(word, sum << finish->left);
  return __builtin_elementwise_add_sat(word, (shorts){} + finish->base) ^ (int16_t)INT16_MIN;
}

BODY void store_words(shorts words, uint16_t *out, bool past) {
  if (past) {
    store_past(out, (lanes)words);
  } else {
    memcpy(out, &words, sizeof words);
  }
}

BODY void narrow_block(const conv_narrow_job *job, size_t x, void *out, const conv_finish *finish,
                       bool past) {
  shorts low, high;
  low = high = (shorts){} + (int16_t)(job->fit == conv_fits_bytes ? finish->start : 0);
  const uint8_t *const *rows = job->rows;
  __builtin_prefetch(job->ahead + x);
  for (size_t entry = 0; entry < job->entries; entry++, rows += 2) {
    shorts weights = (shorts){} + (int16_t)job->weights[entry];
    bytes a = load_bytes(rows[0] + x), b = load_bytes(rows[1] + x);
    low += byte_products(interleaved_low(a, b), weights);
    high += byte_products(interleaved_high(a, b), weights);
  }
  if (job->fit == conv_fits_bytes) {
    bytes samples = packed(narrow_sample(low, finish), narrow_sample(high, finish));
    if (past) {
      store_past((uint8_t *)out + x, (lanes)samples);
    } else {
      memcpy((uint8_t *)out + x, &samples, sizeof samples);
    }
    return;
  }
  shorts first, second;
  put_in_order(low, high, &first, &second);
  if (job->fit == conv_fits_words) {
    store_words(narrow_word(first, &job->words), (uint16_t *)out + x, past);
    store_words(narrow_word(second, &job->words), (uint16_t *)out + x + CONV_BYTES / 2, past);
  } else {
    store_wide(first, x, out, finish);
    store_wide(second, x + CONV_BYTES / 2, out, finish);
  }
}

static void narrow_sums(const conv_narrow_job *job, void *out, const conv_finish *finish) {
  if (job->columns >= CONV_BYTES) {
    // Copies, of which the compiler knows that the results do not overwrite them.
    const conv_narrow_job own = *job;
    const conv_finish end = *finish;
    if (!own.past) {
      IN_BLOCKS(x, own.columns, narrow_block(&own, x, out, &end, false));
      return;
    }
    size_t x = until_aligned(out, own.fit == conv_fits_bytes ? 1 : 2);
    if (x) narrow_block(&own, 0, out, &end, false);
    for (; x + CONV_BYTES <= own.columns; x += CONV_BYTES) narrow_block(&own, x, out, &end, true);
    if (x < own.columns) narrow_block(&own, own.columns - CONV_BYTES, out, &end, false);
    return;
  }
  int32_t sums[CONV_BYTES];
  for (size_t x = 0; x < job->columns; x++) {
    int32_t sum = 0;
    for (size_t entry = 0; entry < job->entries; entry++) {
      sum += (int8_t)job->weights[entry] * job->rows[2 * entry][x];
      sum += (int8_t)(job->weights[entry] >> 8) * job->rows[2 * entry + 1][x];
    }
    sums[x] = sum;
  }
  finish_i32(sums, job->columns, out, finish);
}

#else
#define narrow_sums NULL
#endif
