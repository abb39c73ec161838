#ifndef PNG_SMALLEST_PARTS_H
#define PNG_SMALLEST_PARTS_H

#include "png_encode_parts.h"

enum { FILTERS = 5 };

/// Ways to choose filters: one for all rows, or for each row that with the least sum of magnitudes, entropy,
/// number of pairs of bytes, or deflated bytes of it and some rows above.
enum { LEAST_SUM = FILTERS, LEAST_ENTROPY, FEWEST_PAIRS, FEWEST_BYTES, WAYS };
enum { ALL_WAYS = (1 << WAYS) - 1, FAST_WAYS = (1 << FEWEST_BYTES) - 1, BRUTE_ROWS = 2 };

typedef struct {
  const codec_png_layout *layout;
  size_t row, line, padded, bpp, capacity;  // bytes; rows of a block
  uint8_t *packed;     // rows of a block and that above them, each with margins
  uint8_t *ways[WAYS]; // the rows filtered
  uint8_t *trial;      // rows that are deflated
  const uint8_t *before;  // behind the rows that are filtered already
  size_t rows_before;
  uint8_t *pairs;      // a bit for each pair of bytes
  uint64_t lengths[WAYS];  // what blocks that were filtered in all ways deflate to
  size_t bytes;    // of all rows of the part
  int whole_ways;  // in which all rows are kept: the first, or where there are few bytes every one
  uint8_t *wholes;
} codec_png_block;

/// Filters a row of the block in some ways.
void codec_png_filter_row(codec_png_block *block, codec_smallest *smallest, size_t index, unsigned ways);

#endif
