#ifdef CONVFILTER_HAS_TIFF

#include <stdlib.h>

#include "tiff_reader_parts.h"

static int check_bytes(const codec_tiff_reader *reader, uint64_t bytes, codec_result *result) {
  if (bytes <= (uint64_t)reader->limits.decoder_bytes) return CODEC_OK;
  const int64_t value = bytes > INT64_MAX ? INT64_MAX : (int64_t)bytes;
  return codec_fail_limit(result, CODEC_LIMIT_MEMORY, value, reader->limits.decoder_bytes);
}

/// Whether runs of PackBits may go from row to row, which TIFF 6.0 (section 9) forbids and some programs do: libtiff
/// has all of them only where it decodes a strip at once. Large strips are left to be read row by row.
static int packs_across_rows(const codec_tiff_reader *reader) {
  return reader->header.compression == COMPRESSION_PACKBITS &&
         reader->tiff->TIFFStripSize64(reader->file) <= 4 * 1024 * 1024;
}

int codec_tiff_set_up(codec_tiff_reader *reader, codec_result *result) {
  const codec_tiff_library *tiff = reader->tiff;
  const codec_tiff_header *header = &reader->header;
  const uint64_t planes = reader->separate ? (uint64_t)reader->samples : 1;
  reader->block_first = -1;
  if (header->space == CODEC_TIFF_OTHER) {
    char message[1024];
    if (!tiff->TIFFRGBAImageOK(reader->file, message)) {
      return codec_fail(result, CODEC_UNSUPPORTED, "%.150s", message);
    }
    const uint64_t bytes = (uint64_t)header->width * header->height * 4;
    return check_bytes(reader, bytes, result);
  }
  const uint64_t bits = (uint64_t)header->width * (reader->separate ? 1 : (uint64_t)reader->samples) *
                        (uint64_t)header->bits;
  reader->row_bytes = (size_t)((bits + 7) / 8);
  uint64_t bytes;
  if (tiff->TIFFIsTiled(reader->file)) {
    uint32_t height = 0;
    tiff->TIFFGetField(reader->file, TIFFTAG_TILEWIDTH, &reader->tile_width);
    tiff->TIFFGetField(reader->file, TIFFTAG_TILELENGTH, &height);
    const uint64_t size = tiff->TIFFTileSize64(reader->file);
    reader->tile_row_bytes = tiff->TIFFTileRowSize64(reader->file);
    const uint64_t samples = reader->separate ? 1 : (uint64_t)reader->samples;
    const uint64_t tile_bits = (uint64_t)reader->tile_width * samples * (uint64_t)header->bits;
    if (reader->tile_width == 0 || height == 0 || reader->tile_row_bytes < (tile_bits + 7) / 8 ||
        size / height < reader->tile_row_bytes) {
      return codec_fail(result, CODEC_DAMAGED, "tiles without a size");
    }
    // Rows of tiles begin at whole bytes.
    if (tile_bits % 8 != 0 && reader->tile_width < header->width) {
      return codec_fail(result, CODEC_DAMAGED, "tiles that are %u wide", reader->tile_width);
    }
    reader->block_rows = height < header->height ? height : header->height;
    bytes = planes * reader->row_bytes * reader->block_rows;
    if (check_bytes(reader, bytes + size, result) != CODEC_OK) return result->code;
    reader->tile = malloc((size_t)size);
    if (reader->tile == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for a tile");
  } else if (!reader->separate && !packs_across_rows(reader)) {
    reader->scanlines = 1;
    reader->block_rows = 1;
    bytes = tiff->TIFFScanlineSize64(reader->file);
    if (bytes < reader->row_bytes) return codec_tiff_fail(reader, "rows without a size", result);
    if (check_bytes(reader, bytes, result) != CODEC_OK) return result->code;
  } else {
    uint32_t rows = 0;
    tiff->TIFFGetFieldDefaulted(reader->file, TIFFTAG_ROWSPERSTRIP, &rows);
    reader->block_rows = rows > 0 && rows < header->height ? rows : header->height;
    const uint64_t strip = tiff->TIFFStripSize64(reader->file);
    if (strip / reader->block_rows < reader->row_bytes) {
      return codec_tiff_fail(reader, "strips without a size", result);
    }
    bytes = planes * reader->row_bytes * reader->block_rows;
    if (check_bytes(reader, bytes, result) != CODEC_OK) return result->code;
  }
  // A sample is taken out of up to three bytes.
  reader->block = malloc((size_t)bytes + 2);
  if (reader->block == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for rows");
  return CODEC_OK;
}

#endif
