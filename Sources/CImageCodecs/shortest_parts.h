#ifndef SHORTEST_PARTS_H
#define SHORTEST_PARTS_H

#include <string.h>

#include "shortest_deflate.h"

// Deflate (RFC 1951): literals and lengths share one alphabet, distances have another.

enum { WINDOW = 1 << 15, LONGEST = 258, SHORTEST = 3 };
enum { END = 256, LITERALS = 288, DISTANCES = 32, SYMBOLS = LITERALS + DISTANCES, LENGTH_CODES = 29 };

/// How many bytes are searched and parsed at a time, and how many matches are kept of them at most.
enum { SEGMENT = 1 << 18, MATCHES = 1 << 19, MATCHES_HERE = 48 };

/// Behind a segment: what its last matches reach into, and what is loaded with it.
enum { AHEAD = LONGEST + 16 };

/// Before it: a difference of 16 bits may be that large, and is loaded before it is known to be out of the window.
enum { HISTORY = 1 << 16 };

/// Costs are kept in 1/64 of a bit.
enum { BIT = 64 };

/// How often each symbol stands in a block; distances behind literals and lengths.
typedef struct {
  uint32_t counts[SYMBOLS];
} shortest_histogram;

/// What symbols cost in a block, extra bits included.
typedef struct {
  int32_t literals[256], lengths[LONGEST + 1], distances[DISTANCES];
} shortest_costs;

// Where grams (3, 4, 6 and 8 bytes) stood last, and of 8 bytes where they stood before that. All are the lowest 16 bits
// of places: what is taken from them is compared, so that it may be out of date.
enum { HEADS = 3, CHAINED = 8, HASH_BITS = 16 };

typedef struct {
  uint16_t heads[HEADS][1 << HASH_BITS], chain_heads[1 << HASH_BITS], chain[WINDOW];
  uint8_t bytes[HISTORY + SEGMENT + AHEAD];  // a segment, and what stands before it
  uint32_t found[MATCHES + MATCHES_HERE];    // matches: length << 16 | distance
  uint8_t counts[SEGMENT];                   // of matches at each place, shortest (and nearest) first
  int32_t allowance;                         // candidates that may still be followed
} shortest_matcher;

/// The number of matches at places that a match of the greatest length hides: none are sought there.
enum { HIDDEN = 255 };

/// Forgets all bytes before.
void shortest_matcher_reset(shortest_matcher *matcher);

/// Finds matches of up to `count` bytes of a segment.
///
/// - place: of the first, in the stream.
/// - costs: about what will be paid; of what would save nothing by them little is kept.
/// - slack: how much less than what it covers a match may save to be kept, in 1/64 bits.
/// - prefix: room for `SEGMENT + AHEAD` sums.
/// Returns how many bytes there was room for.
uint32_t shortest_matcher_run(shortest_matcher *matcher, uint32_t place, uint32_t count,
                              const shortest_costs *costs, int32_t slack, int32_t *prefix);

/// The codes of a block and how they are written.
typedef struct {
  uint8_t lengths[SYMBOLS];
  uint16_t codes[SYMBOLS];
  uint8_t kind;  // 0 stored, 1 fixed, 2 dynamic
  uint64_t bits; // of the block
  uint32_t literals, distances, runs, run_lengths;  // how many are written
  uint16_t run[SYMBOLS];
  uint8_t run_code[19];
} shortest_codes;

/// Chooses the codes with which a block of `count` bytes becomes fewest bits.
void shortest_codes_choose(shortest_codes *codes, const shortest_histogram *histogram, size_t count);

/// Bits on their way into bytes.
typedef struct {
  uint8_t *next;
  uint64_t bits;
  unsigned count;
} shortest_writer;

/// Writes the head of a block that isn't stored.
void shortest_codes_write(const shortest_codes *codes, int is_last, shortest_writer *writer);

static inline void shortest_put(shortest_writer *writer, uint32_t value, unsigned bits) {
  writer->bits |= (uint64_t)value << writer->count;
  writer->count += bits;
}

/// Stores whole bytes, after at most 57 bits; up to 8 bytes behind them are written to.
static inline void shortest_flush(shortest_writer *writer) {
  for (int i = 0; i < 8; i++) writer->next[i] = (uint8_t)(writer->bits >> (8 * i));
  writer->next += writer->count >> 3;
  writer->bits >>= writer->count & 56;
  writer->count &= 7;
}

static inline unsigned shortest_log2(uint32_t value) { return 31u - (unsigned)__builtin_clz(value); }

/// The code of a distance (≥ 1).
static inline unsigned shortest_distance_code(uint32_t distance) {
  const uint32_t d = distance - 1;
  if (d < 2) return d;
  const unsigned log = shortest_log2(d);
  return 2 * log + (d >> (log - 1) & 1);
}

