#include <string.h>

#include "boxes.h"
#include "whole_parts.h"

/// The most samples of a table of sizes (`stsz`, `stz2`) within boxes of these kinds.
static int64_t most_samples(const uint8_t *bytes, size_t count, const char *const *kinds) {
  int64_t most = 0;
  codec_box box;
  for (size_t at = 0; codec_box_next(bytes, count, &at, &box);) {
    int64_t found = 0;
    if (*kinds == NULL) {
      const int is_table = memcmp(box.kind, "stsz", 4) == 0 || memcmp(box.kind, "stz2", 4) == 0;
      if (is_table && box.count >= 12) found = (int64_t)codec_box_number(box.content + 8, 4);
    } else if (memcmp(box.kind, *kinds, 4) == 0) {
      found = most_samples(box.content, box.count, kinds + 1);
    }
    if (found > most) most = found;
  }
  return most;
}

int64_t codec_heif_frames(const uint8_t *file, size_t count) {
  static const char *const kinds[] = {"moov", "trak", "mdia", "minf", "stbl", NULL};
  return most_samples(file, count, kinds);
}
