#ifndef TIFF_STRIP_PARTS_H
#define TIFF_STRIP_PARTS_H

#include "codec_result.h"

/// Compresses to `*out`, which the caller frees.
///
/// - level: 0 (fastest) to 9 (smallest).
int codec_tiff_compress_zstd(const uint8_t *bytes, size_t count, int level, uint8_t **out,
                             size_t *length, codec_result *result);

#endif