static inline unsigned shortest_distance_bits(unsigned code) { return code < 4 ? 0 : code / 2 - 1; }

static inline uint32_t shortest_distance_base(unsigned code) {
  return code < 4 ? code : (2 + (code & 1)) << (code / 2 - 1);
}

/// The code of a length (3 to 258), from 0.
static inline unsigned shortest_length_code(uint32_t length) {
  const uint32_t l = length - SHORTEST;
  if (l < 8) return l;
  if (length == LONGEST) return LENGTH_CODES - 1;
  const unsigned log = shortest_log2(l);
  return 4 * (log - 1) + (l >> (log - 2) & 3);
}

static inline unsigned shortest_length_bits(unsigned code) {
  return code < 8 || code == LENGTH_CODES - 1 ? 0 : code / 4 - 1;
}

static inline uint32_t shortest_length_base(unsigned code) {
  if (code == LENGTH_CODES - 1) return LONGEST;
  return SHORTEST + (code < 8 ? code : (4 + (code & 3)) << (code / 4 - 1));
}

/// Blocks are put together from so many chunks at most, of as many symbols as that takes, but not of fewer than
/// `FEWEST_SYMBOLS`.
enum { CHUNKS = 256, FEWEST_SYMBOLS = 256 };

/// Logarithms are kept in 1/4096.
enum { ONE = 4096, LOGS = 1024, SMALL = 4096 };

typedef struct {
  shortest_histogram histogram;
  uint32_t end;   // behind its last byte
  uint32_t next;  // the chunk behind
  uint64_t bits, joined;  // about, in 1/4096: its own as a block, and together with the next
} shortest_chunk;

struct codec_shortest {
  shortest_matcher matcher;
  int32_t costs[SEGMENT + AHEAD];  // from a place to the end of its block; before that what literals cost up to it
  uint32_t steps[SEGMENT];          // what is taken at a place: length << 16 | distance; a literal has the length 1
  shortest_chunk chunks[CHUNKS];
  shortest_costs prices;
  uint32_t logs[LOGS + 1];   // of 1 to 2
  uint32_t products[SMALL];  // n · log₂ n
  uint8_t distance_codes[512], length_codes[LONGEST + 1];
};

static inline uint32_t shortest_log_of(const codec_shortest *shortest, uint32_t value) {
  const unsigned log = shortest_log2(value);
  const uint32_t mantissa = log <= 10 ? value << (10 - log) : value >> (log - 10);
  return log * ONE + shortest->logs[mantissa - LOGS];
}

static inline uint64_t shortest_product(const codec_shortest *shortest, uint32_t n) {
  return n < SMALL ? shortest->products[n] : (uint64_t)n * shortest_log_of(shortest, n);
}

static inline unsigned shortest_coded_distance(const codec_shortest *shortest, uint32_t distance) {
  const uint32_t d = distance - 1;
  return shortest->distance_codes[d < 256 ? d : 256 + (d >> 7)];
}

static inline void shortest_count_step(const codec_shortest *shortest, uint32_t place, uint32_t step,
                              shortest_histogram *histogram) {
  if (step >> 16 == 1) {
    histogram->counts[shortest->matcher.bytes[HISTORY + place]]++;
  } else {
    histogram->counts[END + 1 + shortest->length_codes[step >> 16]]++;
    histogram->counts[LITERALS + shortest_coded_distance(shortest, step & 0xffff)]++;
  }
}

/// Pixels that are smooth or drawn take less than that many bits by themselves (3.5): most are in matches then, and
/// what is not costs more than its number tells.
enum { SMOOTH = 7 * ONE / 2 };

/// What it costs to get to a place where no path comes along.
enum { NEVER = 1 << 30 };

/// What is expected before anything is known: literals as often as bytes, matches from experience.
///
/// Returns the entropy of a byte, in 1/4096 bits.
uint32_t shortest_set_first_prices(codec_shortest *shortest, const uint8_t *bytes, uint32_t count);

/// What symbols cost where they are as often as in a block.
void shortest_set_prices(codec_shortest *shortest, const shortest_histogram *histogram);

/// What symbols cost in fixed codes.
void shortest_set_fixed_prices(codec_shortest *shortest);

/// Finds the path of the least cost from a place of the segment to another.
///
/// - found: behind the matches of the places between.
/// Returns the cost, in 1/64 bits.
int32_t shortest_find_path(codec_shortest *shortest, uint32_t from, uint32_t to, const uint32_t *found);

/// Counts the symbols of the path from a place to another, with the end of a block.
void shortest_count_steps(const codec_shortest *shortest, uint32_t from, uint32_t to, shortest_histogram *histogram);

/// Divides the path through `count` bytes into blocks, the first of `chunks`. Returns how many.
uint32_t shortest_find_blocks(codec_shortest *shortest, uint32_t count);

#endif
