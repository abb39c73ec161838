#ifndef PNG_ENCODE_PARTS_H
#define PNG_ENCODE_PARTS_H

#include "png_filter.h"
#include "png_writer.h"
#include "smallest_deflate.h"

/// Turns a row of samples into a row of the file, `codec_png_filtered_row(layout) - 1` bytes.
void codec_png_pack(const codec_png_layout *layout, const uint8_t *row, uint8_t *packed);

/// Filters the last `lines` of `unfiltered + lines` rows (at most one is not) so that they deflate to little.
///
/// - output: `codec_png_filtered_row(layout)` bytes a row.
/// Returns 0 where there is no memory.
int codec_png_filter_smallest(const codec_png_layout *layout, codec_smallest *smallest,
                              const uint8_t *const *rows, size_t unfiltered, size_t lines,
                              uint8_t *output);

#endif
