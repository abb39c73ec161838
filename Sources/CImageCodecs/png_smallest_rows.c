#include "png_smallest_parts.h"

#include <string.h>

/// How many pairs of neighbouring bytes are different from all others.
static size_t count_pairs(const uint8_t *bytes, size_t count, uint8_t *seen) {
  size_t pairs = 0;
  memset(seen, 0, 1 << 13);
  for (size_t i = 0; i + 1 < count; i++) {
    const unsigned pair = (unsigned)bytes[i] << 8 | bytes[i + 1], bit = 1u << (pair & 7);
    pairs += (seen[pair >> 3] & bit) == 0;
    seen[pair >> 3] |= (uint8_t)bit;
  }
  return pairs;
}

/// The filter with which a row, and some rows above it, deflate to the least.
static int find_fewest(codec_png_block *block, codec_smallest *smallest, size_t index) {
  const size_t line = block->line, inside = index < BRUTE_ROWS ? index : BRUTE_ROWS;
  const size_t outside = BRUTE_ROWS - inside < block->rows_before ? BRUTE_ROWS - inside : block->rows_before;
  const size_t above = outside + inside;
  if (outside > 0) memcpy(block->trial, block->before - outside * line, outside * line);
  memcpy(block->trial + outside * line, block->ways[FEWEST_BYTES] + (index - inside) * line, inside * line);
  int best = 0;
  size_t least = SIZE_MAX;
  for (int filter = 0; filter < FILTERS; filter++) {
    memcpy(block->trial + above * line, block->ways[filter] + index * line, line);
    const size_t size = codec_smallest_estimate(smallest, block->trial, (above + 1) * line, CODEC_ROUGHLY);
    if (size >= least) continue;
    least = size;
    best = filter;
  }
  return best;
}

void codec_png_filter_row(codec_png_block *block, codec_smallest *smallest, size_t index,
                          unsigned ways) {
  const conv_png_table *kernels = &conv_current_table()->png;
  const uint8_t *above = block->packed + index * block->padded + CODEC_FILTER_MARGIN;
  const uint8_t *row = above + block->padded;
  const size_t place = index * block->line;
  const unsigned compared = ways & (1u << LEAST_ENTROPY | 1u << FEWEST_PAIRS | 1u << FEWEST_BYTES);
  int chosen[WAYS] = {0};
  chosen[LEAST_SUM] = kernels->choose(row, above, block->row, block->bpp);
  unsigned filters = compared ? (1u << FILTERS) - 1 : ways & ((1u << FILTERS) - 1);
  if (ways & 1u << LEAST_SUM) filters |= 1u << chosen[LEAST_SUM];
  uint64_t most_order = 0;
  size_t fewest = 0;
  for (int filter = 0; filter < FILTERS; filter++) {
    if (!(filters & 1u << filter)) continue;
    uint8_t *out = block->ways[filter] + place;
    out[0] = (uint8_t)filter;
    kernels->apply((conv_png_filter)filter, row, above, block->row, block->bpp, out + 1);
    if (compared & 1u << LEAST_ENTROPY) {
      const uint64_t order = codec_filter_order(out + 1, block->row);
      if (filter == 0 || order > most_order) {
        most_order = order;
        chosen[LEAST_ENTROPY] = filter;
      }
    }
    if (compared & 1u << FEWEST_PAIRS) {
      const size_t pairs = count_pairs(out + 1, block->row, block->pairs);
      if (filter == 0 || pairs < fewest) {
        fewest = pairs;
        chosen[FEWEST_PAIRS] = filter;
      }
    }
  }
  if (ways & 1u << FEWEST_BYTES) chosen[FEWEST_BYTES] = find_fewest(block, smallest, index);
  for (int way = FILTERS; way < WAYS; way++) {
    if (!(ways & 1u << way)) continue;
    memcpy(block->ways[way] + place, block->ways[chosen[way]] + place, block->line);
  }
}
