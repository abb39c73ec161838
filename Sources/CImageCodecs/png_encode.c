#include <stdlib.h>
#include <string.h>

#include "compression.h"
#include "png_encode_parts.h"

// A part is deflated by itself, primed with the 32 KiB of filtered bytes before it, and ends with
// an empty stored block at a byte boundary: the parts in a row are one deflate stream, whoever
// made them. (As pigz and mtpng do.)
//
// At level 9, where libdeflate is there, parts are larger and know nothing of those before them. A picture of one
// part is one stream in one chunk: what joins parts would take 21 bytes, more than a per cent of an icon.

enum { WINDOW = 32 * 1024, PART = 512 * 1024, LARGE_PART = 4 * 1024 * 1024 };

static int is_smallest(const codec_png_layout *layout) {
  return layout->level == 9 && codec_deflate_is_there();
}

static size_t packed_row(const codec_png_layout *layout) {
  const size_t bits = (size_t)layout->channels * (size_t)layout->depth;
  return (bits * layout->width + 7) / 8;
}

size_t codec_png_filtered_row(const codec_png_layout *layout) { return packed_row(layout) + 1; }

size_t codec_png_context_rows(const codec_png_layout *layout) {
  if (is_smallest(layout)) return 1;
  const size_t row = codec_png_filtered_row(layout);
  // One more, for the filter of the topmost.
  return (WINDOW + row - 1) / row + 1;
}

size_t codec_png_band_rows(const codec_png_layout *layout) {
  const size_t row = codec_png_filtered_row(layout);
  const size_t rows = (is_smallest(layout) ? LARGE_PART : PART) / row;
  return rows < 1 ? 1 : rows;
}

void codec_png_pack(const codec_png_layout *layout, const uint8_t *row, uint8_t *packed) {
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
    output[0] = conv_png_none;
    memcpy(output + 1, row, bytes);
  } else if (layout->level == 0) {
    output[0] = conv_png_up;
    conv_current_table()->png.apply(conv_png_up, row, above, bytes, bits / 8, output + 1);
  } else {
    output[0] = (uint8_t)codec_filter_choose(row, above, bytes, bits / 8, output + 1);
  }
}

static void put32(uint8_t *bytes, uint32_t value) {
  for (int i = 0; i < 4; i++) bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

struct codec_png_scratch {
  codec_deflater *deflater;
  codec_smallest *smallest;  // in its place
  uint8_t *filtered;
  size_t filtered_capacity;
  uint8_t *pair;  // two rows of the file, each with margins
};

static size_t padded_row(const codec_png_layout *layout) {
  return CODEC_FILTER_MARGIN + codec_png_filtered_row(layout) + 32;
}

codec_png_scratch *codec_png_scratch_open(const codec_png_layout *layout) {
  codec_png_scratch *scratch = calloc(1, sizeof *scratch);
  if (scratch == NULL) return NULL;
  if (is_smallest(layout)) {
    scratch->smallest = codec_smallest_open();
  } else {
    scratch->deflater = codec_deflater_open(layout->level);
  }
  scratch->pair = malloc(2 * padded_row(layout));
  if ((scratch->deflater == NULL && scratch->smallest == NULL) || scratch->pair == NULL) {
    codec_png_scratch_close(scratch);
    return NULL;
  }
  return scratch;
}

void codec_png_scratch_close(codec_png_scratch *scratch) {
  if (scratch == NULL) return;
  codec_deflater_close(scratch->deflater);
  codec_smallest_close(scratch->smallest);
  free(scratch->filtered);
  free(scratch->pair);
  free(scratch);
}

/// Sees to it that a block of memory has room for `count` bytes; what it held is lost.
static int reserve(uint8_t **block, size_t *capacity, size_t count) {
  if (count <= *capacity) return 1;
  free(*block);
  *block = malloc(count);
  *capacity = *block == NULL ? 0 : count;
  return *block != NULL;
}

/// Filters the last `lines` of `lines + unfiltered` rows, one behind the other.
static void filter_rows(const codec_png_layout *layout, codec_png_scratch *scratch,
                        const uint8_t *const *rows, size_t unfiltered, size_t lines) {
  const size_t line = codec_png_filtered_row(layout), padded = padded_row(layout);
  memset(scratch->pair, 0, 2 * padded);
  uint8_t *row = scratch->pair + CODEC_FILTER_MARGIN, *above = row + padded;
  for (size_t i = 0; i < unfiltered + lines; i++) {
    codec_png_pack(layout, rows[i], row);
    if (i >= unfiltered) {
      filter_row(layout, row, above, scratch->filtered + (i - unfiltered) * line);
    }
    uint8_t *swap = row;
    row = above;
    above = swap;
  }
}

int codec_png_encode(const codec_png_layout *layout, codec_png_scratch *scratch,
                     const uint8_t *const *rows, size_t context, size_t count,
                     codec_png_part *part, codec_result *result) {
  const size_t line = codec_png_filtered_row(layout);
  const size_t most = codec_png_context_rows(layout);
  const size_t used = context < most ? context : most;
  // The topmost row of a full context is there only for the filter of the next.
  const size_t unfiltered = used == most ? 1 : 0;
  const size_t lines = used - unfiltered + count;
  // The frame of the chunk, zlib's header and its checksum come on top.
  if (!reserve(&scratch->filtered, &scratch->filtered_capacity, line * lines) ||
      !reserve(&part->bytes, &part->capacity, codec_deflate_bound(line * count) + 20)) {
    return codec_fail(result, CODEC_NO_MEMORY, "no memory to encode rows");
  }
  const uint8_t *const *from = rows + (context - used);
  if (scratch->smallest == NULL) {
    filter_rows(layout, scratch, from, unfiltered, lines);
  } else if (!codec_png_filter_smallest(layout, scratch->smallest, from, unfiltered, lines,
                                        scratch->filtered)) {
    return codec_fail(result, CODEC_NO_MEMORY, "no memory to filter rows");
  }
  const uint8_t *bytes = scratch->filtered + line * (lines - count);
  size_t primed = (size_t)(bytes - scratch->filtered);
  if (primed > WINDOW) primed = WINDOW;
  uint8_t *data = part->bytes + 8;
  size_t length = 0;
  if (context == 0) {
    // zlib's header: deflate with a window of 32 KiB; the first part carries it.
    data[0] = 0x78;
    data[1] = layout->level <= 3 ? 0x01 : layout->level <= 6 ? 0x9c : 0xda;
    length = 2;
  }
  part->adler = codec_adler32(1, bytes, line * count);
  part->filtered_count = line * count;
  part->is_whole = scratch->smallest != NULL && context == 0 && count == layout->height;
  const size_t deflated =
      part->is_whole ? codec_smallest_whole(scratch->smallest, bytes, line * count, layout->draft,
                                            data + length)
      : scratch->smallest != NULL
          ? codec_smallest_part(scratch->smallest, bytes, line * count, layout->draft, data + length)
          : codec_deflater_part(scratch->deflater, bytes - primed, primed, bytes, line * count,
                                data + length);
  if (deflated == 0) return codec_fail(result, CODEC_NO_MEMORY, "no memory to deflate rows");
  length += deflated;
  if (part->is_whole) {
    put32(data + length, part->adler);
    length += 4;
  }
  put32(part->bytes, (uint32_t)length);
  memcpy(part->bytes + 4, "IDAT", 4);
  put32(data + length, codec_crc32(0, part->bytes + 4, length + 4));
  part->count = length + 12;
  return CODEC_OK;
}

void codec_png_part_free(codec_png_part *part) {
  free(part->bytes);
  memset(part, 0, sizeof *part);
}
