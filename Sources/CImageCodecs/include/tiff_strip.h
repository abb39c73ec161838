#ifndef TIFF_STRIP_H
#define TIFF_STRIP_H

#include "codec_result.h"

/// The number of Zstandard among the compressions.
enum { CODEC_TIFF_ZSTD = 50000 };

/// Whether the program was built with libzstd.
int codec_has_zstd(void);

/// The version of libzstd, 0xMMmmrr; 0 where it cannot be loaded.
int codec_zstd_version(void);

/// Rows of a TIFF file that is being written, and how they are compressed.
typedef struct {
  uint32_t width;
  int channels;
  /// Bytes of a sample: 1, 2 or 4, in the byte order of the machine.
  int sample_bytes;
  /// Bits of a sample in the file: all of them, or the upper ones of a byte or of two.
  int bits;
  /// Whether samples are numbers of colours.
  int palette;
  /// 1 none, 5 LZW, 8 deflate, 50000 Zstandard; all but the first after differences of neighbours (predictor 2), but for
  /// floats, few bits and numbers of colours.
  int compression;
  /// Of deflate and Zstandard, 0 (fastest) to 9 (smallest).
  int level;
} codec_tiff_layout;

/// Whether samples are stored as differences.
int codec_tiff_has_differences(const codec_tiff_layout *layout);

/// Compresses `count` rows to a strip, the low byte of samples first.
///
/// - strip: gains the bytes; freed with `codec_tiff_strip_free`.
int codec_tiff_strip_encode(const codec_tiff_layout *layout, const uint8_t *const *rows,
                            size_t count, codec_block *strip, codec_result *result);

void codec_tiff_strip_free(codec_block *strip);

#endif
