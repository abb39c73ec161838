#ifndef WHOLE_PARTS_H
#define WHOLE_PARTS_H

#include "whole_reader.h"
#include "whole_writer.h"

struct codec_whole_reader {
  codec_whole_kind kind;
  codec_source *source;
  codec_limits limits;
  codec_whole_header header;
  codec_warnings warnings, others;
  const uint8_t *file;
  size_t file_count;
  uint8_t *blocks[3];  // ICC, EXIF, XMP
  uint8_t *pixels;
  void *state;   // of the library
  void *runner;  // threads of the library, where it has none of its own
  int threads;
  int64_t *times;  // how long each frame is shown, in units of the header
  int64_t tick;    // such units to one of the file
  int upcoming;    // the page that comes next from the decoder that is kept
  size_t next;
  int page, tolerate, damaged, decoded;
};

struct codec_whole_writer {
  codec_whole_kind kind;
  codec_sink *sink;
  codec_whole_layout layout;
  uint8_t *blocks[3];
  uint8_t *pixels;
  size_t row_bytes, next;
};

/// Bytes of a row of the picture.
size_t codec_whole_row_bytes(const codec_whole_reader *reader);

/// Copies a row of RGB, with alpha or without, or of equal samples what gray has of it.
void codec_whole_copy_row(const codec_whole_reader *reader, const uint8_t *from, uint8_t *out);

/// Checks what decoding takes: `work` bytes a pixel beside the picture.
int codec_whole_check(codec_whole_reader *reader, int64_t work, codec_result *result);

/// Room for a block of metadata (0 ICC, 1 EXIF, 2 XMP), or NULL with the reason.
uint8_t *codec_whole_block(codec_whole_reader *reader, int index, size_t count,
                           codec_result *result);

/// Takes a block of EXIF that begins with the offset of what TIFF begins with, in 4 bytes.
void codec_whole_trim_exif(codec_whole_reader *reader);

/// Takes over colours that are given by numbers, where they are not those of sRGB.
void codec_whole_note_colors(codec_whole_reader *reader, int primaries, int transfer);

// Of each library: whether there is one, its version; reading what a file is, its pixels (into
// `reader->pixels`); forgetting it; and writing.
int codec_jxl_is_there(void);
int codec_jxl_version(void);
int codec_jxl_inspect(codec_whole_reader *reader, codec_result *result);
int codec_jxl_decode(codec_whole_reader *reader, codec_result *result);
void codec_jxl_forget(codec_whole_reader *reader);
int codec_jxl_write(codec_whole_writer *writer, codec_result *result);

int codec_heif_is_there(void);
int codec_heif_version(void);
int codec_heif_inspect(codec_whole_reader *reader, codec_result *result);
int codec_heif_decode(codec_whole_reader *reader, codec_result *result);
int codec_heif_next(codec_whole_reader *reader, codec_result *result);
void codec_heif_forget(codec_whole_reader *reader);
/// The most frames that a track of the file has, which libheif passes over; 0 where there is none.
///
/// - SeeAlso: ISO/IEC 14496-12, 8.1 to 8.7.
int64_t codec_heif_frames(const uint8_t *file, size_t count);
/// Names what stands in the file beside pictures and frames: content credentials, the video of a motion photo, boxes
/// of which nothing is known, and what is no box.
void codec_heif_note_boxes(codec_whole_reader *reader);
int codec_heif_write(codec_whole_writer *writer, codec_result *result);

int codec_avif_is_there(void);
int codec_avif_version(void);
int codec_avif_inspect(codec_whole_reader *reader, codec_result *result);
int codec_avif_decode(codec_whole_reader *reader, codec_result *result);
int codec_avif_next(codec_whole_reader *reader, codec_result *result);
void codec_avif_forget(codec_whole_reader *reader);

#endif
