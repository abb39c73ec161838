#ifndef WHOLE_READER_H
#define WHOLE_READER_H

#include "byte_source.h"

/// Formats whose files and pictures are held whole.
typedef enum {
  /// JPEG XL, by libjxl.
  CODEC_JXL,
  /// HEIC and AVIF, by libheif.
  CODEC_HEIF,
  /// Animations of AVIF, by libavif: a reader of HEIF becomes one that meets them.
  CODEC_AVIF
} codec_whole_kind;

/// Whether the program was built with the library.
int codec_has_whole(codec_whole_kind kind);

/// The version of the library, 0xMMmmrr; 0 where it cannot be loaded.
int codec_whole_version(codec_whole_kind kind);

/// A file being read.
typedef struct codec_whole_reader codec_whole_reader;

typedef struct {
  uint32_t width, height;
  /// 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.
  int channels;
  /// 1 or 2.
  int sample_bytes;
  /// Whether the pixels are stored as they are.
  int lossless;
  /// Pictures or frames.
  int pages;
  /// Whether they are frames of an animation; how often they are shown, 0 for ever.
  int animated, plays;
  /// How long this one is shown: a fraction of a second.
  int64_t time, times_a_second;
  /// Bytes that decoding takes.
  int64_t memory;
  /// Colours that are given by numbers (ITU-T H.273) and are not those of sRGB; 0 where there are none.
  int primaries, transfer;
  codec_block icc, exif, xmp;
} codec_whole_header;

/// Reads the file, and checks sizes against `limits`; nothing is decoded.
///
/// - source: owned by the reader from here on, also after a failure.
/// - tolerate: go on after damage with what the library makes of it.
/// - page: from 1.
codec_whole_reader *codec_whole_reader_open(codec_whole_kind kind, codec_source *source,
                                            const codec_limits *limits, int tolerate, int page,
                                            codec_result *result);

/// Lets so many threads (≥ 1) decode, where the library can: before the first row is read. Else it is one.
void codec_whole_reader_use_threads(codec_whole_reader *reader, int threads);

/// Pictures stand upright: what EXIF says of that is not to be obeyed.
codec_whole_header codec_whole_reader_header(const codec_whole_reader *reader);
const char *codec_whole_reader_warnings(const codec_whole_reader *reader);

/// Goes to the next page; 0 where there is none, or where it cannot be read: `result` says so.
int codec_whole_reader_next(codec_whole_reader *reader, codec_result *result);

/// What the file holds besides its pages, a line each.
const char *codec_whole_reader_others(const codec_whole_reader *reader);
int codec_whole_reader_is_damaged(const codec_whole_reader *reader);

/// Reads the next `count` rows to `base`, `base + pitch`, …; the first time all are decoded.
int codec_whole_reader_read(codec_whole_reader *reader, uint8_t *base, size_t pitch, size_t count,
                            codec_result *result);

void codec_whole_reader_close(codec_whole_reader *reader);

#endif
