#include <string.h>

#include "whole_parts.h"

#ifdef CONVFILTER_HAS_HEIF

#include "heif_library.h"

static uint64_t number_at(const uint8_t *bytes, int count) {
  uint64_t value = 0;
  for (int i = 0; i < count; i++) value = value << 8 | bytes[i];
  return value;
}

/// The most samples of a table of sizes (`stsz`, `stz2`) within boxes of these kinds.
static int64_t most_samples(const uint8_t *bytes, size_t count, const char *const *kinds) {
  int64_t most = 0;
  for (size_t at = 0; count - at >= 8;) {
    uint64_t size = number_at(bytes + at, 4);
    size_t head = 8;
    if (size == 1) {
      if (count - at < 16) break;
      size = number_at(bytes + at + 8, 8);
      head = 16;
    }
    // 0: up to the end.
    if (size == 0) size = count - at;
    if (size < head || size > count - at) break;
    const uint8_t *kind = bytes + at + 4, *content = bytes + at + head;
    const size_t left = (size_t)size - head;
    int64_t found = 0;
    if (*kinds == NULL) {
      const int is_table = memcmp(kind, "stsz", 4) == 0 || memcmp(kind, "stz2", 4) == 0;
      if (is_table && left >= 12) found = (int64_t)number_at(content + 8, 4);
    } else if (memcmp(kind, *kinds, 4) == 0) {
      found = most_samples(content, left, kinds + 1);
    }
    if (found > most) most = found;
    at += (size_t)size;
  }
  return most;
}

int64_t codec_heif_frames(const uint8_t *file, size_t count) {
  static const char *const kinds[] = {"moov", "trak", "mdia", "minf", "stbl", NULL};
  return most_samples(file, count, kinds);
}

#endif
