#ifndef JPEG_WRITER_H
#define JPEG_WRITER_H

#include "byte_sink.h"
#include "jpeg_reader.h"

/// A JPEG file being written by libjpeg(-turbo): accurate integer DCT.
typedef struct codec_jpeg_writer codec_jpeg_writer;

typedef struct {
  uint32_t width, height;
  /// Channels of the rows: 1 gray, 3 RGB, 4 CMYK (amounts of ink; stored inverted, as Adobe does).
  int channels;
  codec_jpeg_space space;
  int progressive;
  /// Sampling factors of each component, 1…4.
  int sampling_h[4], sampling_v[4];
  /// 1…100; used where no tables are given.
  int quality;
  /// Tables to use instead: bit i of `tables_present`, row by row, and the table of each component.
  unsigned tables_present;
  uint16_t tables[4][64];
  int table_of[4];
  /// Restart markers every so many units of blocks, or rows of them; 0 for none.
  unsigned restart_interval;
  int restart_rows;
  /// 0: only the ratio; 1: dots an inch; 2: dots a centimetre.
  int density_unit;
  int density_x, density_y;
} codec_jpeg_layout;

/// Writes the header and `segments`. The caller keeps `sink`.
codec_jpeg_writer *codec_jpeg_writer_open(codec_sink *sink, const codec_jpeg_layout *layout,
                                          const codec_jpeg_segment *segments,
                                          size_t segment_count, codec_result *result);

/// Writes one more segment; before the first row.
int codec_jpeg_writer_segment(codec_jpeg_writer *writer, codec_jpeg_segment segment,
                              codec_result *result);

/// Bytes of the file so far.
int64_t codec_jpeg_writer_offset(const codec_jpeg_writer *writer);

/// Appends the next `count` rows.
int codec_jpeg_writer_write(codec_jpeg_writer *writer, const uint8_t *const *rows, size_t count,
                            codec_result *result);

/// Completes the file and flushes the sink.
int codec_jpeg_writer_finish(codec_jpeg_writer *writer, codec_result *result);

void codec_jpeg_writer_close(codec_jpeg_writer *writer);

#endif
