// Correlations on groups of rows.

enum { dot_vectors = CONV_BYTES == 64 ? 4 : 2 };

static void group_bytes(const uint8_t *a, const uint8_t *b, const uint8_t *c, const uint8_t *d,
                        uint32_t *lanes, size_t count) {
  size_t done = 0;
#if CONV_BYTES == 64
  // Words of four columns go where interleaving within 16 bytes leaves them in order.
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  for (; done + 64 <= count; done += 64) {
    __m512i rows[4];
    const uint8_t *from[4] = {a, b, c, d};
    UNROLL for (int k = 0; k < 4; k++) {
      rows[k] = _mm512_permutexvar_epi32(order, _mm512_loadu_si512(from[k] + done));
    }
    __m512i low = _mm512_unpacklo_epi8(rows[0], rows[1]),
            high = _mm512_unpackhi_epi8(rows[0], rows[1]),
            other_low = _mm512_unpacklo_epi8(rows[2], rows[3]),
            other_high = _mm512_unpackhi_epi8(rows[2], rows[3]);
    _mm512_storeu_si512(lanes + done, _mm512_unpacklo_epi16(low, other_low));
    _mm512_storeu_si512(lanes + done + 16, _mm512_unpackhi_epi16(low, other_low));
    _mm512_storeu_si512(lanes + done + 32, _mm512_unpacklo_epi16(high, other_high));
    _mm512_storeu_si512(lanes + done + 48, _mm512_unpackhi_epi16(high, other_high));
  }
#endif
  for (size_t i = done; i < count; i++) {
    lanes[i] = a[i] | (uint32_t)b[i] << 8 | (uint32_t)c[i] << 16 | (uint32_t)d[i] << 24;
  }
}

static void group_pairs_u8(const uint8_t *a, const uint8_t *b, uint32_t *lanes, size_t count) {
  for (size_t i = 0; i < count; i++) lanes[i] = a[i] | (uint32_t)b[i] << 16;
}

static void group_pairs_u16(const uint16_t *a, const uint16_t *b, uint32_t *lanes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    lanes[i] = (a[i] | (uint32_t)b[i] << 16) ^ 0x80008000u;
  }
}

BODY void dot_columns(const conv_dot_job *job, const conv_finish *finish, size_t x, bool bytes) {
  lanes acc[conv_dot_rows][dot_vectors];
  UNROLL for (int r = 0; r < conv_dot_rows; r++) {
    UNROLL for (int n = 0; n < dot_vectors; n++) acc[r][n] = splat(finish->start);
  }
  const char *base = (const char *)job->base + x * 4;
  const uint32_t *weights = job->weights;
  for (size_t entry = 0; entry < job->entries; entry++, weights += conv_dot_rows) {
    const char *from = base + job->deltas[entry];
    lanes data[dot_vectors];
    UNROLL for (int n = 0; n < dot_vectors; n++) data[n] = load_lanes(from + n * CONV_BYTES);
    UNROLL for (int r = 0; r < conv_dot_rows; r++) {
      lanes weight = splat((int32_t)weights[r]);
      UNROLL for (int n = 0; n < dot_vectors; n++) {
#if defined(CONV_VNNI)
        acc[r][n] = bytes ? dot_bytes(acc[r][n], data[n], weight)
                          : dot_pairs(acc[r][n], data[n], weight);
#else
        acc[r][n] = dot_pairs(acc[r][n], data[n], weight);
#endif
      }
    }
  }
  enum { block = dot_vectors * lane_count };
  size_t size = stored_size(finish->store);
  UNROLL for (int r = 0; r < conv_dot_rows; r++) {
    char rest[block * 4];
    bool whole = x + block <= job->columns;
    char *out = whole ? (char *)job->out[r] + x * size : rest;
#if CONV_BYTES >= 32
    if (packs(finish)) {
      store_packed(acc[r], (uint8_t *)out, finish);
    } else
#endif
    {
      UNROLL for (int n = 0; n < dot_vectors; n++) {
        store_finished(acc[r][n], n * lane_count, out, finish);
      }
    }
    if (!whole) memcpy((char *)job->out[r] + x * size, rest, (job->columns - x) * size);
  }
}

static void dot_pairs_rows(const conv_dot_job *job, const conv_finish *finish) {
  for (size_t x = 0; x < job->columns; x += dot_vectors * lane_count) {
    dot_columns(job, finish, x, false);
  }
}

#if defined(CONV_VNNI)
static void dot_bytes_rows(const conv_dot_job *job, const conv_finish *finish) {
  for (size_t x = 0; x < job->columns; x += dot_vectors * lane_count) {
    dot_columns(job, finish, x, true);
  }
}
#else
#define dot_bytes_rows NULL
#endif

