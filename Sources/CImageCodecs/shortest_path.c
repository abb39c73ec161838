#include "shortest_parts.h"

/// Matches up to that length are taken whole or not at all.
enum { SHORT = 6 };

/// From so many lengths of a match on their costs are compared at once.
enum { MANY = 8 };

/// The least of the costs of some lengths; several at a time, with whatever the processor has for that.
static inline int32_t find_least(const int32_t *costs, const int32_t *prices, uint32_t count) {
  int32_t least = INT32_MAX;
  for (uint32_t i = 0; i < count; i++) {
    const int32_t cost = costs[i] + prices[i];
    least = cost < least ? cost : least;
  }
  return least;
}

int32_t shortest_find_path(codec_shortest *shortest, uint32_t from, uint32_t to, const uint32_t *found) {
  const uint8_t *bytes = shortest->matcher.bytes + HISTORY, *counts = shortest->matcher.counts;
  const shortest_costs *prices = &shortest->prices;
  int32_t *costs = shortest->costs;
  int32_t cost = 0;
  costs[to] = 0;
  for (uint32_t i = to; i-- > from;) {
    if (counts[i] == HIDDEN) {
      i -= LONGEST - 2;
      cost = NEVER;
      continue;
    }
    cost += prices->literals[bytes[i]];
    uint32_t step = 1u << 16;
    const uint32_t most = to - i;
    found -= counts[i];
    uint32_t length = SHORTEST;
    for (uint32_t j = 0; j < counts[i]; j++) {
      const uint32_t distance = found[j] & 0xffff, top = found[j] >> 16 < most ? found[j] >> 16 : most;
      const int32_t price = prices->distances[shortest_coded_distance(shortest, distance)];
      if (top <= SHORT) length = top;
      if (top < SHORTEST) break;
      if (top >= length + MANY) {
        const int32_t other =
            find_least(costs + i + length, prices->lengths + length, top + 1 - length) + price;
        if (other < cost) {
          while (costs[i + length] + prices->lengths[length] + price != other) length++;
          cost = other;
          step = length << 16 | distance;
        }
        length = top + 1;
      }
      for (; length <= top; length++) {
        const int32_t other = costs[i + length] + prices->lengths[length] + price;
        if (other >= cost) continue;
        cost = other;
        step = length << 16 | distance;
      }
    }
    costs[i] = cost;
    shortest->steps[i] = step;
  }
  return cost;
}

void shortest_count_steps(const codec_shortest *shortest, uint32_t from, uint32_t to, shortest_histogram *histogram) {
  memset(histogram, 0, sizeof *histogram);
  histogram->counts[END] = 1;
  for (uint32_t i = from; i < to; i += shortest->steps[i] >> 16) {
    shortest_count_step(shortest, i, shortest->steps[i], histogram);
  }
}
