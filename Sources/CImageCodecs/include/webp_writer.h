#ifndef WEBP_WRITER_H
#define WEBP_WRITER_H

#include "byte_sink.h"

/// A WebP file being written by libwebp: the picture is held (2 bytes a pixel, lossless 4) and
/// compressed at the end.
typedef struct codec_webp_writer codec_webp_writer;

typedef struct {
  uint32_t width, height;
  /// Channels of the rows, of 8 bits: 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.
  int channels;
  int lossless;
  /// 0…100, of what is not lossless.
  int quality;
  /// Whether the library may take a second thread; the bytes do not depend on it.
  int threaded;
  codec_block icc, exif, xmp;
} codec_webp_layout;

/// The longest side that the format holds.
enum { CODEC_WEBP_LONGEST_SIDE = 16383 };

/// - layout: blocks are copied. The caller keeps `sink`.
codec_webp_writer *codec_webp_writer_open(codec_sink *sink, const codec_webp_layout *layout,
                                          codec_result *result);

/// Appends the next `count` rows, an even number but for the last.
int codec_webp_writer_write(codec_webp_writer *writer, const uint8_t *const *rows, size_t count,
                            codec_result *result);

/// Compresses the picture, completes the file and flushes the sink.
int codec_webp_writer_finish(codec_webp_writer *writer, codec_result *result);

void codec_webp_writer_close(codec_webp_writer *writer);

#endif
