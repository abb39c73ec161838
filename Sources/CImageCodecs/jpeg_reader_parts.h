#ifndef JPEG_READER_PARTS_H
#define JPEG_READER_PARTS_H

// clang-format off
#include <stddef.h>
#include <stdio.h>
#include <jpeglib.h>
#include <jerror.h>
// clang-format on
#include <setjmp.h>

#include "jpeg_reader.h"

typedef struct {
  int marker;
  size_t start, count;
  int64_t offset;  // of the bytes in the file
} codec_jpeg_span;

struct codec_jpeg_reader {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr input;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  codec_result *result;
  codec_limits limits;
  codec_warnings warnings;
  codec_source *source;
  size_t held;  // bytes of the source that libjpeg is looking at
  int tolerate, keep_cmyk;
  int many_scans;  // so that the whole picture is decoded before its first row
  int header_done, started, finished, failed;
  int cut;           // the file has ended before EOI
  int height_absent; // the height is 0: it may stand behind the first scan
  int damaged;
  int holds_more;
  int64_t expected_from, expected_to;  // what stands there is no more than is known of
  int64_t blocks;
  size_t rows_done;  // of the current call
  codec_jpeg_header header;
  uint8_t *segments;
  size_t segments_count, segments_capacity;
  codec_jpeg_span *spans;
  size_t span_count, span_capacity;
  uint8_t *row;  // a CMYK row before it is turned into RGB
};

/// Fills the tables of functions that libjpeg calls.
void codec_jpeg_set_errors(codec_jpeg_reader *reader);
void codec_jpeg_set_input(codec_jpeg_reader *reader);

/// Has every APPn and COM segment kept, within the limit on metadata.
void codec_jpeg_keep_segments(codec_jpeg_reader *reader);

/// What libjpeg has found out, and whether the limits allow it; in the shadow of `escape`.
void codec_jpeg_take_header(codec_jpeg_reader *reader);

/// Where the next byte that libjpeg looks at stands in the file.
int64_t codec_jpeg_offset(const codec_jpeg_reader *reader);

/// Leaves the current call with `code`; never returns.
_Noreturn void codec_jpeg_escape(codec_jpeg_reader *reader, int code, const char *message);

/// Damage: a warning where it is tolerated, else leaves the current call.
void codec_jpeg_damage(codec_jpeg_reader *reader, int code, const char *message);

/// Reads a row of CMYK, and turns it into RGB unless CMYK is kept; in the shadow of `escape`.
void codec_jpeg_read_cmyk(codec_jpeg_reader *reader, uint8_t *row);

/// Writes the height that a DNL marker gives into the frame header; 0 when there is none.
int codec_jpeg_mend_height(codec_source *source, const codec_limits *limits);

#endif
