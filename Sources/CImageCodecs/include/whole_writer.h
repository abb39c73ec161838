#ifndef WHOLE_WRITER_H
#define WHOLE_WRITER_H

#include "byte_sink.h"
#include "whole_reader.h"

/// A file being written: the picture is held, and compressed at the end.
typedef struct codec_whole_writer codec_whole_writer;

typedef struct {
  uint32_t width, height;
  /// Channels of the rows: 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.
  int channels;
  /// 1 or 2; of AVIF 1.
  int sample_bytes;
  int lossless;
  /// 1…100, of what is not lossless.
  int quality;
  /// How many threads may compress (≥ 1); the bytes do not depend on it.
  int threads;
  /// Of AVIF: numbers that give its colours (ITU-T H.273); 0 for those of sRGB.
  int primaries, transfer;
  codec_block icc, exif, xmp;
} codec_whole_layout;

/// - layout: blocks are copied. The caller keeps `sink`.
codec_whole_writer *codec_whole_writer_open(codec_whole_kind kind, codec_sink *sink,
                                            const codec_whole_layout *layout,
                                            codec_result *result);

/// Appends the next `count` rows.
int codec_whole_writer_write(codec_whole_writer *writer, const uint8_t *const *rows, size_t count,
                             codec_result *result);

/// Compresses the picture, completes the file and flushes the sink.
int codec_whole_writer_finish(codec_whole_writer *writer, codec_result *result);

void codec_whole_writer_close(codec_whole_writer *writer);

#endif
