#ifndef WEBP_READER_H
#define WEBP_READER_H

#include "byte_source.h"

/// Whether the program was built with libwebp.
int codec_has_webp(void);

/// The version of libwebp, 0xMMmmrr; 0 where it cannot be loaded.
int codec_webp_version(void);

/// A WebP file being read by libwebp: file and pixels are held in memory.
typedef struct codec_webp_reader codec_webp_reader;

typedef struct {
  uint32_t width, height;
  /// 3 RGB, 4 RGB and alpha.
  int channels;
  /// Whether the pixels are stored as they are.
  int lossless;
  /// Frames of the animation; 1 for a picture.
  int frames;
  /// How often they are shown, 0 for ever.
  int plays;
  /// How long this one is shown, in milliseconds.
  int duration;
  /// Bytes that decoding takes.
  int64_t memory;
  codec_block icc, exif, xmp;
} codec_webp_header;

/// Reads the file, and checks the size against `limits`; a frame of an animation is decoded.
///
/// - source: owned by the reader from here on, also after a failure.
/// - tolerate: go on after damage with what the library makes of it.
/// - page: which frame (≥ 1), shown with those that stay below it; 0 for the first, where the others follow
///   by `codec_webp_reader_next` and all have the same channels.
codec_webp_reader *codec_webp_reader_open(codec_source *source, const codec_limits *limits,
                                          int tolerate, int page, codec_result *result);

/// Whether the library may decode a still picture with a second thread: before the first row is read.
void codec_webp_reader_use_threads(codec_webp_reader *reader, int threaded);

codec_webp_header codec_webp_reader_header(const codec_webp_reader *reader);
const char *codec_webp_reader_warnings(const codec_webp_reader *reader);
int codec_webp_reader_is_damaged(const codec_webp_reader *reader);

/// Decodes the next frame; 0 where there is none, or where it cannot be decoded: `result` says so.
int codec_webp_reader_next(codec_webp_reader *reader, codec_result *result);

/// Whether something stands behind the end of the file's data.
int codec_webp_reader_holds_more(const codec_webp_reader *reader);

/// Reads the next `count` rows to `base`, `base + pitch`, …
int codec_webp_reader_read(codec_webp_reader *reader, uint8_t *base, size_t pitch, size_t count,
                           codec_result *result);

void codec_webp_reader_close(codec_webp_reader *reader);

#endif
