#ifndef TIFF_READER_H
#define TIFF_READER_H

#include "byte_source.h"

/// Whether the program was built with libtiff.
int codec_has_tiff(void);

/// The version of libtiff, 0xMMmmrr; 0 where it cannot be loaded.
int codec_tiff_version(void);

/// A page of a TIFF file being read by libtiff: row by row, or a row of tiles at a time.
typedef struct codec_tiff_reader codec_tiff_reader;

/// How the file stores its colours.
typedef enum {
  CODEC_TIFF_GRAY,
  CODEC_TIFF_PALETTE,
  CODEC_TIFF_RGB,
  CODEC_TIFF_CMYK,
  /// Something that libtiff turns into RGB.
  CODEC_TIFF_OTHER
} codec_tiff_space;

typedef struct {
  uint32_t width, height;
  codec_tiff_space space;
  /// Channels of a row that comes out: 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha, or CMYK where
  /// `inks`.
  int channels;
  /// Bytes of a sample that comes out: 1, 2, or 4 for a float.
  int sample_bytes;
  int inks;
  /// Bits of a sample in the file.
  int bits;
  /// The number of the compression (1 none, 5 LZW, 8 deflate, …).
  int compression;
  int tiled, big;
  /// Pages in the file.
  int pages;
  /// Where the directory of this one stands.
  int64_t directory;
  /// What it is to the others: 1 smaller, 2 a page, 4 a mask, or sums of these.
  uint32_t kind;
  /// Pictures that belong to it.
  int below;
  /// Channels that have no meaning here and are left out.
  int extra_channels;
  /// Whether alpha is left out.
  int loses_alpha;
  /// 0 none; 1 only the ratio; 2 dots an inch; 3 dots a centimetre.
  int density_unit;
  double density_x, density_y;
  /// Red, green and blue of each number of `bits` bits; NULL where there is no palette, or one of more than 8 bits.
  const uint8_t *palette;
  codec_block icc, xmp, photoshop;
} codec_tiff_header;

/// Reads the directory of a page, and checks sizes against `limits`.
///
/// - source: owned by the reader from here on, also after a failure.
/// - tolerate: rows that cannot be decoded come out gray.
/// - keep_cmyk: CMYK comes out as amounts of ink; else as RGB = (full − ink) · (full − K) / full.
/// - page: from 1.
codec_tiff_reader *codec_tiff_reader_open(codec_source *source, const codec_limits *limits,
                                          int tolerate, int keep_cmyk, int page,
                                          codec_result *result);

/// Goes to the next page; 0 where there is none, or where it cannot be read: `result` says so.
int codec_tiff_reader_next(codec_tiff_reader *reader, codec_result *result);

/// The file, to read what libtiff does not tell; owned by the reader.
codec_source *codec_tiff_reader_source(codec_tiff_reader *reader);

codec_tiff_header codec_tiff_reader_header(const codec_tiff_reader *reader);
const char *codec_tiff_reader_warnings(const codec_tiff_reader *reader);
int codec_tiff_reader_is_damaged(const codec_tiff_reader *reader);

/// Reads the next `count` rows to `base`, `base + pitch`, …
int codec_tiff_reader_read(codec_tiff_reader *reader, uint8_t *base, size_t pitch, size_t count,
                           codec_result *result);

void codec_tiff_reader_close(codec_tiff_reader *reader);

#endif
