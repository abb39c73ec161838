#ifndef TIFF_READER_PARTS_H
#define TIFF_READER_PARTS_H

#include "tiff_library.h"
#include "tiff_reader.h"

struct codec_tiff_reader {
  const codec_tiff_library *tiff;
  codec_source *source;
  codec_limits limits;
  codec_tiff_header header;
  codec_warnings warnings;
  TIFF *file;
  int tolerate, damaged, keep_cmyk, page;
  char error[200];  // the first of libtiff since it was emptied
  // How samples lie in a row of the file.
  int samples;        // of a pixel
  int separate;       // each in a plane of its own
  int as_floats;      // numbers come out as floats of 32 bits: floats, and whole ones with a sign or many bits
  int kind;           // of the numbers in the file: SAMPLEFORMAT_…
  int rounded;        // whether a number has become another
  int inverted;       // white is 0
  int colors;         // samples that are colours
  int alpha;          // which sample is alpha, or 0
  int premultiplied;
  uint8_t *palette;   // red, green and blue of each number
  // Rows that have been decoded.
  size_t row_bytes;        // of one plane, or of all where they lie together
  uint32_t block_rows;     // rows of a strip or of a row of tiles; 1 for scanlines
  uint32_t tile_width;     // 0 for strips
  uint64_t tile_row_bytes;
  uint8_t *block;          // planes behind one another
  int64_t block_first;     // first row of `block`; -1 for none
  uint8_t *tile;
  int scanlines;           // rows come one by one
  uint32_t *raster;        // the whole picture, where libtiff makes RGB of it
  uint32_t next;
};

/// Opens the file by the functions of its source; what libtiff has to say comes to `error`.
int codec_tiff_open_file(codec_tiff_reader *reader, codec_result *result);

/// Fails with what libtiff said, or `what`; reading that failed comes before.
int codec_tiff_fail(codec_tiff_reader *reader, const char *what, codec_result *result);

/// Makes room for the rows that are decoded at a time.
int codec_tiff_set_up(codec_tiff_reader *reader, codec_result *result);

/// Finds out what the samples mean.
int codec_tiff_take_layout(codec_tiff_reader *reader, codec_result *result);

/// Takes what stands besides the layout, once that is known to be read.
int codec_tiff_take_header(codec_tiff_reader *reader, int keep_cmyk, codec_result *result);

/// Decodes row `y`; 0 where that cannot be done.
int codec_tiff_read_row(codec_tiff_reader *reader, uint32_t y, uint8_t *out);

/// Turns a row of the file into one of the picture.
///
/// - planes: the row in each plane, or the first only where they lie together.
void codec_tiff_convert(codec_tiff_reader *reader, const uint8_t *const *planes,
                        uint8_t *row);

#endif
