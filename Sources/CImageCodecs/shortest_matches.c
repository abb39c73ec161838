#include "shortest_parts.h"

// At each place the matches that matter are the nearest of each length. Up to 7 bytes they come from where grams of
// 3, 4, 6 and 8 bytes stood last, without a branch that depends on them: filtered photographs are mostly literals, and
// what wrong guesses of the processor cost would be most of the time. Only where 7 bytes are alike, candidates are
// followed.

static inline uint64_t load8(const uint8_t *bytes) {
  uint64_t value;
  memcpy(&value, bytes, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  value = __builtin_bswap64(value);
#endif
  return value;
}

static inline uint32_t load4(const uint8_t *bytes) {
  uint32_t value;
  memcpy(&value, bytes, 4);
  return value;
}

static const int grams[HEADS] = {3, 4, 6};

/// Where the first `count` of 8 bytes are looked up (a multiple of 2⁶⁴ / φ spreads them).
static inline uint32_t hash(uint64_t bytes, int count) {
  return (uint32_t)((bytes << (64 - 8 * count)) * 0x9E3779B97F4A7C15u >> (64 - HASH_BITS));
}

void shortest_matcher_reset(shortest_matcher *matcher) {
  // A difference to that is beyond the window until the place it names has been filled.
  memset(matcher->heads, 0x70, sizeof matcher->heads);
  memset(matcher->chain_heads, 0x70, sizeof matcher->chain_heads);
  memset(matcher->chain, 0x70, sizeof matcher->chain);
  memset(matcher->bytes, 0, HISTORY);
  matcher->allowance = 0;
}

/// How many bytes are alike, up to `most`.
static inline uint32_t extend(const uint8_t *a, const uint8_t *b, uint32_t most) {
  for (uint32_t n = 0; n < most; n += 8) {
    const uint64_t difference = load8(a + n) ^ load8(b + n);
    if (difference == 0) continue;
    n += (uint32_t)__builtin_ctzll(difference) >> 3;
    return n < most ? n : most;
  }
  return most;
}

/// Enters bytes of a segment without a search.
static void enter(shortest_matcher *matcher, uint32_t place, uint32_t from, uint32_t to) {
  for (uint32_t i = from; i < to; i++) {
    const uint64_t here = load8(matcher->bytes + HISTORY + i);
    const uint16_t low = (uint16_t)(place + i);
    for (int j = 0; j < HEADS; j++) matcher->heads[j][hash(here, grams[j])] = low;
    uint16_t *head = &matcher->chain_heads[hash(here, CHAINED)];
    matcher->chain[(place + i) % WINDOW] = *head;
    *head = low;
  }
}

/// The length of what repeats itself after 1 to 4 bytes from here on, 0 for nothing.
static uint32_t find_run(const uint8_t *bytes, uint64_t here) {
  for (uint32_t period = 1; period <= 4; period++) {
    if ((here ^ here >> (8 * period)) << (8 * period) != 0) continue;
    return period + extend(bytes, bytes + period, LONGEST - period);
  }
  return 0;
}

/// Candidates that are followed: of the 8 bytes here, and twice of those around the end of the longest match.
enum { ROUNDS = 3 };
static const int32_t steps[ROUNDS] = {12, 32, 32};

/// Over all places that many candidates a place may be followed, so that time is linear in the bytes whatever they are;
/// where none are left, `FEW` in each round. (Smooth photographs have candidates at every place, drawings at few.)
enum { ALLOWANCE = 24, MOST_SAVED = 1 << 18, FEW = 6 };

/// From where a match is `length` long at a distance: the 8 bytes of it that have not been for the longest time.
static uint32_t find_rarest(const shortest_matcher *matcher, uint32_t place, uint32_t length, uint32_t distance) {
  const uint32_t last = length - CHAINED < distance ? length - CHAINED : distance;
  uint32_t farthest = 0, rarest = 0;
  for (uint32_t i = 0; i <= last; i++) {
    const uint32_t far = (uint16_t)(place + i - matcher->chain[(place - distance + i) % WINDOW]);
    if (far <= farthest) continue;
    farthest = far;
    rarest = i;
  }
  return rarest;
}

/// Finds matches where one of 7 bytes is known. Any longer one has the 8 bytes around the end of the longest so far, so
/// that these are followed where that leads farther than the 8 bytes here: what repeats itself has many neighbours that
/// are alike, and only a few that end alike.
static uint32_t search(shortest_matcher *matcher, const uint8_t *bytes, uint32_t place,
                       const uint32_t *distances, uint32_t *output, uint32_t *longest) {
  const uint64_t here = load8(bytes);
  // Before the first byte there is nothing, whatever is loaded from there.
  const uint32_t reach = place < WINDOW ? place : WINDOW;
  uint32_t count = 0, best = 2, nearest = 0;
  for (int i = 0; i < HEADS; i++) {
    const uint32_t distance = distances[i];
    if (distance <= nearest || distance > reach) continue;
    const uint32_t length = extend(bytes - distance, bytes, LONGEST);
    if (length <= best) continue;
    best = length;
    nearest = distance;
    output[count++] = best << 16 | distance;
  }
  if (best < CHAINED - 1) best = CHAINED - 1;
  uint32_t run = find_run(bytes, here), offset = 0, next = place - distances[HEADS];
  for (int round = 0; round < ROUNDS; round++) {
    uint32_t distance = 0;
    int32_t left = matcher->allowance < steps[round] ? FEW : steps[round];
    for (; left > 0 && best < LONGEST && count < MATCHES_HERE; left--) {
      matcher->allowance--;
      const uint32_t far = (uint16_t)(place - next);
      // Places go back in order; what does not is out of date.
      if (far <= distance || far > reach) break;
      distance = far;
      const uint8_t *candidate = bytes - distance;
      if (distance > nearest && load4(candidate + best - 3) == load4(bytes + best - 3)) {
        const uint32_t length = extend(candidate, bytes, LONGEST);
        if (length > best) {
          // A shorter one that costs as much is as good as the beginning of this one.
          const unsigned code = shortest_distance_code(distance);
          if (count > 0 && shortest_distance_code(output[count - 1] & 0xffff) == code) count--;
          output[count++] = length << 16 | distance;
          best = length;
          nearest = distance;
          if (length > CHAINED) offset = find_rarest(matcher, place, length, distance);
        }
      }
      next = (uint32_t)matcher->chain[(place - distance + offset) % WINDOW] - offset;
    }
    const uint32_t end = run > best ? run : best;
    if (best >= LONGEST || end < CHAINED || end >= LONGEST) break;
    offset = end + 1 - CHAINED;
    next = (uint32_t)matcher->chain_heads[hash(load8(bytes + offset), CHAINED)] - offset;
    run = 0;
  }
  *longest = best;
  return count;
}

/// What a match must cover to be kept, in the cost of literals: by its length (up to 7) and the log of twice its
/// distance and one.
typedef struct {
  int32_t least[CHAINED][32];
} threshold;

static void set_threshold(threshold *threshold, const shortest_costs *costs, int32_t slack) {
  for (uint32_t length = 0; length < CHAINED; length++) {
    for (uint32_t log = 0; log < 32; log++) {
      int32_t *least = &threshold->least[length][log];
      *least = INT32_MAX;
      if (length < SHORTEST || log == 0 || log > 15) continue;
      const unsigned code = shortest_distance_code(log == 1 ? 1 : 1u << (log - 1));
      const int32_t cost = costs->lengths[length] + costs->distances[code];
      *least = cost - slack;
    }
  }
}

/// Finds matches at a place and enters it.
///
/// - prefix: what literals cost up to here and on.
static inline uint32_t find(shortest_matcher *matcher, const uint8_t *bytes, uint32_t place,
                            const threshold *threshold, const int32_t *prefix, uint32_t *output, uint32_t *longest) {
  const uint64_t here = load8(bytes);
  uint32_t distances[HEADS + 1];
  for (int i = 0; i < HEADS; i++) {
    uint16_t *head = &matcher->heads[i][hash(here, grams[i])];
    distances[i] = (uint16_t)(place - *head);
    *head = (uint16_t)place;
  }
  uint16_t *head = &matcher->chain_heads[hash(here, CHAINED)];
  distances[HEADS] = (uint16_t)(place - *head);
  matcher->chain[place % WINDOW] = *head;
  *head = (uint16_t)place;
  const int32_t before = prefix[0];
  uint32_t count = 0, best = 2;
  for (int i = 0; i <= HEADS; i++) {
    const uint32_t distance = distances[i];
    // The highest bit is for the count of zeros to end.
    const uint64_t difference = (here ^ load8(bytes - distance)) | 1ull << 63;
    const uint32_t length = (uint32_t)__builtin_ctzll(difference) >> 3;
    const int saves = prefix[length] - before > threshold->least[length][shortest_log2(2 * distance + 1)];
    output[count] = length << 16 | distance;
    count += (uint32_t)(saves & (length > best));
    best = length > best ? length : best;
  }
  *longest = best;
  return best < CHAINED - 1 ? count : search(matcher, bytes, place, distances, output, longest);
}

uint32_t shortest_matcher_run(shortest_matcher *matcher, uint32_t place, uint32_t count,
                              const shortest_costs *costs, int32_t slack, int32_t *prefix) {
  const uint8_t *bytes = matcher->bytes + HISTORY;
  threshold threshold;
  set_threshold(&threshold, costs, slack);
  prefix[0] = 0;
  for (uint32_t i = 0; i + 1 < count + CHAINED; i++) prefix[i + 1] = prefix[i] + costs->literals[bytes[i]];
  uint32_t *output = matcher->found;
  uint32_t i = 0;
  for (; i < count && output < matcher->found + MATCHES; i++) {
    if (matcher->allowance < MOST_SAVED) matcher->allowance += ALLOWANCE;
    uint32_t longest;
    const uint32_t found = find(matcher, bytes + i, place + i, &threshold, prefix + i, output, &longest);
    matcher->counts[i] = (uint8_t)found;
    output += found;
    if (longest < LONGEST || count - i < LONGEST) continue;
    memset(matcher->counts + i + 1, HIDDEN, LONGEST - 1);
    enter(matcher, place, i + 1, i + LONGEST);
    i += LONGEST - 1;
  }
  return i;
}
