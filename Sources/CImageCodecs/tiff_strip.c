#include "tiff_strip.h"

#include <stdlib.h>
#include <string.h>

#include "compression.h"
#include "smallest_deflate.h"
#include "tiff_strip_parts.h"

int codec_tiff_has_differences(const codec_tiff_layout *layout) {
  return layout->compression != 1 && layout->sample_bytes <= 2 &&
         layout->bits == 8 * layout->sample_bytes && !layout->palette;
}

static size_t packed_row(const codec_tiff_layout *layout) {
  return (layout->width * (size_t)layout->channels * (size_t)layout->bits + 7) / 8;
}

/// A row with the upper bits of each sample, the high one first.
static void pack_bits(const codec_tiff_layout *layout, const uint8_t *row, size_t samples,
                      uint8_t *out) {
  const int bits = layout->bits;
  unsigned held = 0;
  int count = 0;
  for (size_t i = 0; i < samples; i++) {
    uint16_t sample = row[i];
    if (layout->sample_bytes == 2) memcpy(&sample, row + 2 * i, 2);
    held = held << bits | (unsigned)sample >> (8 * layout->sample_bytes - bits);
    for (count += bits; count >= 8;) {
      count -= 8;
      *out++ = (uint8_t)(held >> count);
    }
  }
  if (count > 0) *out = (uint8_t)(held << (8 - count));
}

/// A row with the low byte of each sample first, and as differences where they are wanted.
static void pack(const codec_tiff_layout *layout, const uint8_t *row, uint8_t *out) {
  const size_t channels = (size_t)layout->channels;
  const size_t samples = layout->width * channels;
  if (layout->bits < 8 * layout->sample_bytes) {
    pack_bits(layout, row, samples, out);
    return;
  }
  if (layout->sample_bytes == 1) {
    if (!codec_tiff_has_differences(layout)) {
      memcpy(out, row, samples);
      return;
    }
    memcpy(out, row, channels);
    for (size_t i = channels; i < samples; i++) out[i] = (uint8_t)(row[i] - row[i - channels]);
    return;
  }
  for (size_t i = 0; i < samples; i++) {
    if (layout->sample_bytes == 4) {
      uint32_t sample;
      memcpy(&sample, row + 4 * i, 4);
      for (int b = 0; b < 4; b++) out[4 * i + (size_t)b] = (uint8_t)(sample >> (8 * b));
      continue;
    }
    uint16_t sample, before = 0;
    memcpy(&sample, row + 2 * i, 2);
    if (codec_tiff_has_differences(layout) && i >= channels) {
      memcpy(&before, row + 2 * (i - channels), 2);
    }
    sample = (uint16_t)(sample - before);
    out[2 * i] = (uint8_t)sample;
    out[2 * i + 1] = (uint8_t)(sample >> 8);
  }
}

/// Bits, the high one of each code first.
typedef struct {
  uint8_t *bytes;
  size_t count;
  uint32_t bits;
  int bit_count;
} bit_writer;

static void put(bit_writer *writer, unsigned code, int width) {
  writer->bits = writer->bits << width | code;
  writer->bit_count += width;
  while (writer->bit_count >= 8) {
    writer->bit_count -= 8;
    writer->bytes[writer->count++] = (uint8_t)(writer->bits >> writer->bit_count);
  }
}

enum { CLEAR = 256, END = 257, FIRST = 258, LAST = 4094, SLOTS = 16384 };

