#include <stdlib.h>
#include <string.h>

#include "png_encode_parts.h"

// What makes rows small is not known from any sum over them: so several rows at a time are filtered in
// every way that has been of use, deflated fast, and the way that made the least is taken. (oxipng
// deflates whole pictures in each way; for 16 rows at a time the best is another here and there.)

enum { FILTERS = 5, MOST_ROWS = 16, MOST_BYTES = 1 << 20 };

/// Ways to choose filters: one for all rows, or for each row that with the least sum of magnitudes, entropy,
/// or number of pairs of bytes.
enum { LEAST_SUM = FILTERS, LEAST_ENTROPY, FEWEST_PAIRS, WAYS };

typedef struct {
  const codec_png_layout *layout;
  size_t row, line, padded, bpp, capacity;  // bytes; rows of a block
  uint8_t *packed;     // rows of a block and that above them, each with margins
  uint8_t *ways[WAYS]; // the rows filtered
  uint8_t *pairs;      // a bit for each pair of bytes
} block;

static int open_block(block *block, const codec_png_layout *layout) {
  const size_t bits = (size_t)layout->channels * (size_t)layout->depth;
  block->layout = layout;
  block->line = codec_png_filtered_row(layout);
  block->row = block->line - 1;
  block->padded = CODEC_FILTER_MARGIN + block->line + 32;
  block->bpp = bits < 8 ? 1 : bits / 8;
  block->capacity = MOST_BYTES / block->line;
  if (block->capacity > MOST_ROWS) block->capacity = MOST_ROWS;
  if (block->capacity < 1) block->capacity = 1;
  // Kernels write whole vectors.
  const size_t way = block->capacity * block->line + 64;
  block->packed = calloc(block->capacity + 1, block->padded);
  block->ways[0] = malloc(WAYS * way);
  block->pairs = malloc(1 << 13);
  if (block->packed == NULL || block->ways[0] == NULL || block->pairs == NULL) return 0;
  for (int i = 1; i < WAYS; i++) block->ways[i] = block->ways[0] + (size_t)i * way;
  return 1;
}

static void close_block(block *block) {
  free(block->packed);
  free(block->ways[0]);
  free(block->pairs);
}

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

/// Filters a row of the block in all ways.
static void filter_row(block *block, size_t index) {
  const conv_png_table *kernels = &conv_current_table()->png;
  const uint8_t *above = block->packed + index * block->padded + CODEC_FILTER_MARGIN;
  const uint8_t *row = above + block->padded;
  const size_t place = index * block->line;
  uint64_t most_order = 0;
  size_t fewest = 0;
  int chosen[WAYS] = {0};
  for (int filter = 0; filter < FILTERS; filter++) {
    uint8_t *out = block->ways[filter] + place;
    out[0] = (uint8_t)filter;
    kernels->apply((conv_png_filter)filter, row, above, block->row, block->bpp, out + 1);
    const uint64_t order = codec_filter_order(out + 1, block->row);
    const size_t pairs = count_pairs(out + 1, block->row, block->pairs);
    if (filter == 0 || order > most_order) {
      most_order = order;
      chosen[LEAST_ENTROPY] = filter;
    }
    if (filter == 0 || pairs < fewest) {
      fewest = pairs;
      chosen[FEWEST_PAIRS] = filter;
    }
  }
  chosen[LEAST_SUM] = kernels->choose(row, above, block->row, block->bpp);
  for (int way = FILTERS; way < WAYS; way++) {
    memcpy(block->ways[way] + place, block->ways[chosen[way]] + place, block->line);
  }
}

int codec_png_filter_smallest(const codec_png_layout *layout, codec_smallest *smallest,
                              const uint8_t *const *rows, size_t unfiltered, size_t lines,
                              uint8_t *output) {
  block block = {0};
  if (!open_block(&block, layout)) {
    close_block(&block);
    return 0;
  }
  uint8_t *first = block.packed + CODEC_FILTER_MARGIN;
  if (unfiltered > 0) codec_png_pack(layout, rows[0], first);
  for (size_t done = 0; done < lines;) {
    const size_t count = lines - done < block.capacity ? lines - done : block.capacity;
    for (size_t i = 0; i < count; i++) {
      codec_png_pack(layout, rows[unfiltered + done + i], first + (i + 1) * block.padded);
      filter_row(&block, i);
    }
    size_t least = 0;
    int best = 0;
    for (int way = 0; way < WAYS; way++) {
      const size_t size =
          codec_smallest_estimate(smallest, block.ways[way], count * block.line);
      if (way == 0 || size < least) {
        least = size;
        best = way;
      }
    }
    memcpy(output + done * block.line, block.ways[best], count * block.line);
    memcpy(first, first + count * block.padded, block.row);
    done += count;
  }
  close_block(&block);
  return 1;
}
