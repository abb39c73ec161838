#include "shortest_parts.h"

enum { MOST_BITS = 15, MOST_RUN_BITS = 7, RUN_CODES = 19, REPEAT = 16, ZEROS = 17, MANY_ZEROS = 18 };

/// What can be put together at one length, at most: symbols and pairs of the length below.
enum { ITEMS = 2 * LITERALS };

static void sort(uint32_t *values, uint32_t count) {
  static const uint32_t gaps[] = {132, 57, 23, 10, 4, 1};
  for (size_t g = 0; g < sizeof gaps / sizeof *gaps; g++) {
    for (uint32_t i = gaps[g]; i < count; i++) {
      const uint32_t value = values[i];
      uint32_t j = i;
      for (; j >= gaps[g] && values[j - gaps[g]] > value; j -= gaps[g]) values[j] = values[j - gaps[g]];
      values[j] = value;
    }
  }
}

/// The lengths of the best prefix code of at most `limit` bits, by package-merge (Larmore and Hirschberg, 1990).
static void find_lengths(const uint32_t *counts, uint32_t symbols, uint32_t limit, uint8_t *lengths) {
  uint32_t sorted[LITERALS], used = 0;
  memset(lengths, 0, symbols);
  for (uint32_t i = 0; i < symbols; i++) {
    if (counts[i] > 0) sorted[used++] = counts[i] << 9 | i;
  }
  // A code of one symbol has a bit all the same.
  if (used < 2) {
    if (used == 1) lengths[sorted[0] & 511] = 1;
    return;
  }
  sort(sorted, used);
  uint8_t is_symbol[MOST_BITS][ITEMS];
  uint32_t lists[2][ITEMS], items = 0;
  for (uint32_t level = 0; level < limit; level++) {
    const uint32_t *below = lists[level & 1];
    uint32_t *list = lists[~level & 1];
    const uint32_t packages = items / 2;
    uint32_t symbol = 0, package = 0;
    for (items = 0; items < used + packages; items++) {
      const uint32_t pair = package < packages ? below[2 * package] + below[2 * package + 1] : UINT32_MAX;
      const int is = symbol < used && sorted[symbol] >> 9 <= pair;
      is_symbol[level][items] = (uint8_t)is;
      list[items] = is ? sorted[symbol] >> 9 : pair;
      symbol += (uint32_t)is;
      package += (uint32_t)!is;
    }
  }
  // The first 2n - 2 of the highest list are taken, and of each list below what the pairs among them are made of.
  for (uint32_t level = limit, taken = 2 * used - 2; level-- > 0;) {
    uint32_t some = 0;
    for (uint32_t i = 0; i < taken; i++) some += is_symbol[level][i];
    for (uint32_t i = 0; i < some; i++) lengths[sorted[i] & 511]++;
    taken = 2 * (taken - some);
  }
}

/// Codes in the order that lengths give them, the first bit lowest.
static void find_codes(const uint8_t *lengths, uint32_t symbols, uint16_t *codes) {
  uint32_t counts[MOST_BITS + 2] = {0}, next[MOST_BITS + 2] = {0};
  for (uint32_t i = 0; i < symbols; i++) counts[lengths[i]]++;
  counts[0] = 0;
  for (int bits = 1; bits <= MOST_BITS; bits++) next[bits] = (next[bits - 1] + counts[bits - 1]) << 1;
  for (uint32_t i = 0; i < symbols; i++) {
    uint32_t code = next[lengths[i]]++, reversed = 0;
    for (uint32_t bit = 0; bit < lengths[i]; bit++) reversed |= (code >> bit & 1) << (lengths[i] - 1 - bit);
    codes[i] = (uint16_t)reversed;
  }
}

static unsigned run_bits(unsigned code) { return code < REPEAT ? 0 : code == REPEAT ? 2 : code == ZEROS ? 3 : 7; }

/// Writes lengths as runs, each the code and its extra bits above 5.
///
/// - ways: which of the three kinds of runs are used.
static uint32_t find_runs(const uint8_t *lengths, uint32_t count, unsigned ways, uint16_t *runs) {
  uint32_t done = 0;
  for (uint32_t i = 0; i < count;) {
    const uint8_t length = lengths[i];
    uint32_t run = 1;
    while (i + run < count && lengths[i + run] == length) run++;
    i += run;
    if (length == 0) {
      for (; run >= 11 && ways & 1; run -= run < 138 ? run : 138) {
        runs[done++] = (uint16_t)(MANY_ZEROS | ((run < 138 ? run : 138) - 11) << 5);
      }
      for (; run >= 3 && ways & 2; run -= run < 10 ? run : 10) {
        runs[done++] = (uint16_t)(ZEROS | ((run < 10 ? run : 10) - 3) << 5);
      }
    } else if (run > 3 && ways & 4) {
      runs[done++] = length;
      run--;
      while (run >= 3) {
        // 7 and 8 are two runs rather than one and a rest.
        const uint32_t part = run < 6 ? run : run == 7 ? 4 : run == 8 ? 5 : 6;
        runs[done++] = (uint16_t)(REPEAT | (part - 3) << 5);
        run -= part;
      }
    }
    while (run-- > 0) runs[done++] = length;
  }
  return done;
}

static const uint8_t run_order[RUN_CODES] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

