// Weighted means of bytes whose weights depend on the colours, in whole numbers: weights of 15 bits,
// sums of 32.

enum { word_count = CONV_BYTES / 2 };

// What is looked up in a table where all words of a vector lie.
BODY shorts looked_up_words(const int16_t *table, shorts index) {
#if CONV_BYTES == 64
  const __m512i at = (__m512i)index, word = _mm512_set1_epi32(0xffff), none = _mm512_setzero_si512();
  __m512i low = _mm512_i32gather_epi32(_mm512_unpacklo_epi16(at, none), table, 2);
  __m512i high = _mm512_i32gather_epi32(_mm512_unpackhi_epi16(at, none), table, 2);
  return packed_words((lanes)_mm512_and_si512(low, word), (lanes)_mm512_and_si512(high, word));
#elif CONV_BYTES == 32
  const __m256i at = (__m256i)index;
  const __m256i word = _mm256_set1_epi32(0xffff), none = _mm256_setzero_si256();
  const int *from = (const int *)(const void *)table;
  __m256i low = _mm256_i32gather_epi32(from, _mm256_unpacklo_epi16(at, none), 2);
  __m256i high = _mm256_i32gather_epi32(from, _mm256_unpackhi_epi16(at, none), 2);
  return packed_words((lanes)_mm256_and_si256(low, word), (lanes)_mm256_and_si256(high, word));
#else
  shorts value;
  UNROLL for (size_t n = 0; n < word_count; n++) value[n] = table[index[n]];
  return value;
#endif
}

#if CONV_BYTES == 64
// The same of tables of 64 words for each of `parts`.
BODY shorts chosen_words(const int16_t *table, shorts index, const int parts) {
  const __m512i at = (__m512i)index;
  __m512i found =
      _mm512_permutex2var_epi16(_mm512_loadu_si512(table), at, _mm512_loadu_si512(table + 32));
  UNROLL for (int part = 1; part < parts; part++) {
    const int16_t *from = table + 64 * part;
    __mmask32 here = _mm512_cmpge_epu16_mask(at, _mm512_set1_epi16((int16_t)(64 * part)));
    found = _mm512_mask_blend_epi16(
        here, found,
        _mm512_permutex2var_epi16(_mm512_loadu_si512(from), at, _mm512_loadu_si512(from + 32)));
  }
  return (shorts)found;
}
#endif

// Weights by differences. Pixels are mostly alike.
BODY shorts likenesses(const conv_likeness_table *table, shorts distance) {
  const shorts last = (shorts){} + (int16_t)table->last;
  const shorts at = __builtin_elementwise_min(distance, last);
#if CONV_BYTES == 64
  if (table->last < 64) return chosen_words(table->words, at, 1);
  if (table->last < 128) return chosen_words(table->words, at, 2);
  if (_mm512_cmpge_epu16_mask((__m512i)at, _mm512_set1_epi16(64)) == 0) {
    return chosen_words(table->words, at, 1);
  }
  if (_mm512_cmpge_epu16_mask((__m512i)at, _mm512_set1_epi16(256)) == 0) {
    return chosen_words(table->words, at, 4);
  }
#endif
  return looked_up_words(table->words, at);
}

BODY shorts distances(const int16_t *a, const int16_t *b, size_t plane, const size_t colors) {
  shorts distance = {};
  for (size_t c = 0; c < colors; c++) {
    shorts difference = load_shorts(a + c * plane) - load_shorts(b + c * plane);
    distance += __builtin_elementwise_abs(difference);
  }
  return distance;
}

BODY void like_of(const int16_t *a, const int16_t *b, size_t plane, const size_t colors,
                  const conv_likeness_table *table, int16_t *out, size_t count) {
#if CONV_BYTES == 64
  if (table->last < 128) {
    // The table stays in registers.
    __m512i words[4];
    UNROLL for (int n = 0; n < 4; n++) words[n] = _mm512_loadu_si512(table->words + 32 * n);
    const shorts last = (shorts){} + (int16_t)table->last;
    for (size_t x = 0; x < count; x += word_count) {
      const shorts distance = distances(a + x, b + x, plane, colors);
      const __m512i at = (__m512i)__builtin_elementwise_min(distance, last);
      const __m512i near = _mm512_permutex2var_epi16(words[0], at, words[1]);
      const __m512i far = _mm512_permutex2var_epi16(words[2], at, words[3]);
      const __mmask32 is_far = _mm512_test_epi16_mask(at, _mm512_set1_epi16(64));
      _mm512_storeu_si512(out + x, _mm512_mask_blend_epi16(is_far, near, far));
    }
    return;
  }
#endif
  for (size_t x = 0; x < count; x += word_count) {
    shorts weights = likenesses(table, distances(a + x, b + x, plane, colors));
    memcpy(out + x, &weights, sizeof weights);
  }
}

