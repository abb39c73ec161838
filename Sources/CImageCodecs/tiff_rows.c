#ifdef CONVFILTER_HAS_TIFF

#include <stdlib.h>
#include <string.h>

#include "tiff_reader_parts.h"

/// The row of tiles that row `y` lies in.
static int read_tiles(codec_tiff_reader *reader, uint32_t y) {
  const codec_tiff_library *tiff = reader->tiff;
  const uint32_t width = reader->header.width;
  const uint32_t first = y - y % reader->block_rows;
  const uint32_t left = reader->header.height - first;
  const uint32_t rows = left < reader->block_rows ? left : reader->block_rows;
  const int planes = reader->separate ? reader->samples : 1;
  for (int plane = 0; plane < planes; plane++) {
    uint8_t *target = reader->block + (size_t)plane * reader->block_rows * reader->row_bytes;
    size_t offset = 0;
    for (uint32_t x = 0; x < width; x += reader->tile_width) {
      const uint32_t tile = tiff->TIFFComputeTile(reader->file, x, first, 0, (uint16_t)plane);
      if (tiff->TIFFReadEncodedTile(reader->file, tile, reader->tile, -1) < 0) return 0;
      size_t count = reader->row_bytes - offset;
      if (count > reader->tile_row_bytes) count = (size_t)reader->tile_row_bytes;
      for (uint32_t row = 0; row < rows; row++) {
        memcpy(target + row * reader->row_bytes + offset,
               reader->tile + row * (size_t)reader->tile_row_bytes, count);
      }
      offset += count;
      if (width - x <= reader->tile_width) break;
    }
  }
  reader->block_first = first;
  return 1;
}

/// The strips of all planes, or the one of all samples, that row `y` lies in.
static int read_strips(codec_tiff_reader *reader, uint32_t y) {
  const uint32_t first = y - y % reader->block_rows;
  const uint32_t left = reader->header.height - first;
  const uint32_t rows = left < reader->block_rows ? left : reader->block_rows;
  const tmsize_t bytes = (tmsize_t)(rows * reader->row_bytes);
  for (int plane = 0; plane < (reader->separate ? reader->samples : 1); plane++) {
    const uint32_t strip = reader->tiff->TIFFComputeStrip(reader->file, first, (uint16_t)plane);
    uint8_t *target = reader->block + (size_t)plane * reader->block_rows * reader->row_bytes;
    if (reader->tiff->TIFFReadEncodedStrip(reader->file, strip, target, bytes) < bytes) return 0;
  }
  reader->block_first = first;
  return 1;
}

/// Lets libtiff make RGB of the whole picture.
static int read_raster(codec_tiff_reader *reader) {
  const codec_tiff_header *header = &reader->header;
  if (reader->raster != NULL) return 1;
  uint16_t orientation = ORIENTATION_TOPLEFT, photometric = 0;
  reader->tiff->TIFFGetField(reader->file, TIFFTAG_PHOTOMETRIC, &photometric);
  if (photometric == PHOTOMETRIC_CIELAB) {
    // White is white: libtiff takes CIELAB for light of D50, and shows that on a display of D65 as it is, yellow.
    static const float d65[2] = {0.3127f, 0.329f};
    reader->tiff->TIFFSetField(reader->file, TIFFTAG_WHITEPOINT, d65);
  }
  reader->tiff->TIFFGetFieldDefaulted(reader->file, TIFFTAG_ORIENTATION, &orientation);
  reader->raster = malloc((size_t)header->width * header->height * 4);
  return reader->raster != NULL &&
         reader->tiff->TIFFReadRGBAImageOriented(reader->file, header->width, header->height,
                                                 reader->raster, orientation, 1);
}

int codec_tiff_read_row(codec_tiff_reader *reader, uint32_t y, uint8_t *out) {
  if (reader->header.space == CODEC_TIFF_OTHER) {
    if (!read_raster(reader)) return 0;
    const uint32_t *row = reader->raster + (size_t)y * reader->header.width;
    for (size_t x = 0; x < reader->header.width; x++) {
      out[3 * x] = (uint8_t)TIFFGetR(row[x]);
      out[3 * x + 1] = (uint8_t)TIFFGetG(row[x]);
      out[3 * x + 2] = (uint8_t)TIFFGetB(row[x]);
    }
    return 1;
  }
  const uint8_t *planes[64] = {reader->block};
  if (reader->scanlines) {
    if (reader->tiff->TIFFReadScanline(reader->file, reader->block, y, 0) < 0) return 0;
  } else {
    const int64_t first = reader->block_first;
    if (first < 0 || y < first || y >= first + reader->block_rows) {
      reader->block_first = -1;
      if (!(reader->tile != NULL ? read_tiles(reader, y) : read_strips(reader, y))) {
        // Of a strip that is cut off the first rows may be there.
        if (reader->tile != NULL || reader->separate || !reader->tolerate) return 0;
        reader->scanlines = 1;
        return codec_tiff_read_row(reader, y, out);
      }
    }
    const size_t row = (y - (size_t)reader->block_first) * reader->row_bytes;
    for (int plane = 0; plane < (reader->separate ? reader->samples : 1); plane++) {
      planes[plane] = reader->block + (size_t)plane * reader->block_rows * reader->row_bytes + row;
    }
  }
  codec_tiff_convert(reader, planes, out);
  return 1;
}

#endif