// Two outputs from each 32-bit lane of the row: the even one, and the odd one beside it.
static void row_dot(const int16_t *in, const uint32_t *even, const uint32_t *odd, size_t entries,
                    size_t count, void *out, const conv_finish *finish) {
  enum { vectors = dot_vectors };
  size_t size = stored_size(finish->store);
  for (size_t x = 0; x < count; x += 2 * vectors * lane_count) {
    lanes first[vectors], second[vectors];
    UNROLL for (int n = 0; n < vectors; n++) first[n] = second[n] = splat(finish->start);
    const char *from = (const char *)(in + x);
    for (size_t entry = 0; entry < entries; entry++, from += 4) {
      lanes one = splat((int32_t)even[entry]), other = splat((int32_t)odd[entry]);
      UNROLL for (int n = 0; n < vectors; n++) {
        lanes data = load_lanes(from + n * CONV_BYTES);
        first[n] = dot_pairs(first[n], data, one);
        second[n] = dot_pairs(second[n], data, other);
      }
    }
#if CONV_BYTES == 64
    if (packs(finish) && finish->division == conv_divide_shift) {
      store_joined(first, second, (uint8_t *)out + x, finish);
      store_joined(first + 2, second + 2, (uint8_t *)out + x + 64, finish);
      continue;
    }
    if (packs_words(finish)) {
      UNROLL for (int n = 0; n < vectors; n++) {
        uint16_t *to = (uint16_t *)out + x + 2 * n * lane_count;
        store_joined_words(first[n], second[n], to, finish);
      }
      continue;
    }
#endif
    UNROLL for (int n = 0; n < vectors; n++) {
      int32_t sums[2][lane_count];
      memcpy(sums[0], &first[n], sizeof first[n]);
      memcpy(sums[1], &second[n], sizeof second[n]);
      int32_t both[2 * lane_count];
      for (int i = 0; i < lane_count; i++) {
        both[2 * i] = sums[0][i];
        both[2 * i + 1] = sums[1][i];
      }
      char *to = (char *)out + (x + 2 * n * lane_count) * size;
      store_finished(load_lanes(both), 0, to, finish);
      store_finished(load_lanes(both + lane_count), lane_count, to, finish);
    }
  }
}

// A vector of bytes of each of two rows makes four vectors of pairs. Narrow registers are few: two
// output rows at a time there.
enum { column_rows = CONV_BYTES == 64 ? 4 : 2 };

BODY void column_block(const conv_column_job *job, const conv_finish *finish, size_t x, int row) {
  lanes acc[column_rows][4];
  UNROLL for (int r = 0; r < column_rows; r++) {
    UNROLL for (int n = 0; n < 4; n++) acc[r][n] = splat(finish->start);
  }
  const bytes none = {0};
  const uint32_t *weights = job->weights + row;
  for (size_t entry = 0; entry < job->entries; entry++, weights += conv_dot_rows) {
    const uint8_t *const *rows = job->rows + 2 * (size_t)job->groups[entry];
    bytes a = load_bytes(rows[0] + x), b = load_bytes(rows[1] + x);
    // Rows are far apart: the processor does not see by itself where the next columns lie.
    __builtin_prefetch(rows[0] + x + 256);
    __builtin_prefetch(rows[1] + x + 256);
    bytes low = interleaved_low(a, b), high = interleaved_high(a, b);
    lanes data[4] = {
        (lanes)interleaved_low(low, none), (lanes)interleaved_high(low, none),
        (lanes)interleaved_low(high, none), (lanes)interleaved_high(high, none)};
    UNROLL for (int r = 0; r < column_rows; r++) {
      // The first and the last rows of a window are not seen by all.
      if (weights[r] == 0) continue;
      lanes weight = splat((int32_t)weights[r]);
      UNROLL for (int n = 0; n < 4; n++) acc[r][n] = dot_pairs(acc[r][n], data[n], weight);
    }
  }
  UNROLL for (int r = 0; r < column_rows; r++) {
    UNROLL for (int n = 0; n < 4; n++) acc[r][n] >>= finish->shift;
    store_gathered(acc[r], job->out[row + r] + x);
  }
}

static void columns_u8(const conv_column_job *job, const conv_finish *finish) {
  for (size_t start = 0; start < job->columns; start += CONV_BYTES) {
    // The last block may overlap the one before.
    size_t x = start + CONV_BYTES <= job->columns ? start : job->columns - CONV_BYTES;
    UNROLL for (int r = 0; r < conv_dot_rows; r++) __builtin_prefetch(job->ahead[r] + x);
    for (int row = 0; row < conv_dot_rows; row += column_rows) column_block(job, finish, x, row);
  }
}