/// LZW as TIFF has it (TIFF 6.0, section 13): codes grow one code early.
///
/// - out: room for a code of 12 bits for each byte, and 16 bytes more.
static int compress_lzw(const uint8_t *bytes, size_t count, uint8_t *out, size_t *length) {
  // Of each pair of a code and a byte: the pair, and its own code.
  struct slot { uint32_t pair; uint16_t code; } *slots = malloc(SLOTS * sizeof *slots);
  if (slots == NULL) return 0;
  memset(slots, 0xff, SLOTS * sizeof *slots);
  bit_writer writer = {.bytes = out};
  int width = 9;
  unsigned next = FIRST, code = bytes[0];
  put(&writer, CLEAR, width);
  for (size_t i = 1; i < count; i++) {
    const uint32_t pair = code << 8 | bytes[i];
    size_t slot = (pair * 2654435761u) >> 18;
    while (slots[slot].pair != UINT32_MAX && slots[slot].pair != pair) slot = (slot + 1) % SLOTS;
    if (slots[slot].pair == pair) {
      code = slots[slot].code;
      continue;
    }
    put(&writer, code, width);
    code = bytes[i];
    slots[slot] = (struct slot){pair, (uint16_t)next};
    next++;
    if (next == LAST) {
      put(&writer, CLEAR, width);
      memset(slots, 0xff, SLOTS * sizeof *slots);
      next = FIRST;
      width = 9;
    } else if (next == 1u << width) {
      width++;
    }
  }
  put(&writer, code, width);
  next++;
  if (next == LAST) {
    put(&writer, CLEAR, width);
    width = 9;
  } else if (next == 1u << width) {
    width++;
  }
  put(&writer, END, width);
  if (writer.bit_count > 0) put(&writer, 0, 8 - writer.bit_count);
  *length = writer.count;
  free(slots);
  return 1;
}

/// A zlib stream of its own.
static int compress_deflate(const codec_tiff_layout *layout, const uint8_t *bytes, size_t count,
                            uint8_t *out, size_t *length) {
  codec_smallest *smallest = layout->level == 9 ? codec_smallest_open() : NULL;
  codec_deflater *deflater = smallest == NULL ? codec_deflater_open(layout->level) : NULL;
  if (smallest == NULL && deflater == NULL) return 0;
  out[0] = 0x78;
  out[1] = layout->level <= 3 ? 0x01 : layout->level <= 6 ? 0x9c : 0xda;
  const size_t deflated = smallest != NULL
                              ? codec_smallest_part(smallest, bytes, count, 0, out + 2)
                              : codec_deflater_part(deflater, bytes, 0, bytes, count, out + 2);
  codec_deflater_close(deflater);
  codec_smallest_close(smallest);
  uint8_t *end = out + 2 + deflated;
  // An empty block that is the last.
  end[0] = 3;
  end[1] = 0;
  const uint32_t adler = codec_adler32(1, bytes, count);
  for (int b = 0; b < 4; b++) end[2 + b] = (uint8_t)(adler >> (24 - 8 * b));
  *length = deflated + 8;
  return deflated > 0;
}

int codec_tiff_strip_encode(const codec_tiff_layout *layout, const uint8_t *const *rows,
                            size_t count, codec_block *strip, codec_result *result) {
  const size_t row = packed_row(layout);
  const size_t bytes = row * count;
  uint8_t *packed = malloc(bytes);
  if (packed == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory to encode rows");
  for (size_t i = 0; i < count; i++) pack(layout, rows[i], packed + i * row);
  if (layout->compression == 1) {
    *strip = (codec_block){packed, bytes};
    return CODEC_OK;
  }
  if (layout->compression == CODEC_TIFF_ZSTD) {
    uint8_t *out = NULL;
    size_t length = 0;
    codec_tiff_compress_zstd(packed, bytes, layout->level, &out, &length, result);
    free(packed);
    if (result->code == CODEC_OK) *strip = (codec_block){out, length};
    return result->code;
  }
  const size_t bound =
      layout->compression == 5 ? bytes + bytes / 2 + 64 : codec_deflate_bound(bytes) + 16;
  uint8_t *out = malloc(bound);
  size_t length = 0;
  const int done = out != NULL && (layout->compression == 5
                                       ? compress_lzw(packed, bytes, out, &length)
                                       : compress_deflate(layout, packed, bytes, out, &length));
  free(packed);
  if (!done) {
    free(out);
    return codec_fail(result, CODEC_NO_MEMORY, "no memory to encode rows");
  }
  *strip = (codec_block){out, length};
  return CODEC_OK;
}

void codec_tiff_strip_free(codec_block *strip) {
  free((void *)(uintptr_t)strip->bytes);
  *strip = (codec_block){NULL, 0};
}
