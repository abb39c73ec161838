#include <stdlib.h>
#include <string.h>

#include "png_smallest_parts.h"

// What makes rows small is not known from any sum over them: so several rows at a time are filtered in
// every way that has been of use, deflated fast, and the way that made the least is taken. (oxipng
// deflates whole pictures in each way; for 16 rows at a time the best is another here and there.)
//
// Drawings and text repeat what stands farther away than 16 rows, which blocks by themselves do not tell: all rows as
// they are may make less (a page of text: 13.5 kB, 40 % more where blocks choose).
//
// Beside `oxipng -o 4` (9.1.1; Tests/Proofs/smallest.py, which tells the user time, too). libdeflate's highest level
// by itself is a fifth of oxipng's time, and nothing below it is within 1 % everywhere (of the same rows level 10 makes
// up to 0.9 % more of photographs in three quarters of the time, level 9 up to 6 % in a third; of drawings level 11
// makes 1 to 7 % more in half the time). So shortest_deflate.c has a search of its own. What is left for photographs of
// 400 kB, a third of oxipng's second, is as much the program's start and the choice of filters as that search; of one
// that is smooth (chelsea-gaussian, a rocket) each place has many matches, and there is time to deflate single rows.
//
//     camera              136.6 kB  +0.3 %     cifar-minutes (drawing)     64.9 kB   0.0 %
//     chelsea             220.1     +0.5       digits-curves (drawing)     91.1     −1.9
//     coffee              443.1     +0.8       digits-conv2 (drawing)      32.6     −2.6
//     chelsea-gaussian     83.1     +0.3       digits-confusion (drawing)  38.4     −5.3
//     chelsea-sobel       262.9     +0.2       chelsea-unsharp            268.4     +0.2

/// Parts of few bytes are compared whole in all ways, up to `EXACT` by the level that they are deflated at in the end.
enum { FEW_BYTES = 64 << 10, EXACT = 8 << 10 };

/// Of drawings of up to so many bytes all rows are kept in all ways.
enum { DRAWING_BYTES = 1 << 20 };

enum { MOST_ROWS = 16, MOST_BYTES = 1 << 20, SAMPLED = 3, DRAWING = 4, SMOOTH = 2, NOTHING = 64, TRIED = 256 << 10 };

typedef codec_png_block block;

static int open_block(block *block, const codec_png_layout *layout, size_t lines) {
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
  block->trial = malloc((BRUTE_ROWS + 1) * block->line);
  block->pairs = malloc(1 << 13);
  block->bytes = lines * block->line;
  block->whole_ways = block->bytes <= DRAWING_BYTES ? WAYS : 1;
  block->wholes = malloc((size_t)block->whole_ways * block->bytes);
  if (block->packed == NULL || block->ways[0] == NULL || block->trial == NULL ||
      block->pairs == NULL || block->wholes == NULL) {
    return 0;
  }
  for (int i = 1; i < WAYS; i++) block->ways[i] = block->ways[0] + (size_t)i * way;
  return 1;
}

static void close_block(block *block) {
  free(block->packed);
  free(block->ways[0]);
  free(block->trial);
  free(block->pairs);
  free(block->wholes);
}

/// The way that made the least of the blocks that were filtered in all ways.
static int favourite_way(const block *block) {
  int favourite = 0;
  for (int way = 1; way < WAYS; way++) {
    if (block->lengths[way] < block->lengths[favourite]) favourite = way;
  }
  return favourite;
}

/// Filters rows in the best of some ways.
///
/// - above: the row above the first, NULL for none.
/// - is_sample: whether the ways are compared for all blocks.
/// - length: gains about what the rows deflate to.
/// Returns the way.
static int filter_block(block *block, codec_smallest *smallest, const uint8_t *above,
                        const uint8_t *const *rows, size_t count, unsigned ways, int is_sample,
                        uint8_t *output, size_t *length) {
  uint8_t *first = block->packed + CODEC_FILTER_MARGIN;
  if (above != NULL) codec_png_pack(block->layout, above, first);
  if (above == NULL) memset(first, 0, block->row);
  for (size_t i = 0; i < count; i++) {
    codec_png_pack(block->layout, rows[i], first + (i + 1) * block->padded);
    codec_png_filter_row(block, smallest, i, ways);
  }
  const int favourite = favourite_way(block);
  size_t least = 0;
  int best = -1;
  for (int way = 0; way < WAYS; way++) {
    if (!(ways & 1u << way)) continue;
    size_t size = codec_smallest_estimate(smallest, block->ways[way], count * block->line,
                                          (ways & FAST_WAYS) == FAST_WAYS ? CODEC_ROUGHLY : CODEC_QUICKLY);
    if (is_sample) block->lengths[way] += size;
    // Rows that are filtered alike do a little better than is seen here.
    if (way < FILTERS) size -= size / 200;
    // Blocks that are filtered alike share their codes: in a drawing another way must gain more than a little.
    if (!is_sample && way == favourite) size -= size / ((ways & FAST_WAYS) == FAST_WAYS ? 64 : 256);
    if (best >= 0 && size >= least) continue;
    least = size;
    best = way;
  }
  memcpy(output, block->ways[best], count * block->line);
  *length += least;
  return best;
}

