#ifndef PNG_READER_H
#define PNG_READER_H

#include "byte_source.h"

/// A PNG file being read. libpng reads the header and every chunk but IDAT; the rows are inflated,
/// unfiltered and expanded here.
typedef struct codec_png_reader codec_png_reader;

/// What the header says, and the shape of the rows that come out.
typedef struct {
  uint32_t width, height;
  /// Bits a sample in the file: 1, 2, 4, 8, 16.
  int depth;
  /// Colour type of the file: 0, 2, 3, 4, 6.
  int color_type;
  int interlaced;
  /// Channels of a row that comes out: palette looked up, tRNS turned into alpha.
  int channels;
  /// Bytes in a sample that comes out: 1, or 2 in the byte order of the machine.
  int sample_bytes;
  /// Frames of an animation (APNG) besides the picture.
  uint32_t other_frames;
} codec_png_header;

typedef struct {
  const char *keyword;
  const char *text;
  size_t length;
  /// Of iTXt, else NULL.
  const char *language, *translated;
  int compressed;
  int international;
} codec_png_text;

typedef struct {
  char name[5];
  const uint8_t *bytes;
  size_t count;
} codec_png_chunk;

/// Metadata; every pointer lives as long as the reader.
typedef struct {
  const char *icc_name;
  const uint8_t *icc;
  size_t icc_count;
  const uint8_t *exif;
  size_t exif_count;
  /// Only to write: colours as red, green, blue and alpha; rows are their numbers then.
  const uint8_t *palette;
  int palette_count;
  /// Only to write: the colour that stands for transparent, in samples of the file, one of gray or three.
  uint16_t key[3];
  int key_count;
  int has_density;
  uint32_t density_x, density_y;
  int density_in_metres;
  int has_gamma;
  int32_t gamma;
  int has_chromaticities;
  int32_t chromaticities[8];
  int has_srgb;
  int srgb_intent;
  /// The colour to show behind the picture: gray, or red, green and blue, of so many bits.
  int background_channels;
  int background_bits;
  uint16_t background[3];
  const codec_png_text *texts;
  size_t text_count;
  const codec_png_chunk *chunks;
  size_t chunk_count;
} codec_png_metadata;

/// Reads all chunks before the first row, and checks the size against `limits`.
///
/// - source: owned by the reader from here on, also after a failure.
/// - tolerate: fill what is missing with gray rather than fail.
codec_png_reader *codec_png_reader_open(codec_source *source, const codec_limits *limits,
                                        int tolerate, codec_result *result);

codec_png_header codec_png_reader_header(const codec_png_reader *reader);

/// The colours of the palette: red, green, blue and alpha of each; returns how many there are.
int codec_png_reader_palette(const codec_png_reader *reader, uint8_t colors[256 * 4]);

/// The colour that stands for transparent, in samples of the file; returns how many: 1 of gray, 3 of RGB, 0 for none.
int codec_png_reader_key(const codec_png_reader *reader, uint16_t key[3]);

/// What the chunks read so far say: those behind the rows only after the last row.
codec_png_metadata codec_png_reader_metadata(codec_png_reader *reader);

const char *codec_png_reader_warnings(const codec_png_reader *reader);

/// Whether something stands behind the end of the file; known after the last row.
int codec_png_reader_holds_more(const codec_png_reader *reader);

/// Whether rows were made up for want of data.
int codec_png_reader_is_damaged(const codec_png_reader *reader);

/// Reads the next `count` rows to `base`, `base + pitch`, …
int codec_png_reader_read(codec_png_reader *reader, uint8_t *base, size_t pitch, size_t count,
                          codec_result *result);

void codec_png_reader_close(codec_png_reader *reader);

#endif
