#include <stdlib.h>
#include <string.h>

#include "png_filter.h"
#include "png_reader_parts.h"

/// Inflates more bytes behind `raw_end`; there is room.
static int inflate_more(codec_png_reader *reader, codec_result *result) {
  while (!reader->stream_ended) {
    const uint8_t *bytes = NULL;
    size_t count = 0;
    codec_image_state image = codec_png_chunks_view(&reader->chunks, &bytes, &count);
    if (image == CODEC_IMAGE_BAD_CRC && !reader->tolerate) {
      return codec_fail(result, CODEC_DAMAGED, "IDAT: CRC error");
    }
    if (image == CODEC_IMAGE_BAD_CRC) {
      codec_warn(&reader->warnings, "IDAT: CRC error");
      reader->damaged = 1;
      continue;
    }
    if (image == CODEC_IMAGE_CUT) {
      const int error = codec_source_error(reader->chunks.source);
      if (error != 0) {
        result->system_error = error;
        return codec_fail(result, CODEC_READ_FAILED, "reading failed");
      }
      return codec_fail(result, CODEC_TRUNCATED, "the file ends in the picture's data");
    }
    if (image == CODEC_IMAGE_ENDED) {
      return codec_fail(result, CODEC_DAMAGED, "not enough image data");
    }
    const uint8_t *next = bytes;
    size_t left = count, room = reader->raw_capacity - reader->raw_end;
    uint8_t *output = reader->raw + reader->raw_end;
    const codec_inflate_state state =
        codec_inflater_run(reader->inflater, &next, &left, &output, &room);
    codec_png_chunks_take(&reader->chunks, bytes, count - left);
    reader->raw_end = (size_t)(output - reader->raw);
    if (state == CODEC_INFLATE_FAILED) {
      return codec_fail(result, CODEC_DAMAGED, "IDAT: %s",
                        codec_inflater_message(reader->inflater));
    }
    if (state == CODEC_INFLATE_ENDED) reader->stream_ended = 1;
    if (room == 0 || reader->stream_ended) return CODEC_OK;
  }
  return codec_fail(result, CODEC_DAMAGED, "not enough image data");
}

/// Sees to it that `bytes` inflated bytes lie in the window.
static int need(codec_png_reader *reader, size_t bytes, codec_result *result) {
  const size_t have = reader->raw_end - reader->raw_next;
  if (have >= bytes) return CODEC_OK;
  memmove(reader->raw, reader->raw + reader->raw_next, have);
  reader->raw_next = 0;
  reader->raw_end = have;
  while (reader->raw_end < bytes) {
    // What was inflated before a fault is still good for whole rows: the fault waits.
    if (reader->failure.code == CODEC_OK) inflate_more(reader, &reader->failure);
    if (reader->failure.code != CODEC_OK && reader->raw_end < bytes) {
      *result = reader->failure;
      return result->code;
    }
  }
  return CODEC_OK;
}

int codec_png_next_row(codec_png_reader *reader, size_t bytes, const uint8_t *above,
                       uint8_t *output, codec_result *result) {
  const int code = need(reader, bytes + 1, result);
  if (code != CODEC_OK) return code;
  const uint8_t *filtered = reader->raw + reader->raw_next;
  if (filtered[0] > conv_png_paeth) {
    return codec_fail(result, CODEC_DAMAGED, "bad adaptive filter value");
  }
  codec_filter_undo(filtered[0], filtered + 1, above, bytes, reader->bpp, output);
  reader->raw_next += bytes + 1;
  return CODEC_OK;
}

void codec_png_fill_gray(const codec_png_reader *reader, uint8_t *row, size_t pixels) {
  const int channels = reader->header.channels, size = reader->header.sample_bytes;
  for (size_t x = 0; x < pixels; x++) {
    for (int c = 0; c < channels; c++) {
      const int alpha = channels % 2 == 0 && c == channels - 1;
      memset(row, alpha ? 255 : 128, (size_t)size);
      row += size;
    }
  }
}

typedef struct {
  uint32_t x, y, x_step, y_step;
} pass;

static const pass passes[7] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                               {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};

int codec_png_read_interlaced(codec_png_reader *reader, codec_result *result) {
  const codec_png_header *header = &reader->header;
  const size_t pixel = (size_t)header->channels * (size_t)header->sample_bytes;
  const size_t pitch = pixel * header->width;
  const size_t bits = (size_t)png_get_channels(reader->png, reader->info) * (size_t)header->depth;
  reader->whole = malloc(pitch * header->height);
  uint8_t *row = malloc(2 * (pitch + 16 + (bits * header->width + 7) / 8));
  int code = CODEC_OK;
  if (reader->whole == NULL || row == NULL) {
    code = codec_fail(result, CODEC_NO_MEMORY, "no memory for an interlaced picture");
  } else if (reader->tolerate) {
    for (uint32_t y = 0; y < header->height; y++) {
      codec_png_fill_gray(reader, reader->whole + y * pitch, header->width);
    }
  }
  uint8_t *unfiltered = row == NULL ? NULL : row + pitch + 8;
  for (int p = 0; p < 7 && code == CODEC_OK; p++) {
    const pass it = passes[p];
    if (header->width <= it.x || header->height <= it.y) continue;
    const size_t width = (header->width - it.x + it.x_step - 1) / it.x_step;
    const size_t bytes = (width * bits + 7) / 8;
    memset(reader->above, 0, bytes);
    for (uint32_t y = it.y; y < header->height && code == CODEC_OK; y += it.y_step) {
      code = codec_png_next_row(reader, bytes, reader->above, unfiltered, result);
      if (code != CODEC_OK) break;
      memcpy(reader->above, unfiltered, bytes);
      codec_png_expand(&reader->expansion, unfiltered, width, row);
      uint8_t *target = reader->whole + y * pitch + it.x * pixel;
      for (size_t x = 0; x < width; x++, target += it.x_step * pixel) {
        memcpy(target, row + x * pixel, pixel);
      }
    }
  }
  free(row);
  return code;
}