/// Filters a block of rows where it stands in the part.
static int filter_at(block *block, codec_smallest *smallest, const uint8_t *const *rows, int has_above,
                     size_t done, size_t count, unsigned ways, int is_sample, uint8_t *output,
                     size_t *length) {
  block->before = output + done * block->line;
  block->rows_before = done;
  const uint8_t *above = has_above ? rows[(ptrdiff_t)done - 1] : NULL;
  const int way = filter_block(block, smallest, above, rows + done, count, ways, is_sample,
                               output + done * block->line, length);
  for (int i = 0; (ways & FAST_WAYS) == FAST_WAYS && i < block->whole_ways; i++) {
    if (!(ways & 1u << i)) continue;
    memcpy(block->wholes + (size_t)i * block->bytes + done * block->line, block->ways[i],
           count * block->line);
  }
  return way;
}

/// How many bytes become of all rows in a way, or as blocks chose them (`WAYS`).
static size_t measure(const block *block, codec_smallest *smallest, int way, const uint8_t *output,
                      codec_smallest_care care) {
  const uint8_t *rows = way == WAYS ? output : block->wholes + (size_t)way * block->bytes;
  const size_t size = codec_smallest_estimate(smallest, rows, block->bytes, care);
  if (care != CODEC_CLOSELY) return size;
  // Of rows as they are more is found in the end than is seen here.
  return way == 0 ? size - size / 48 : way == WAYS ? size - size / 512 : size;
}

/// Takes all rows in one way where that makes less: what a drawing repeats farther away than a block is high is the
/// same bytes again only where it is not filtered, which blocks by themselves do not tell. Of few bytes blocks tell
/// little in any way, and where next to nothing is left only the end tells.
static void take_whole(const block *block, codec_smallest *smallest, unsigned ways, uint8_t *output) {
  const codec_smallest_care care = block->bytes <= EXACT ? CODEC_EXACTLY : CODEC_CLOSELY;
  ways = (ways & ((1u << block->whole_ways) - 1)) | 1u << WAYS;
  size_t sizes[WAYS + 1] = {0}, least = SIZE_MAX;
  // Of many bytes those that are promising, as a fast level sees them.
  for (int way = 0; way < WAYS && block->bytes > FEW_BYTES; way++) {
    if (!(ways & 1u << way)) continue;
    sizes[way] = measure(block, smallest, way, output, CODEC_QUICKLY);
    if (sizes[way] < least) least = sizes[way];
  }
  const size_t margin = least < block->bytes / NOTHING ? least : least / 8;
  for (int way = 1; way < WAYS; way++) {
    if (sizes[way] > least && sizes[way] - least > margin) ways &= ~(1u << way);
  }
  int best = WAYS;
  least = SIZE_MAX;
  for (int way = WAYS; way >= 0; way--) {
    if (!(ways & 1u << way)) continue;
    sizes[way] = measure(block, smallest, way, output, care);
    if (sizes[way] >= least) continue;
    least = sizes[way];
    best = way;
  }
  if (care == CODEC_CLOSELY && least < block->bytes / NOTHING && block->bytes <= TRIED && !block->layout->draft) {
    const size_t most = least + least / 8;
    least = SIZE_MAX;
    for (int way = WAYS; way >= 0; way--) {
      if (!(ways & 1u << way) || sizes[way] > most) continue;
      const size_t size = measure(block, smallest, way, output, CODEC_EXACTLY);
      if (size >= least) continue;
      least = size;
      best = way;
    }
  }
  if (best < WAYS) memcpy(output, block->wholes + (size_t)best * block->bytes, block->bytes);
}

int codec_png_filter_smallest(const codec_png_layout *layout, codec_smallest *smallest,
                              const uint8_t *const *rows, size_t unfiltered, size_t lines,
                              uint8_t *output) {
  block block = {0};
  if (!open_block(&block, layout, lines)) {
    close_block(&block);
    return 0;
  }
  // Every third block first, in all ways but the slowest.
  size_t sampled = 0, length = 0;
  unsigned winners = 0;
  for (size_t index = 0; index * block.capacity < lines; index += SAMPLED) {
    const size_t done = index * block.capacity;
    const size_t count = lines - done < block.capacity ? lines - done : block.capacity;
    winners |= 1u << filter_at(&block, smallest, rows + unfiltered, unfiltered + done > 0, done, count,
                               FAST_WAYS, 1, output, &length);
    sampled += count * block.line;
  }
  // Of photographs the others take the ways that have been the best somewhere, which are told from one another
  // with more care; of drawings any may be, and takes less time. Where much is gained there is time for the slowest.
  const int is_drawing = block.bytes <= FEW_BYTES || length < sampled / DRAWING;
  unsigned ways = is_drawing ? FAST_WAYS : winners;
  const int is_few = block.bytes <= EXACT;
  const int is_worth = is_drawing ? block.whole_ways == WAYS && length < sampled / NOTHING : length < sampled / SMOOTH;
  if (!layout->draft && (is_few || is_worth)) ways |= 1u << FEWEST_BYTES;
  const int begins = ways & 1u << FEWEST_BYTES ? 0 : 1;
  for (size_t index = 0; index * block.capacity < lines; index++) {
    if (index % SAMPLED == 0 && begins) continue;
    const size_t done = index * block.capacity;
    const size_t count = lines - done < block.capacity ? lines - done : block.capacity;
    filter_at(&block, smallest, rows + unfiltered, unfiltered + done > 0, done, count, ways, 0, output,
              &length);
  }
  if (is_drawing) take_whole(&block, smallest, ways, output);
  close_block(&block);
  return 1;
}
