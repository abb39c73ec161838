#ifndef BOXES_H
#define BOXES_H

#include <stddef.h>
#include <stdint.h>

/// A box of a file of the ISO base media format (ISO/IEC 14496-12, 4.2).
typedef struct {
  /// Four letters.
  const uint8_t *kind;
  const uint8_t *content;
  size_t count;
} codec_box;

/// Takes the box at `*at` and goes to the next; 0 where there is none, or where it is longer than what is there.
int codec_box_next(const uint8_t *bytes, size_t count, size_t *at, codec_box *box);

/// The first box of a kind; 0 where there is none.
int codec_box_find(const uint8_t *bytes, size_t count, const char *kind, codec_box *box);

/// A number of `count` bytes, the high one first.
uint64_t codec_box_number(const uint8_t *bytes, int count);

#endif
