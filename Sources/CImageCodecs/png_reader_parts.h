#ifndef PNG_READER_PARTS_H
#define PNG_READER_PARTS_H

#include <png.h>
#include <setjmp.h>

#include "compression.h"
#include "png_reader.h"

/// The chunks of the file as they go by.
///
/// libpng asks for them through `codec_png_chunks_read`. In place of the first IDAT it is given an
/// empty one; the real ones are taken out here, and behind them libpng goes on.
typedef struct {
  codec_source *source;
  /// Bytes of the current chunk, checksum included, that libpng has still to take.
  uint64_t left;
  uint8_t queued[12];
  size_t queued_count, queued_next;
  int signature_done;
  int saw_image;
  /// Data of the current IDAT still to come, and the checksum of what came.
  uint32_t image_left, image_crc;
  /// Whether the last IDAT has been passed.
  int image_ended;
} codec_png_chunks;

/// Copies `count` bytes of the file as libpng shall see it; 0 when the file ends before.
int codec_png_chunks_read(codec_png_chunks *chunks, uint8_t *bytes, size_t count);

/// What the IDAT chunks have next.
typedef enum {
  CODEC_IMAGE_DATA,
  CODEC_IMAGE_ENDED,
  CODEC_IMAGE_CUT,
  CODEC_IMAGE_BAD_CRC
} codec_image_state;

/// Shows the next data of the IDAT chunks; `codec_png_chunks_take` passes over them.
codec_image_state codec_png_chunks_view(codec_png_chunks *chunks, const uint8_t **bytes,
                                        size_t *count);
void codec_png_chunks_take(codec_png_chunks *chunks, const uint8_t *bytes, size_t count);

/// How a row of the file becomes a row that comes out.
typedef struct {
  int depth, color_type;
  int has_transparent;  // gray and RGB: one colour is transparent
  uint16_t transparent[3];
  uint8_t palette[256][4];
  int palette_count;
  int channels, sample_bytes;
} codec_png_expansion;

/// Whether rows come out as they are in the file.
int codec_png_expansion_is_plain(const codec_png_expansion *expansion);

/// Expands `width` pixels.
void codec_png_expand(const codec_png_expansion *expansion, const uint8_t *packed, size_t width,
                      uint8_t *output);

struct codec_png_reader {
  png_structp png;
  png_infop info;
  jmp_buf escape;
  codec_result *result;
  codec_limits limits;
  codec_warnings warnings;
  int64_t allocated;
  int64_t budget;
  int tolerate;

  codec_png_chunks chunks;
  codec_png_header header;
  codec_png_expansion expansion;
  codec_png_text *texts;
  codec_png_chunk *extra;
  size_t extra_count;
  uint32_t frames;         // that acTL promises
  int picture_is_a_frame;  // an fcTL stands before IDAT
  int holds_more;

  codec_inflater *inflater;
  int stream_ended;
  codec_result failure;  // of the stream, once it has failed
  uint8_t *raw;  // inflated bytes: a window that rows are cut from
  size_t raw_next, raw_end, raw_capacity;
  uint8_t *above;  // the row before, unfiltered
  size_t bpp;
  uint32_t next_row;
  int damaged;
  int finished;
  uint8_t *whole;  // of an interlaced picture
};

/// Reads the chunks before the rows, and those behind them.
int codec_png_library_open(codec_png_reader *reader, codec_result *result);
int codec_png_library_end(codec_png_reader *reader, codec_result *result);

/// Unfilters the next row of `bytes` bytes to `output`; `above` is the row before or zeros.
int codec_png_next_row(codec_png_reader *reader, size_t bytes, const uint8_t *above,
                       uint8_t *output, codec_result *result);

/// Reads all passes of an interlaced picture into `whole`.
int codec_png_read_interlaced(codec_png_reader *reader, codec_result *result);

/// Fills `count` bytes of a row with middle gray, opaque.
void codec_png_fill_gray(const codec_png_reader *reader, uint8_t *row, size_t pixels);

#endif
