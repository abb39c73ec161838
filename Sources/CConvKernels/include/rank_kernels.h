// Micro-kernels of medians and other ranks: every instruction set gives the same results.
#ifndef CONV_RANK_KERNELS_H
#define CONV_RANK_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Some columns of one channel, each with counts of the samples of a window's rows: how many are not
// above a level, for 16 groups of 16 levels, and within each group for its 16 levels.
typedef struct {
  // Of a window; at most 65535 samples.
  size_t columns;
  // Samples between neighbouring columns of the channel.
  size_t step;
  // The result's place in the ascending order of a window, from 0.
  uint32_t rank;
  // Windows.
  size_t count;
  // Aligned to 32: [count + columns - 1][16], and [16][count + columns - 1][16].
  void *coarse;
  void *fine;
} conv_rank_strip;

// The samples of one window: how many there are of each level and of each 256 levels, and how many
// lie below a level.
typedef struct {
  uint32_t *fine;
  uint32_t *coarse;
  uint32_t less;
  uint32_t level;
} conv_rank_counts;

typedef struct {
  // Two rows of medians of 3x3 samples, which lie `step` apart in a row. `rows`: the four that they
  // see, then two that are fetched in the meantime. `past`: results go past the caches; both rows are
  // aligned alike then.
  void (*medians_3_u8)(const uint8_t *const *rows, size_t step, uint8_t *const *out, size_t count,
                       bool past);
  void (*medians_3_u16)(const uint16_t *const *rows, size_t step, uint16_t *const *out,
                        size_t count, bool past);

  // The columns of 5 rows in ascending order; whole vectors are written, up to 63 bytes more.
  void (*sort_columns_5_u8)(const uint8_t *const *rows, uint8_t *const *sorted, size_t count);
  void (*sort_columns_5_u16)(const uint16_t *const *rows, uint16_t *const *sorted, size_t count);

  // The medians of 5 neighbouring columns, `step` samples apart; reads up to 63 bytes more.
  // What is needed next is fetched from `ahead` in the meantime.
  void (*median_5_u8)(const uint8_t *const *sorted, size_t step, const uint8_t *ahead,
                      uint8_t *out, size_t count);
  void (*median_5_u16)(const uint16_t *const *sorted, size_t step, const uint16_t *ahead,
                       uint16_t *out, size_t count);

  // Adds a row to the counts of the columns and takes one out, if it is not NULL.
  void (*slide)(const conv_rank_strip *strip, const uint8_t *add, const uint8_t *take);
  // The results of one row of windows.
  void (*row)(const conv_rank_strip *strip, uint8_t *out);

  // The same for `wide` samples of a row and the counts of one window.
  void (*line_u8)(conv_rank_counts *counts, const uint8_t *add, const uint8_t *take, size_t wide,
                  size_t step);
  void (*line_u16)(conv_rank_counts *counts, const uint16_t *add, const uint16_t *take,
                   size_t wide, size_t step);
  // The results of `count` windows, from the first to the last, or back; the counts are those of the window
  // at which it starts, and become those of the last. `left` and `right`: the first and the last sample of
  // each run of members in a row, of the first window.
  void (*walk_u8)(conv_rank_counts *counts, const uint8_t *const *left,
                  const uint8_t *const *right, size_t runs, size_t step, bool back, uint32_t rank,
                  uint8_t *out, size_t count);
  void (*walk_u16)(conv_rank_counts *counts, const uint16_t *const *left,
                   const uint16_t *const *right, size_t runs, size_t step, bool back,
                   uint32_t rank, uint16_t *out, size_t count);
} conv_rank_table;

#endif
