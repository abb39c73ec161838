#ifndef JPEG_READER_H
#define JPEG_READER_H

#include "byte_source.h"

/// A JPEG file being read by libjpeg(-turbo): accurate integer DCT, triangle upsampling.
typedef struct codec_jpeg_reader codec_jpeg_reader;

/// How the file stores its colours.
typedef enum {
  CODEC_JPEG_GRAY = 1,
  CODEC_JPEG_RGB,
  CODEC_JPEG_YCC,
  CODEC_JPEG_CMYK,
  CODEC_JPEG_YCCK
} codec_jpeg_space;

typedef struct {
  uint32_t width, height;
  codec_jpeg_space space;
  /// Components in the file: 1, 3, 4.
  int components;
  /// Channels of a row that comes out: 1 gray, 3 RGB, 4 CMYK (amounts of ink).
  int channels;
  int progressive, arithmetic;
  /// Whether an Adobe marker says that CMYK is stored inverted.
  int has_adobe;
  int has_jfif;
  /// Units of blocks between restart markers, 0 where there are none.
  unsigned restart_interval;
  /// 0: only the ratio; 1: dots an inch; 2: dots a centimetre.
  int density_unit;
  int density_x, density_y;
  int sampling_h[4], sampling_v[4];
  /// Table of each component, and the tables (row by row) that exist: bit i of `tables_present`.
  int table_of[4];
  unsigned tables_present;
  uint16_t tables[4][64];
} codec_jpeg_header;

/// An APPn or COM segment.
typedef struct {
  /// 0xE0…0xEF or 0xFE.
  int marker;
  const uint8_t *bytes;
  size_t count;
} codec_jpeg_segment;

/// Reads up to the first scan, and checks the size against `limits`.
///
/// - source: owned by the reader from here on, also after a failure.
/// - tolerate: go on after damage with what the library makes of it.
/// - keep_cmyk: CMYK comes out as amounts of ink; else as RGB = (255 − ink) · (255 − K) / 255.
codec_jpeg_reader *codec_jpeg_reader_open(codec_source *source, const codec_limits *limits,
                                          int tolerate, int keep_cmyk, codec_result *result);

codec_jpeg_header codec_jpeg_reader_header(const codec_jpeg_reader *reader);

/// Lets the picture be decoded at one `denominator`th of its size, 2, 4 or 8, rounded up: the DCT's
/// low frequencies alone. Before the first row is read; the header then has the new size.
int codec_jpeg_reader_reduce(codec_jpeg_reader *reader, unsigned denominator, codec_result *result);

size_t codec_jpeg_reader_segment_count(const codec_jpeg_reader *reader);
codec_jpeg_segment codec_jpeg_reader_segment(const codec_jpeg_reader *reader, size_t index);

/// Where the bytes of a segment stand in the file.
int64_t codec_jpeg_reader_segment_offset(const codec_jpeg_reader *reader, size_t index);

/// Where the file goes on behind what has been read of it.
int64_t codec_jpeg_reader_offset(const codec_jpeg_reader *reader);

/// Bytes of the file; at most 0 where it cannot be read anywhere but where it is (pipes).
int64_t codec_jpeg_reader_file_length(const codec_jpeg_reader *reader);

/// Copies bytes from anywhere in the file; 0 where they are not all there.
int codec_jpeg_reader_copy(const codec_jpeg_reader *reader, int64_t offset, uint8_t *bytes,
                           size_t count);

/// Says that what stands from `from` to before `to` is known of: it is not more than the picture.
void codec_jpeg_reader_expect(codec_jpeg_reader *reader, int64_t from, int64_t to);

/// Whether something stands behind the end of the picture; known after the last row.
int codec_jpeg_reader_holds_more(const codec_jpeg_reader *reader);

const char *codec_jpeg_reader_warnings(const codec_jpeg_reader *reader);
int codec_jpeg_reader_is_damaged(const codec_jpeg_reader *reader);

/// Reads the next `count` rows to `base`, `base + pitch`, …
int codec_jpeg_reader_read(codec_jpeg_reader *reader, uint8_t *base, size_t pitch, size_t count,
                           codec_result *result);

void codec_jpeg_reader_close(codec_jpeg_reader *reader);

#endif
