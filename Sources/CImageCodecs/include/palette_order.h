#ifndef PALETTE_ORDER_H
#define PALETTE_ORDER_H

#include <stddef.h>
#include <stdint.h>

// The numbers of colours are free. Where colours that are beside each other have numbers that are, and the most
// frequent is 0, drawings deflate to less than where they go from dark to light.

enum { CODEC_PALETTE_MOST = 256 };

/// Counts which numbers stand beside and below which.
///
/// - matrix: `CODEC_PALETTE_MOST` squared, how often two are neighbours, the same both ways round.
/// - above: the row above, NULL for none.
void codec_palette_count(uint32_t *matrix, const uint8_t *row, const uint8_t *above, size_t width);

/// Puts the numbers below `count` in an order: at one end or the other of those that are (Zeng, Li and Lei 2000, as
/// Pinho and Neves changed it in 2004), then from the most frequent on and around, so that zeros are frequent.
void codec_palette_order(const uint32_t *matrix, int count, uint8_t *order);

#endif
