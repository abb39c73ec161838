#ifndef WEBP_READER_PARTS_H
#define WEBP_READER_PARTS_H

#include "webp_library.h"
#include "webp_reader.h"

struct codec_webp_reader {
  const codec_webp_library *webp;
  codec_source *source;
  codec_limits limits;
  codec_webp_header header;
  codec_warnings warnings;
  WebPData file;
  WebPDemuxer *demuxer;
  WebPChunkIterator chunks[3];  // ICC, EXIF, XMP
  WebPAnimDecoder *animation;
  const uint8_t *canvas;  // of the animation, RGBA
  uint8_t *pixels;
  size_t next;  // row
  int tolerate, damaged, holds_more, started, threaded;
  int shown, time;  // frames so far, and when the last of them ends
};

/// Fails with what the status means.
int codec_webp_fail(VP8StatusCode status, codec_result *result);

/// Checks what decoding takes, before any of it is allocated.
int codec_webp_check(codec_webp_reader *reader, int64_t bytes_per_pixel, codec_result *result);

/// Finds out what a file of one picture holds.
int codec_webp_open_picture(codec_webp_reader *reader, codec_result *result);

/// Decodes that picture, before its first row is read.
int codec_webp_decode(codec_webp_reader *reader, codec_result *result);

/// Opens an animation, and shows the frames up to `page`, or the first of all.
int codec_webp_open_frame(codec_webp_reader *reader, int page, codec_result *result);

/// Decodes a frame; damage of later ones is borne by showing the one before.
int codec_webp_show_next(codec_webp_reader *reader, codec_result *result);

#endif
