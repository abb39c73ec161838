#include "palette_order.h"

#include <string.h>

void codec_palette_count(uint32_t *matrix, const uint8_t *row, const uint8_t *above, size_t width) {
  for (size_t x = 0; x < width; x++) {
    if (x > 0) {
      matrix[row[x] * CODEC_PALETTE_MOST + row[x - 1]]++;
      matrix[row[x - 1] * CODEC_PALETTE_MOST + row[x]]++;
    }
    if (above != NULL) {
      matrix[row[x] * CODEC_PALETTE_MOST + above[x]]++;
      matrix[above[x] * CODEC_PALETTE_MOST + row[x]]++;
    }
  }
}

static uint32_t neighbours(const uint32_t *matrix, int a, int b) { return matrix[a * CODEC_PALETTE_MOST + b]; }

/// Begins with the two numbers that are neighbours most often. The next is always that which is a neighbour of those
/// before most often; it comes to the end nearer to which its neighbours are.
static void order_ends(const uint32_t *matrix, int count, uint8_t *order) {
  uint8_t is_done[CODEC_PALETTE_MOST] = {0};
  uint64_t sums[CODEC_PALETTE_MOST] = {0};
  int first = 0, second = 1;
  for (int a = 0; a < count; a++) {
    for (int b = a + 1; b < count; b++) {
      if (neighbours(matrix, a, b) <= neighbours(matrix, first, second)) continue;
      first = a;
      second = b;
    }
  }
  int placed = 0, next = first;
  while (placed < count) {
    int64_t lean = 0;
    for (int i = 0; i < placed; i++) lean += (placed - 1 - 2 * i) * (int64_t)neighbours(matrix, next, order[i]);
    if (lean > 0) {
      memmove(order + 1, order, (size_t)placed);
      order[0] = (uint8_t)next;
    } else {
      order[placed] = (uint8_t)next;
    }
    placed++;
    is_done[next] = 1;
    int best = -1;
    for (int i = 0; i < count; i++) {
      sums[i] += neighbours(matrix, next, i);
      if (!is_done[i] && (best < 0 || sums[i] > sums[best])) best = i;
    }
    next = placed == 1 ? second : best;
  }
}

void codec_palette_order(const uint32_t *matrix, int count, uint8_t *order) {
  if (count == 1) order[0] = 0;
  if (count < 2) return;
  order_ends(matrix, count, order);
  // The most frequent becomes the first, and those before it the last.
  uint64_t sums[CODEC_PALETTE_MOST] = {0};
  int place = 0;
  for (int i = 0; i < count; i++) {
    for (int j = 0; j < count; j++) sums[i] += neighbours(matrix, order[i], j);
    if (sums[i] > sums[place]) place = i;
  }
  uint8_t copy[CODEC_PALETTE_MOST];
  memcpy(copy, order, (size_t)count);
  // From there on in the direction in which more of them are.
  const int step = place < count - place ? 1 : count - 1;
  for (int i = 0; i < count; i++) order[i] = copy[(place + i * step) % count];
}
