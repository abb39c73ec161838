#include "shortest_parts.h"

uint32_t shortest_set_first_prices(codec_shortest *shortest, const uint8_t *bytes, uint32_t count) {
  uint32_t counts[256] = {0};
  for (uint32_t i = 0; i < count; i++) counts[bytes[i]]++;
  const uint32_t all = shortest_log_of(shortest, count + count / 8 + 1);
  uint64_t bits = shortest_product(shortest, count);
  for (int i = 0; i < 256; i++) bits -= shortest_product(shortest, counts[i]);
  const uint32_t entropy = (uint32_t)(bits / count);
  const int is_smooth = entropy < SMOOTH;
  shortest_costs *prices = &shortest->prices;
  for (int i = 0; i < 256; i++) {
    int32_t price = counts[i] == 0 ? 13 * BIT : (int32_t)(all - shortest_log_of(shortest, counts[i])) / (ONE / BIT);
    price = price < 2 * BIT ? 2 * BIT : price > 13 * BIT ? 13 * BIT : price;
    prices->literals[i] = is_smooth ? price / 2 + 4 * BIT : price;
  }
  for (int32_t length = SHORTEST; length <= LONGEST; length++) {
    const int32_t code = shortest->length_codes[length], extra = (int32_t)shortest_length_bits((unsigned)code);
    const int32_t rare = is_smooth && length < 6 ? 6 - length : 0;
    prices->lengths[length] = (5 + extra + rare) * BIT + code * BIT / 4;
  }
  for (unsigned code = 0; code < 30; code++) {
    prices->distances[code] = (4 + (int32_t)shortest_distance_bits(code)) * BIT;
  }
  return entropy;
}

void shortest_set_prices(codec_shortest *shortest, const shortest_histogram *histogram) {
  uint32_t all = 0, distances = 0;
  int32_t prices[SYMBOLS];
  for (int i = 0; i < LITERALS; i++) all += histogram->counts[i];
  for (int i = LITERALS; i < SYMBOLS; i++) distances += histogram->counts[i];
  const uint32_t logs[2] = {shortest_log_of(shortest, all), distances == 0 ? 0 : shortest_log_of(shortest, distances)};
  for (int i = 0; i < SYMBOLS; i++) {
    const uint32_t count = histogram->counts[i], log = logs[i >= LITERALS];
    // What there is none of costs as if there were a quarter.
    int32_t price = (int32_t)(count > 0 ? log - shortest_log_of(shortest, count) : log + 2 * ONE);
    price = (price + ONE / BIT / 2) / (ONE / BIT);
    if (price < BIT) price = BIT;
    if (price > 15 * BIT) price = 15 * BIT;
    prices[i] = price;
  }
  memcpy(shortest->prices.literals, prices, sizeof shortest->prices.literals);
  for (uint32_t length = SHORTEST; length <= LONGEST; length++) {
    const unsigned code = shortest->length_codes[length];
    shortest->prices.lengths[length] = prices[END + 1 + code] + (int32_t)shortest_length_bits(code) * BIT;
  }
  for (unsigned code = 0; code < 30; code++) {
    shortest->prices.distances[code] = prices[LITERALS + code] + (int32_t)shortest_distance_bits(code) * BIT;
  }
}

void shortest_set_fixed_prices(codec_shortest *shortest) {
  for (int i = 0; i < 256; i++) shortest->prices.literals[i] = (i < 144 ? 8 : 9) * BIT;
  for (uint32_t length = SHORTEST; length <= LONGEST; length++) {
    const unsigned code = shortest->length_codes[length];
    const int32_t bits = END + 1 + code < 280 ? 7 : 8;
    shortest->prices.lengths[length] = (bits + (int32_t)shortest_length_bits(code)) * BIT;
  }
  for (unsigned code = 0; code < 30; code++) {
    shortest->prices.distances[code] = (5 + (int32_t)shortest_distance_bits(code)) * BIT;
  }
}
