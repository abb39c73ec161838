#include "shortest_parts.h"

/// About how many bits (in 1/4096) two chunks take as one block, or one by itself: the entropy, 80 bits and 3.3 for
/// each symbol that has a code, as is found of photographs and drawings alike.
static uint64_t block_bits(const codec_shortest *shortest, const uint32_t *some, const uint32_t *others) {
  uint64_t bits = 0;
  uint32_t used = 0, sums[2] = {0, 0};
  for (int half = 0; half < 2; half++) {
    for (int i = half == 0 ? 0 : LITERALS; i < (half == 0 ? LITERALS : SYMBOLS); i++) {
      const uint32_t count = some[i] + others[i];
      sums[half] += count;
      used += count > 0;
      bits -= shortest_product(shortest, count);
    }
    bits += shortest_product(shortest, sums[half]);
  }
  return bits + 80 * ONE + (uint64_t)used * 33 * ONE / 10;
}

/// Counts the symbols of chunks. Returns how many chunks there are.
static uint32_t find_chunks(codec_shortest *shortest, uint32_t count) {
  uint32_t chunks = 0, all = 0;
  for (uint32_t i = 0; i < count; i += shortest->steps[i] >> 16) all++;
  const uint32_t fair = (all + CHUNKS - 1) / CHUNKS, most = fair < FEWEST_SYMBOLS ? FEWEST_SYMBOLS : fair;
  for (uint32_t i = 0; i < count; chunks++) {
    shortest_chunk *chunk = &shortest->chunks[chunks];
    memset(&chunk->histogram, 0, sizeof chunk->histogram);
    chunk->histogram.counts[END] = 1;
    for (uint32_t symbols = 0; symbols < most && i < count; symbols++) {
      const uint32_t step = shortest->steps[i];
      shortest_count_step(shortest, i, step, &chunk->histogram);
      i += step >> 16;
    }
    chunk->end = i;
    chunk->next = chunks + 1;
  }
  return chunks;
}

/// What a chunk and the next take together.
static void try_join(codec_shortest *shortest, shortest_chunk *chunk, uint32_t chunks) {
  chunk->joined = UINT64_MAX;
  if (chunk->next >= chunks) return;
  const uint32_t *others = shortest->chunks[chunk->next].histogram.counts;
  chunk->joined = block_bits(shortest, chunk->histogram.counts, others);
}

uint32_t shortest_find_blocks(codec_shortest *shortest, uint32_t count) {
  static const uint32_t none[SYMBOLS];
  shortest_chunk *chunks = shortest->chunks;
  const uint32_t all = find_chunks(shortest, count);
  for (uint32_t i = 0; i < all; i++) chunks[i].bits = block_bits(shortest, chunks[i].histogram.counts, none);
  for (uint32_t i = 0; i < all; i++) try_join(shortest, &chunks[i], all);
  for (;;) {
    uint32_t best = all, before = all, before_best = all;
    int64_t most = 0;
    for (uint32_t i = 0; chunks[i].next < all; before = i, i = chunks[i].next) {
      const int64_t saved = (int64_t)(chunks[i].bits + chunks[chunks[i].next].bits - chunks[i].joined);
      if (saved <= most) continue;
      most = saved;
      best = i;
      before_best = before;
    }
    if (best == all) break;
    shortest_chunk *chunk = &chunks[best];
    const uint32_t next = chunk->next;
    for (int i = 0; i < SYMBOLS; i++) chunk->histogram.counts[i] += chunks[next].histogram.counts[i];
    chunk->histogram.counts[END] = 1;
    chunk->bits = chunk->joined;
    chunk->end = chunks[next].end;
    chunk->next = chunks[next].next;
    try_join(shortest, chunk, all);
    if (before_best < all) try_join(shortest, &chunks[before_best], all);
  }
  uint32_t blocks = 0;
  for (uint32_t i = 0; i < all; i = chunks[i].next) {
    chunks[blocks].histogram = chunks[i].histogram;
    chunks[blocks++].end = chunks[i].end;
  }
  return blocks;
}
