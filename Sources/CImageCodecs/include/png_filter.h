#ifndef PNG_FILTER_H
#define PNG_FILTER_H

#include "CConvKernels.h"
#include "codec_result.h"

/// Bytes that must be readable and zero before a row handed to `codec_filter_choose`.
enum { CODEC_FILTER_MARGIN = 64 };

/// Writes the filtered row to `output` and returns the filter.
///
/// The filter is the one whose bytes, taken as signed numbers, have the smallest sum of
/// magnitudes, the first of equals; or none, where the bytes as they are have less entropy.
///
/// - row, above: `count` bytes, each with `CODEC_FILTER_MARGIN` zero bytes before it.
/// - bpp: bytes in a pixel, at least 1.
int codec_filter_choose(const uint8_t *row, const uint8_t *above, size_t count, size_t bpp,
                        uint8_t *output);

/// Whether a row has less entropy than its filtered bytes; `count` bytes each, of which a sample is
/// looked at.
int codec_filter_is_worse(const uint8_t *row, const uint8_t *filtered, size_t count);

/// How few values make up most of the bytes: Σ c · log2(c) over the counts of all values, in units of 2⁻¹².
uint64_t codec_filter_order(const uint8_t *bytes, size_t count);

/// Undoes a filter; `above` is the row before, or zeros. `output` may be `filtered` or `above`.
void codec_filter_undo(int filter, const uint8_t *filtered, const uint8_t *above, size_t count,
                       size_t bpp, uint8_t *output);

#endif
