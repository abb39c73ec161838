#include <stdlib.h>
#include <string.h>

#include "compression.h"
#include "png_filter.h"
#include "png_writer.h"

// A part is deflated by itself, primed with the 32 KiB of filtered bytes before it, and ends with
// an empty stored block at a byte boundary: the parts in a row are one deflate stream, whoever
// made them. (As pigz and mtpng do.)

enum { WINDOW = 32 * 1024, PART = 512 * 1024 };

static size_t packed_row(const codec_png_layout *layout) {
  const size_t bits = (size_t)layout->channels * (size_t)layout->depth;
  return (bits * layout->width + 7) / 8;
}

size_t codec_png_filtered_row(const codec_png_layout *layout) { return packed_row(layout) + 1; }

size_t codec_png_context_rows(const codec_png_layout *layout) {
  const size_t row = codec_png_filtered_row(layout);
  // One more, for the filter of the topmost.
  return (WINDOW + row - 1) / row + 1;
}

size_t codec_png_band_rows(const codec_png_layout *layout) {
  const size_t row = codec_png_filtered_row(layout), rows = PART / row;
  return rows < 1 ? 1 : rows;
}

/// Turns a row of samples into a row of the file.
static void pack(const codec_png_layout *layout, const uint8_t *row, uint8_t *packed) {
  const size_t samples = (size_t)layout->width * (size_t)layout->channels;
  if (layout->depth == 8) {
    memcpy(packed, row, samples);
  } else if (layout->depth == 16) {
    for (size_t i = 0; i < samples; i++) {
      uint16_t value;
      memcpy(&value, row + 2 * i, 2);
      packed[2 * i] = (uint8_t)(value >> 8);
      packed[2 * i + 1] = (uint8_t)value;
    }
  } else {
    const size_t depth = (size_t)layout->depth;
    memset(packed, 0, packed_row(layout));
    for (size_t i = 0; i < samples; i++) {
      const unsigned value = row[i] >> (8 - depth);
      packed[i * depth / 8] |= (uint8_t)(value << (8 - depth - i * depth % 8));
    }
  }
}

/// Filters one row to `output`, the number of the filter first.
static void filter_row(const codec_png_layout *layout, const uint8_t *row, const uint8_t *above,
                       uint8_t *output) {
  const size_t bytes = packed_row(layout);
  const size_t bits = (size_t)layout->channels * (size_t)layout->depth;
  if (layout->depth < 8) {
    // Packed samples have little to do with the bytes beside them.
    output[0] = CODEC_FILTER_NONE;
    memcpy(output + 1, row, bytes);
  } else if (layout->level == 0) {
    output[0] = CODEC_FILTER_UP;
    codec_filter_apply(CODEC_FILTER_UP, row, above, bytes, bits / 8, output + 1);
  } else {
    output[0] = (uint8_t)codec_filter_choose(row, above, bytes, bits / 8, output + 1);
  }
}

static void put32(uint8_t *bytes, uint32_t value) {
  for (int i = 0; i < 4; i++) bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

int codec_png_encode(const codec_png_layout *layout, const uint8_t *const *rows, size_t context,
                     size_t count, codec_png_part *part, codec_result *result) {
  const size_t line = codec_png_filtered_row(layout);
  const size_t margin = CODEC_FILTER_MARGIN, padded = margin + line + 32;
  const size_t most = codec_png_context_rows(layout);
  const size_t used = context < most ? context : most;
  // The topmost row of a full context is there only for the filter of the next.
  const size_t unfiltered = used == most ? 1 : 0;
  const size_t lines = used - unfiltered + count;
  const size_t bound = codec_deflate_bound(line * count) + 16;
  uint8_t *filtered = malloc(line * lines);
  uint8_t *pair = calloc(2, padded);
  uint8_t *output = malloc(bound);
  memset(part, 0, sizeof *part);
  if (filtered == NULL || pair == NULL || output == NULL) {
    free(filtered);
    free(pair);
    free(output);
    return codec_fail(result, CODEC_NO_MEMORY, "no memory to encode rows");
  }
  uint8_t *row = pair + margin, *above = pair + padded + margin;
  uint8_t *next = filtered;
  for (size_t i = context - used; i < context + count; i++) {
    pack(layout, rows[i], row);
    if (i >= context - used + unfiltered) {
      filter_row(layout, row, above, next);
      next += line;
    }
    uint8_t *swap = row;
    row = above;
    above = swap;
  }
  const uint8_t *bytes = filtered + line * (lines - count);
  size_t primed = (size_t)(bytes - filtered);
  if (primed > WINDOW) primed = WINDOW;
  uint8_t *data = output + 8;
  size_t length = 0;
  if (context == 0) {
    // zlib's header: deflate with a window of 32 KiB; the first part carries it.
    data[0] = 0x78;
    data[1] = layout->level <= 3 ? 0x01 : layout->level <= 6 ? 0x9c : 0xda;
    length = 2;
  }
  const size_t deflated = codec_deflate_part(layout->level, bytes - primed, primed, bytes,
                                             line * count, data + length);
  length += deflated;
  put32(output, (uint32_t)length);
  memcpy(output + 4, "IDAT", 4);
  put32(data + length, codec_crc32(0, output + 4, length + 4));
  part->bytes = output;
  part->count = length + 12;
  part->adler = codec_adler32(1, bytes, line * count);
  part->filtered_count = line * count;
  free(filtered);
  free(pair);
  if (deflated == 0) {
    codec_png_part_free(part);
    return codec_fail(result, CODEC_NO_MEMORY, "no memory to deflate rows");
  }
  return CODEC_OK;
}

void codec_png_part_free(codec_png_part *part) {
  free(part->bytes);
  part->bytes = NULL;
}
