// Planes of interleaved channels, and back.

// Whole blocks of three channels with shuffles, where there are any; returns the pixels done.
#if CONV_BYTES == 64
BODY size_t split_three(const int16_t *in, size_t count, int16_t *out, size_t distance) {
  // Element k of plane c is element 3k + c of three vectors: first from two of them, then the third.
  int16_t from[3][2][32];
  for (int c = 0; c < 3; c++) {
    for (int k = 0; k < 32; k++) {
      int place = 3 * k + c;
      from[c][0][k] = (int16_t)(place < 64 ? place : 0);
      from[c][1][k] = (int16_t)(place < 64 ? k : place - 64 + 32);
    }
  }
  __m512i first[3], second[3];
  for (int c = 0; c < 3; c++) {
    first[c] = _mm512_loadu_si512(from[c][0]);
    second[c] = _mm512_loadu_si512(from[c][1]);
  }
  size_t x = 0;
  for (; x + 32 <= count; x += 32) {
    __m512i a = _mm512_loadu_si512(in + 3 * x), b = _mm512_loadu_si512(in + 3 * x + 32),
            c = _mm512_loadu_si512(in + 3 * x + 64);
    UNROLL for (int plane = 0; plane < 3; plane++) {
      __m512i two = _mm512_permutex2var_epi16(a, first[plane], b);
      _mm512_storeu_si512(out + (size_t)plane * distance + x,
                          _mm512_permutex2var_epi16(two, second[plane], c));
    }
  }
  return x;
}
#else
BODY size_t split_three(const int16_t *in, size_t count, int16_t *out, size_t distance) {
  return 0;
}
#endif

// As above, the other way: 16 bytes of each plane at a time, of samples of one or two bytes.
#if CONV_BYTES >= 32
BODY size_t join_three(const void *planes_in, size_t distance, size_t count, void *joined_out,
                       const int size) {
  const uint8_t *in = planes_in;
  uint8_t *out = joined_out;
  distance *= (size_t)size, count *= (size_t)size;
  // Sample k of 48 bytes is sample k / 3 of plane k % 3.
  uint8_t from[3][3][16];
  for (int part = 0; part < 3; part++) {
    for (int k = 0; k < 16; k++) {
      int place = (part * 16 + k) / size, byte = place / 3 * size + k % size;
      for (int c = 0; c < 3; c++) from[part][c][k] = place % 3 == c ? (uint8_t)byte : 0x80;
    }
  }
  __m128i index[3][3];
  for (int part = 0; part < 3; part++) {
    for (int c = 0; c < 3; c++) index[part][c] = _mm_loadu_si128((const __m128i *)from[part][c]);
  }
  size_t x = 0;
  for (; x + 16 <= count; x += 16) {
    __m128i planes[3];
    UNROLL for (int c = 0; c < 3; c++) {
      planes[c] = _mm_loadu_si128((const __m128i *)(in + (size_t)c * distance + x));
    }
    UNROLL for (int part = 0; part < 3; part++) {
      __m128i joined = _mm_or_si128(
          _mm_or_si128(_mm_shuffle_epi8(planes[0], index[part][0]),
                       _mm_shuffle_epi8(planes[1], index[part][1])),
          _mm_shuffle_epi8(planes[2], index[part][2]));
      _mm_storeu_si128((__m128i *)(out + 3 * x + 16 * part), joined);
    }
  }
  return x / (size_t)size;
}
#else
BODY size_t join_three(const void *planes_in, size_t distance, size_t count, void *joined_out,
                       const int size) {
  return 0;
}
#endif

#define SPLIT(name, type)                                                                      \
  BODY void name##_of(const type *in, size_t channels, size_t count, type *out,                \
                      size_t distance) {                                                       \
    for (size_t c = 0; c < channels; c++) {                                                    \
      for (size_t x = 0; x < count; x++) out[c * distance + x] = in[x * channels + c];         \
    }                                                                                          \
  }                                                                                            \
  static void name(const type *in, size_t channels, size_t count, type *out, size_t distance) { \
    switch (channels) {                                                                        \
      case 1: memcpy(out, in, count * sizeof *in); return;                                     \
      case 2: name##_of(in, 2, count, out, distance); return;                                  \
      case 3: name##_of(in, 3, count, out, distance); return;                                  \
      case 4: name##_of(in, 4, count, out, distance); return;                                  \
      default: name##_of(in, channels, count, out, distance); return;                          \
    }                                                                                          \
  }

#define JOIN(name, type)                                                                       \
  BODY void name##_of(const type *in, size_t distance, size_t channels, size_t count,          \
                      type *out) {                                                             \
    for (size_t x = 0; x < count; x++) {                                                       \
      for (size_t c = 0; c < channels; c++) out[x * channels + c] = in[c * distance + x];      \
    }                                                                                          \
  }                                                                                            \
  static void name(const type *in, size_t distance, size_t channels, size_t count, type *out) { \
    switch (channels) {                                                                        \
      case 1: memcpy(out, in, count * sizeof *in); return;                                     \
      case 2: name##_of(in, distance, 2, count, out); return;                                  \
      case 3: name##_of(in, distance, 3, count, out); return;                                  \
      case 4: name##_of(in, distance, 4, count, out); return;                                  \
      default: name##_of(in, distance, channels, count, out); return;                          \
    }                                                                                          \
  }

SPLIT(split_any_i16, int16_t)
JOIN(join_any_u8, uint8_t)
JOIN(join_any_u16, uint16_t)
JOIN(join_u32, uint32_t)

static void split_i16(const int16_t *in, size_t channels, size_t count, int16_t *out,
                      size_t distance) {
  size_t done = channels == 3 ? split_three(in, count, out, distance) : 0;
  split_any_i16(in + done * channels, channels, count - done, out + done, distance);
}

static void join_u8(const uint8_t *in, size_t distance, size_t channels, size_t count,
                    uint8_t *out) {
  size_t done = channels == 3 ? join_three(in, distance, count, out, 1) : 0;
  join_any_u8(in + done, distance, channels, count - done, out + done * channels);
}

static void join_u16(const uint16_t *in, size_t distance, size_t channels, size_t count,
                     uint16_t *out) {
  size_t done = channels == 3 ? join_three(in, distance, count, out, 2) : 0;
  join_any_u16(in + done, distance, channels, count - done, out + done * channels);
}