/// Writes the lengths of codes in the kinds of runs that take the fewest bits. Returns how many.
static uint64_t describe(shortest_codes *codes) {
  uint8_t all[SYMBOLS];
  codes->literals = 286;
  while (codes->literals > 257 && codes->lengths[codes->literals - 1] == 0) codes->literals--;
  codes->distances = 30;
  while (codes->distances > 1 && codes->lengths[LITERALS + codes->distances - 1] == 0) codes->distances--;
  memcpy(all, codes->lengths, codes->literals);
  memcpy(all + codes->literals, codes->lengths + LITERALS, codes->distances);
  uint64_t least = UINT64_MAX;
  for (unsigned ways = 0; ways < 8; ways++) {
    uint16_t runs[SYMBOLS];
    uint32_t counts[RUN_CODES] = {0};
    uint8_t lengths[RUN_CODES];
    const uint32_t count = find_runs(all, codes->literals + codes->distances, ways, runs);
    for (uint32_t i = 0; i < count; i++) counts[runs[i] & 31]++;
    find_lengths(counts, RUN_CODES, MOST_RUN_BITS, lengths);
    uint32_t written = RUN_CODES;
    while (written > 4 && lengths[run_order[written - 1]] == 0) written--;
    uint64_t bits = 14 + 3 * written;
    for (unsigned i = 0; i < RUN_CODES; i++) bits += (uint64_t)counts[i] * (lengths[i] + run_bits(i));
    if (bits >= least) continue;
    least = bits;
    codes->runs = count;
    codes->run_lengths = written;
    memcpy(codes->run, runs, count * sizeof *runs);
    memcpy(codes->run_code, lengths, sizeof lengths);
  }
  return least;
}

static uint64_t body_bits(const shortest_histogram *histogram, const uint8_t *lengths) {
  uint64_t bits = 0;
  for (unsigned i = 0; i < SYMBOLS; i++) bits += (uint64_t)histogram->counts[i] * lengths[i];
  for (unsigned i = 0; i < LENGTH_CODES; i++) {
    bits += (uint64_t)histogram->counts[END + 1 + i] * shortest_length_bits(i);
  }
  for (unsigned i = 0; i < 30; i++) bits += (uint64_t)histogram->counts[LITERALS + i] * shortest_distance_bits(i);
  return bits;
}

static void set_fixed(uint8_t *lengths) {
  for (unsigned i = 0; i < LITERALS; i++) lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
  memset(lengths + LITERALS, 5, DISTANCES);
}

static int histogram_has_no_distance(const shortest_histogram *histogram) {
  uint32_t sum = 0;
  for (int i = LITERALS; i < SYMBOLS; i++) sum += histogram->counts[i];
  return sum == 0;
}

void shortest_codes_choose(shortest_codes *codes, const shortest_histogram *histogram, size_t count) {
  // Up to 65,535 bytes a block; 7 bits at most lead to a byte boundary.
  const uint64_t stored = 8 * (uint64_t)count + (count + 65534) / 65535 * 42;
  uint8_t fixed[SYMBOLS];
  set_fixed(fixed);
  const uint64_t fixed_bits = 3 + body_bits(histogram, fixed);
  codes->lengths[SYMBOLS - 2] = codes->lengths[SYMBOLS - 1] = 0;
  find_lengths(histogram->counts, LITERALS, MOST_BITS, codes->lengths);
  find_lengths(histogram->counts + LITERALS, 30, MOST_BITS, codes->lengths + LITERALS);
  // Some readers want a distance where there is none.
  if (histogram_has_no_distance(histogram)) codes->lengths[LITERALS] = 1;
  codes->kind = 2;
  codes->bits = 3 + describe(codes) + body_bits(histogram, codes->lengths);
  if (fixed_bits <= codes->bits) {
    codes->kind = 1;
    codes->bits = fixed_bits;
    memcpy(codes->lengths, fixed, sizeof fixed);
  }
  if (stored < codes->bits) {
    codes->kind = 0;
    codes->bits = stored;
  }
  find_codes(codes->lengths, LITERALS, codes->codes);
  find_codes(codes->lengths + LITERALS, DISTANCES, codes->codes + LITERALS);
}

void shortest_codes_write(const shortest_codes *codes, int is_last, shortest_writer *writer) {
  shortest_put(writer, (uint32_t)is_last | (uint32_t)codes->kind << 1, 3);
  if (codes->kind == 1) return;
  shortest_put(writer, codes->literals - 257, 5);
  shortest_put(writer, codes->distances - 1, 5);
  shortest_put(writer, codes->run_lengths - 4, 4);
  shortest_flush(writer);
  for (uint32_t i = 0; i < codes->run_lengths; i++) {
    shortest_put(writer, codes->run_code[run_order[i]], 3);
    shortest_flush(writer);
  }
  uint16_t run_codes[RUN_CODES];
  find_codes(codes->run_code, RUN_CODES, run_codes);
  for (uint32_t i = 0; i < codes->runs; i++) {
    const unsigned code = codes->run[i] & 31;
    shortest_put(writer, run_codes[code], codes->run_code[code]);
    shortest_put(writer, (uint32_t)codes->run[i] >> 5, run_bits(code));
    shortest_flush(writer);
  }
}