static void like(const int16_t *a, const int16_t *b, size_t plane, size_t colors,
                 const conv_likeness_table *table, int16_t *out, size_t count) {
  switch (colors) {
    case 1: like_of(a, b, plane, 1, table, out, count); return;
    case 3: like_of(a, b, plane, 3, table, out, count); return;
    default: like_of(a, b, plane, colors, table, out, count);
  }
}

// Bytes as words, each colour in a plane of its own.
static void color_words(const uint8_t *in, size_t channels, size_t colors, size_t count,
                        int16_t *out, size_t plane) {
  enum { block = 128 };
  if (channels == 1) {
    for (size_t x = 0; x < count; x++) out[x] = in[x];
    return;
  }
  int16_t words[4 * block];
  for (size_t x = 0; channels == 3 && x < count; x += block) {
    const size_t pixels = count - x < block ? count - x : block;
    for (size_t i = 0; i < 3 * pixels; i++) words[i] = in[3 * x + i];
    split_i16(words, 3, pixels, out + x, plane);
  }
  for (size_t c = 0; channels != 3 && c < colors; c++) {
    for (size_t x = 0; x < count; x++) out[c * plane + x] = in[x * channels + c];
  }
}

// The sums of a vector of pixels stay in registers while all taps go by, two opposite ones at a time.
BODY void likeness_block(const conv_likeness *at, const size_t colors, size_t x, uint8_t *out,
                         size_t plane) {
  const shorts none = {}, one = none + 1;
  lanes sums[4][2], totals[2] = {splat(32767), splat(32767)};
  UNROLL for (size_t c = 0; c < colors; c++) {
    shorts own = load_shorts(at->own + c * at->plane + x);
    lanes low = pairs_low(own, none), high = pairs_high(own, none);
    sums[c][0] = (low << 15) - low;
    sums[c][1] = (high << 15) - high;
  }
  const size_t middle = at->taps / 2;
  for (size_t n = 1; n <= middle; n++) {
    const int16_t *after = at->pixels[middle + n] + x, *before = at->pixels[middle - n] + x;
    shorts weights[2];
    if (at->weights != NULL) {
      weights[0] = load_shorts(at->weights[middle + n] + x);
      weights[1] = load_shorts(at->weights[middle - n] + x);
    } else {
      const conv_likeness_table *table = at->tables + n - 1;
      const int16_t *own = at->own + x;
      weights[0] = likenesses(table, distances(after, own, at->plane, colors));
      weights[1] = likenesses(table, distances(before, own, at->plane, colors));
    }
    lanes low = pairs_low(weights[0], weights[1]), high = pairs_high(weights[0], weights[1]);
    totals[0] = dot_pairs(totals[0], low, (lanes)one);
    totals[1] = dot_pairs(totals[1], high, (lanes)one);
    UNROLL for (size_t c = 0; c < colors; c++) {
      shorts a = load_shorts(after + c * at->plane), b = load_shorts(before + c * at->plane);
      sums[c][0] = dot_pairs(sums[c][0], low, pairs_low(a, b));
      sums[c][1] = dot_pairs(sums[c][1], high, pairs_high(a, b));
    }
  }
  reals shares[2];
  UNROLL for (int n = 0; n < 2; n++) shares[n] = 1.0f / __builtin_convertvector(totals[n], reals);
  UNROLL for (size_t c = 0; c < colors; c++) {
    lanes means[2];
    UNROLL for (int n = 0; n < 2; n++) {
      reals mean = __builtin_convertvector(sums[c][n], reals) * shares[n] + 0.5f;
      means[n] = __builtin_convertvector(mean, lanes);
    }
    typedef uint8_t halves __attribute__((vector_size(CONV_BYTES / 2)));
    halves levels = __builtin_convertvector(packed_words(means[0], means[1]), halves);
    memcpy(out + c * plane, &levels, sizeof levels);
  }
}

BODY void likeness_of(const conv_likeness *at, const size_t colors, uint8_t *out, size_t channels,
                      size_t count) {
  enum { most = 8 * word_count };
  uint8_t results[4 * most];
  for (size_t x = 0; x < count; x += most) {
    const size_t pixels = count - x < most ? count - x : most;
    for (size_t i = 0; i < pixels; i += word_count) {
      likeness_block(at, colors, x + i, results + i, most);
    }
    uint8_t *to = out + x * channels;
    if (channels == colors) {
      join_u8(results, most, channels, pixels, to);
      continue;
    }
    for (size_t c = 0; c < colors; c++) {
      for (size_t i = 0; i < pixels; i++) to[i * channels + c] = results[c * most + i];
    }
  }
}

static void likeness(const conv_likeness *at, uint8_t *out, size_t channels, size_t count) {
  switch (at->colors) {
    case 1: likeness_of(at, 1, out, channels, count); return;
    case 2: likeness_of(at, 2, out, channels, count); return;
    case 3: likeness_of(at, 3, out, channels, count); return;
    default: likeness_of(at, 4, out, channels, count);
  }
}
