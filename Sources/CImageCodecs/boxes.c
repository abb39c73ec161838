#include "boxes.h"

#include <string.h>

uint64_t codec_box_number(const uint8_t *bytes, int count) {
  uint64_t value = 0;
  for (int i = 0; i < count; i++) value = value << 8 | bytes[i];
  return value;
}

int codec_box_next(const uint8_t *bytes, size_t count, size_t *at, codec_box *box) {
  const size_t left = count - *at;
  if (left < 8) return 0;
  const uint8_t *start = bytes + *at;
  uint64_t size = codec_box_number(start, 4);
  size_t head = 8;
  if (size == 1) {
    if (left < 16) return 0;
    size = codec_box_number(start + 8, 8);
    head = 16;
  }
  // 0: up to the end.
  if (size == 0) size = left;
  // Zeros that fill a block are no box.
  if (size < head || size > left || codec_box_number(start + 4, 4) == 0) return 0;
  *box = (codec_box){start + 4, start + head, (size_t)size - head};
  *at += (size_t)size;
  return 1;
}

int codec_box_find(const uint8_t *bytes, size_t count, const char *kind, codec_box *box) {
  for (size_t at = 0; codec_box_next(bytes, count, &at, box);) {
    if (memcmp(box->kind, kind, 4) == 0) return 1;
  }
  return 0;
}
