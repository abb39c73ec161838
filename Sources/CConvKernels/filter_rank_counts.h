// Ranks of large windows by counts of levels.

// Counts of 16 levels, or of 16 groups of 16 levels: bin k holds how many are not above it.
typedef uint16_t bins __attribute__((vector_size(32)));

#define FROM(k)                                                                                \
  {                                                                                            \
    k <= 0, k <= 1, k <= 2, k <= 3, k <= 4, k <= 5, k <= 6, k <= 7, k <= 8, k <= 9, k <= 10,     \
        k <= 11, k <= 12, k <= 13, k <= 14, k <= 15                                            \
  }

// What one sample in bin k adds.
static const bins bins_from[16] = {FROM(0), FROM(1), FROM(2),  FROM(3),  FROM(4),  FROM(5),
                                   FROM(6), FROM(7), FROM(8),  FROM(9),  FROM(10), FROM(11),
                                   FROM(12), FROM(13), FROM(14), FROM(15)};

// Bins that hold no more than `rank`; the last one holds more.
BODY unsigned bins_up_to(const bins *counts, uint16_t rank) {
  const bins zero = {};
  bins over = __builtin_elementwise_sub_sat(*counts, zero + rank);
#if defined(__x86_64__) && CONV_BYTES >= 32
  unsigned isUp = (unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi16((__m256i)over, (__m256i)zero));
  return (unsigned)__builtin_ctz(~isUp) / 2;
#elif defined(__SSE2__)
  __m128i half[2];
  memcpy(half, &over, sizeof half);
  __m128i none = _mm_setzero_si128();
  unsigned isUp = (unsigned)_mm_movemask_epi8(
      _mm_packs_epi16(_mm_cmpeq_epi16(half[0], none), _mm_cmpeq_epi16(half[1], none)));
  return (unsigned)__builtin_ctz(~isUp);
#else
  unsigned count = 0;
  for (int k = 0; k < 16; k++) count += over[k] == 0;
  return count;
#endif
}

static void rank_slide(const conv_rank_strip *strip, const uint8_t *add, const uint8_t *take) {
  bins *coarse = strip->coarse, *fine = strip->fine;
  size_t columns = strip->count + strip->columns - 1, step = strip->step;
  if (!take) {
    for (size_t x = 0; x < columns; x++) {
      unsigned a = add[x * step];
      coarse[x] += bins_from[a >> 4];
      fine[(a >> 4) * columns + x] += bins_from[a & 15];
    }
    return;
  }
  for (size_t x = 0; x < columns; x++) {
    unsigned a = add[x * step], t = take[x * step];
    if (a == t) continue;
    coarse[x] += bins_from[a >> 4] - bins_from[t >> 4];
    fine[(a >> 4) * columns + x] += bins_from[a & 15];
    fine[(t >> 4) * columns + x] -= bins_from[t & 15];
  }
}

static void rank_row(const conv_rank_strip *strip, uint8_t *out) {
  const bins *coarse = strip->coarse, *fine = strip->fine;
  size_t wide = strip->columns, columns = strip->count + wide - 1, step = strip->step;
  uint16_t rank = (uint16_t)strip->rank;
  // The counts of one group of levels, and the window that they are of.
  bins levels[16];
  ptrdiff_t known[16];
  for (int k = 0; k < 16; k++) known[k] = -(ptrdiff_t)columns;
  bins sum = {};
  for (size_t x = 0; x < wide; x++) sum += coarse[x];
  uint16_t below[17] = {};
  for (size_t x = 0; x < strip->count; x++) {
    if (x > 0) sum += coarse[x + wide - 1] - coarse[x - 1];
    unsigned group = bins_up_to(&sum, rank);
    memcpy(below + 1, &sum, sizeof sum);
    const bins *column = fine + group * columns;
    bins level = levels[group];
    ptrdiff_t at = known[group];
    if (2 * ((ptrdiff_t)x - at) > (ptrdiff_t)wide) {
      level = (bins){};
      for (size_t c = 0; c < wide; c++) level += column[x + c];
    } else {
      for (; at < (ptrdiff_t)x; at++) level += column[at + (ptrdiff_t)wide] - column[at];
    }
    levels[group] = level;
    known[group] = (ptrdiff_t)x;
    out[x * step] = (uint8_t)(16 * group + bins_up_to(&level, (uint16_t)(rank - below[group])));
  }
}

// Moves to the level that so many samples lie below, 16 or 256 levels at a time where it is far.
static void rank_settle(conv_rank_counts *counts, uint32_t rank) {
  const uint32_t *fine = counts->fine, *coarse = counts->coarse;
  uint32_t less = counts->less, level = counts->level;
  while (less > rank) {
    if (level % 256 == 0 && less - coarse[level / 256 - 1] > rank) {
      level -= 256;
      less -= coarse[level / 256];
      continue;
    }
    if (level % 16 == 0) {
      uint32_t sum = 0;
      for (int k = 1; k <= 16; k++) sum += fine[level - k];
      if (less - sum > rank) {
        level -= 16;
        less -= sum;
        continue;
      }
    }
    level--;
    less -= fine[level];
  }
  while (less + fine[level] <= rank) {
    if (level % 256 == 0 && less + coarse[level / 256] <= rank) {
      less += coarse[level / 256];
      level += 256;
      continue;
    }
    if (level % 16 == 0) {
      uint32_t sum = 0;
      for (int k = 0; k < 16; k++) sum += fine[level + k];
      if (less + sum <= rank) {
        less += sum;
        level += 16;
        continue;
      }
    }
    less += fine[level];
    level++;
  }
  counts->less = less;
  counts->level = level;
}

BODY void rank_exchange(conv_rank_counts *counts, uint32_t add, uint32_t take) {
  if (add == take) return;
  counts->fine[add]++;
  counts->coarse[add / 256]++;
  counts->fine[take]--;
  counts->coarse[take / 256]--;
  counts->less += (uint32_t)(add < counts->level) - (uint32_t)(take < counts->level);
}

#define RANK_WALK(suffix, sample)                                                                 \
  static void rank_line_##suffix(conv_rank_counts *counts, const sample *add, const sample *take, \
                                 size_t wide, size_t step) {                                      \
    for (size_t x = 0; x < wide; x++) {                                                           \
      uint32_t a = add[x * step];                                                                 \
      if (take) {                                                                                 \
        rank_exchange(counts, a, take[x * step]);                                                 \
      } else {                                                                                    \
        counts->fine[a]++;                                                                        \
        counts->coarse[a / 256]++;                                                                \
        counts->less += a < counts->level;                                                        \
      }                                                                                           \
    }                                                                                             \
  }                                                                                               \
  static void rank_walk_##suffix(conv_rank_counts *counts, const sample *const *left,             \
                                 const sample *const *right, size_t runs, size_t step, bool back, \
                                 uint32_t rank, sample *out, size_t count) {                      \
    for (size_t i = 0; i < count; i++) {                                                          \
      size_t x = back ? count - 1 - i : i;                                                        \
      if (i > 0) {                                                                                \
        const sample *const *adds = back ? left : right, *const *takes = back ? right : left;     \
        size_t add = x * step, take = (back ? x + 1 : x - 1) * step;                              \
        for (size_t r = 0; r < runs; r++) rank_exchange(counts, adds[r][add], takes[r][take]);    \
      }                                                                                           \
      rank_settle(counts, rank);                                                                  \
      out[x * step] = (sample)counts->level;                                                      \
    }                                                                                             \
  }

RANK_WALK(u8, uint8_t)
RANK_WALK(u16, uint16_t)
