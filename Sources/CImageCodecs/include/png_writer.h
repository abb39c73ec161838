#ifndef PNG_WRITER_H
#define PNG_WRITER_H

#include "byte_sink.h"
#include "png_reader.h"

// A PNG file is written in three parts: the header (libpng), bands of rows that are encoded in any
// order and on any thread, and their appending in order.

typedef struct {
  uint32_t width, height;
  /// Bits a sample in the file. Below 8: gray, from 8-bit samples, of which the top bits are kept.
  int depth;
  /// 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA.
  int channels;
  /// 0 (fastest) to 9 (smallest).
  int level;
  /// Of level 9: whether only the size is to be known, about.
  int draft;
} codec_png_layout;

/// Rows, encoded: a whole IDAT chunk.
typedef struct {
  uint8_t *bytes;
  size_t count, capacity;
  /// Adler-32 and number of the filtered bytes.
  uint32_t adler;
  size_t filtered_count;
  /// Whether this is all of the picture, and ends its stream.
  int is_whole;
} codec_png_part;

/// Memory for encoding, to be used again and again, by one thread at a time.
typedef struct codec_png_scratch codec_png_scratch;

/// NULL: no memory.
codec_png_scratch *codec_png_scratch_open(const codec_png_layout *layout);
void codec_png_scratch_close(codec_png_scratch *scratch);

/// Filtered bytes in a row, the one that names the filter included.
size_t codec_png_filtered_row(const codec_png_layout *layout);

/// Rows above a band that `codec_png_encode` looks at.
size_t codec_png_context_rows(const codec_png_layout *layout);

/// Rows in a band that suit the compressor.
size_t codec_png_band_rows(const codec_png_layout *layout);

/// Filters and deflates `count` rows.
///
/// - rows: `context + count` pointers to rows; the first `context` (all that there are above, up
///   to `codec_png_context_rows`) prime the compressor.
/// - part: zeros at first; its memory may be used again, and is the caller's to free.
int codec_png_encode(const codec_png_layout *layout, codec_png_scratch *scratch,
                     const uint8_t *const *rows, size_t context, size_t count,
                     codec_png_part *part, codec_result *result);

void codec_png_part_free(codec_png_part *part);

typedef struct codec_png_writer codec_png_writer;

/// Writes everything that stands before the rows. The caller keeps `sink`.
codec_png_writer *codec_png_writer_open(codec_sink *sink, const codec_png_layout *layout,
                                        const codec_png_metadata *metadata,
                                        codec_result *result);

/// Metadata that libpng refused, one line each.
const char *codec_png_writer_warnings(const codec_png_writer *writer);

/// Appends the part of the next rows.
int codec_png_writer_append(codec_png_writer *writer, const codec_png_part *part,
                            codec_result *result);

/// Writes what ends the rows; chunks may follow, but no more parts.
int codec_png_writer_end_rows(codec_png_writer *writer, codec_result *result);

/// Writes a chunk behind the rows.
int codec_png_writer_chunk(codec_png_writer *writer, const codec_png_chunk *chunk,
                           codec_result *result);

/// Completes the file and flushes the sink.
int codec_png_writer_finish(codec_png_writer *writer, codec_result *result);

void codec_png_writer_close(codec_png_writer *writer);

#endif
