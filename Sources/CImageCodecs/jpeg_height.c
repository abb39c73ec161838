#include "jpeg_reader_parts.h"

// ITU-T T.81, B.2.5: a frame header may give no height; a DNL marker behind the first scan does.
// libjpeg knows nothing of it, so the height is written where libjpeg looks.

static size_t segment_length(const uint8_t *bytes) { return (size_t)bytes[0] << 8 | bytes[1]; }

static int is_frame(int marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

int codec_jpeg_mend_height(codec_source *source, const codec_limits *limits) {
  codec_result ignored = {0};
  if (codec_source_load(source, limits->decoder_bytes, &ignored) != CODEC_OK) return 0;
  size_t count, at = 2;
  uint8_t *bytes = codec_source_bytes(source, &count);
  uint8_t *height = NULL;
  while (at + 4 <= count) {
    if (bytes[at] != 0xff || bytes[at + 1] == 0xff) {
      at++;
      continue;
    }
    const int marker = bytes[at + 1];
    const size_t length = segment_length(bytes + at + 2);
    if (length < 2 || at + 2 + length > count) return 0;
    if (is_frame(marker) && length >= 8) height = bytes + at + 5;
    at += 2 + length;
    if (marker == 0xda) break;
  }
  // Behind the scan: zero bytes and restart markers belong to it.
  for (; height != NULL && at + 6 <= count; at++) {
    if (bytes[at] != 0xff || bytes[at + 1] == 0 || bytes[at + 1] == 0xff) continue;
    if (bytes[at + 1] >= 0xd0 && bytes[at + 1] <= 0xd7) continue;
    if (bytes[at + 1] != 0xdc || segment_length(bytes + at + 2) != 4) return 0;
    height[0] = bytes[at + 4];
    height[1] = bytes[at + 5];
    return height[0] != 0 || height[1] != 0;
  }
  return 0;
}
