#include <string.h>

#include "png_reader_parts.h"

static uint32_t big_endian(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int is_image(const uint8_t header[8]) { return memcmp(header + 4, "IDAT", 4) == 0; }

static void queue(codec_png_chunks *chunks, const uint8_t *bytes, size_t count) {
  memcpy(chunks->queued, bytes, count);
  chunks->queued_count = count;
  chunks->queued_next = 0;
}

/// Queues the header of the next chunk; 0 when the file ends before.
static int next_header(codec_png_chunks *chunks) {
  uint8_t header[8];
  if (codec_source_read(chunks->source, header, 8) < 8) return 0;
  if (is_image(header) && !chunks->saw_image) {
    static const uint8_t empty[12] = {0, 0, 0, 0, 'I', 'D', 'A', 'T', 0x35, 0xaf, 0x06, 0x1e};
    chunks->saw_image = 1;
    chunks->image_left = big_endian(header);
    chunks->image_crc = codec_crc32(0, header + 4, 4);
    queue(chunks, empty, 12);
    chunks->left = 12;
    return 1;
  }
  queue(chunks, header, 8);
  chunks->left = 8 + (uint64_t)big_endian(header) + 4;
  return 1;
}

int codec_png_chunks_read(codec_png_chunks *chunks, uint8_t *bytes, size_t count) {
  if (!chunks->signature_done) {
    chunks->signature_done = 1;
    return codec_source_read(chunks->source, bytes, count) == count;
  }
  while (count > 0) {
    if (chunks->left == 0 && !next_header(chunks)) return 0;
    size_t part = chunks->left < count ? (size_t)chunks->left : count;
    const size_t queued = chunks->queued_count - chunks->queued_next;
    if (queued > 0) {
      if (part > queued) part = queued;
      memcpy(bytes, chunks->queued + chunks->queued_next, part);
      chunks->queued_next += part;
    } else if (codec_source_read(chunks->source, bytes, part) < part) {
      return 0;
    }
    chunks->left -= part;
    bytes += part;
    count -= part;
  }
  return 1;
}

codec_image_state codec_png_chunks_view(codec_png_chunks *chunks, const uint8_t **bytes,
                                        size_t *count) {
  while (!chunks->image_ended && chunks->image_left == 0) {
    uint8_t trailer[12];
    const size_t read = codec_source_read(chunks->source, trailer, 12);
    if (read < 4) return CODEC_IMAGE_CUT;
    const int good = big_endian(trailer) == chunks->image_crc;
    if (read < 12) {
      // libpng reads the next header before it looks at the row: the file ends early either way.
      chunks->image_ended = 1;
      return good ? CODEC_IMAGE_CUT : CODEC_IMAGE_BAD_CRC;
    }
    if (is_image(trailer + 4)) {
      chunks->image_left = big_endian(trailer + 4);
      chunks->image_crc = codec_crc32(0, trailer + 8, 4);
      if (chunks->image_left > 0x7fffffff) return CODEC_IMAGE_CUT;
    } else {
      queue(chunks, trailer + 4, 8);
      chunks->left = 8 + (uint64_t)big_endian(trailer + 4) + 4;
      chunks->image_ended = 1;
    }
    if (!good) return CODEC_IMAGE_BAD_CRC;
  }
  if (chunks->image_ended) return CODEC_IMAGE_ENDED;
  *count = codec_source_view(chunks->source, bytes);
  if (*count == 0) return CODEC_IMAGE_CUT;
  if (*count > chunks->image_left) *count = chunks->image_left;
  return CODEC_IMAGE_DATA;
}

void codec_png_chunks_take(codec_png_chunks *chunks, const uint8_t *bytes, size_t count) {
  chunks->image_crc = codec_crc32(chunks->image_crc, bytes, count);
  chunks->image_left -= (uint32_t)count;
  codec_source_skip(chunks->source, count);
}
