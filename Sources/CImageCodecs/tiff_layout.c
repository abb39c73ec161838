#ifdef CONVFILTER_HAS_TIFF

#include <stdlib.h>

#include "tiff_reader_parts.h"

int codec_tiff_take_layout(codec_tiff_reader *reader, codec_result *result) {
  const codec_tiff_library *tiff = reader->tiff;
  codec_tiff_header *header = &reader->header;
  uint16_t bits = 1, samples = 1, kind = SAMPLEFORMAT_UINT, planes = PLANARCONFIG_CONTIG;
  uint16_t photometric = 0, compression = COMPRESSION_NONE, extra_count = 0, ink_set = INKSET_CMYK;
  uint16_t *extras = NULL;
  tiff->TIFFGetFieldDefaulted(reader->file, TIFFTAG_BITSPERSAMPLE, &bits);
  tiff->TIFFGetFieldDefaulted(reader->file, TIFFTAG_SAMPLESPERPIXEL, &samples);
  tiff->TIFFGetFieldDefaulted(reader->file, TIFFTAG_SAMPLEFORMAT, &kind);
  tiff->TIFFGetFieldDefaulted(reader->file, TIFFTAG_PLANARCONFIG, &planes);
  tiff->TIFFGetFieldDefaulted(reader->file, TIFFTAG_COMPRESSION, &compression);
  tiff->TIFFGetFieldDefaulted(reader->file, TIFFTAG_EXTRASAMPLES, &extra_count, &extras);
  tiff->TIFFGetFieldDefaulted(reader->file, TIFFTAG_INKSET, &ink_set);
  if (!tiff->TIFFGetField(reader->file, TIFFTAG_PHOTOMETRIC, &photometric)) {
    photometric = samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
  }
  header->compression = compression;
  header->bits = bits;
  reader->samples = samples;
  reader->separate = planes == PLANARCONFIG_SEPARATE && samples > 1;
  if (!tiff->TIFFIsCODECConfigured(compression)) {
    return codec_fail(result, CODEC_UNSUPPORTED, "compression %d, which this libtiff does not know",
                      compression);
  }
  switch (photometric) {
    case PHOTOMETRIC_MASK:
      // In the result it is a page as any: what is white there is seen.
      header->kind &= ~(uint32_t)FILETYPE_MASK;
      codec_warn(&reader->warnings, "a mask of what is transparent is taken for a gray picture");
      header->space = CODEC_TIFF_GRAY;
      break;
    case PHOTOMETRIC_MINISWHITE: reader->inverted = 1; __attribute__((fallthrough));
    case PHOTOMETRIC_MINISBLACK: header->space = CODEC_TIFF_GRAY; break;
    case PHOTOMETRIC_PALETTE: header->space = CODEC_TIFF_PALETTE; break;
    case PHOTOMETRIC_RGB: header->space = CODEC_TIFF_RGB; break;
    case PHOTOMETRIC_SEPARATED:
      if (ink_set != INKSET_CMYK || samples < 4) {
        return codec_fail(result, CODEC_UNSUPPORTED, "inks other than CMYK");
      }
      header->space = CODEC_TIFF_CMYK;
      break;
    case PHOTOMETRIC_YCBCR:
      if (compression == COMPRESSION_JPEG && !reader->separate) {
        tiff->TIFFSetField(reader->file, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
        header->space = CODEC_TIFF_RGB;
        break;
      }
      __attribute__((fallthrough));
    case PHOTOMETRIC_CIELAB: header->space = CODEC_TIFF_OTHER; break;
    default:
      return codec_fail(result, CODEC_UNSUPPORTED, "colours of kind %d", photometric);
  }
  if (header->space == CODEC_TIFF_OTHER) {
    header->channels = 3;
    header->sample_bytes = 1;
    return CODEC_OK;
  }
  if (kind == SAMPLEFORMAT_VOID) kind = SAMPLEFORMAT_UINT;
  reader->kind = kind;
  reader->as_floats = kind != SAMPLEFORMAT_UINT || bits > 16;
  if (kind != SAMPLEFORMAT_UINT && kind != SAMPLEFORMAT_INT && kind != SAMPLEFORMAT_IEEEFP) {
    return codec_fail(result, CODEC_UNSUPPORTED, "complex numbers");
  }
  const int whole_bytes = bits == 16 || bits == 32 || bits == 64;
  const int few = bits <= 16 && kind == SAMPLEFORMAT_INT;
  if (bits < 1 || (reader->as_floats && !whole_bytes && !few)) {
    return codec_fail(result, CODEC_UNSUPPORTED, "samples of %d bits%s", bits,
                      kind == SAMPLEFORMAT_IEEEFP ? " with a point"
                      : kind == SAMPLEFORMAT_INT  ? " with a sign"
                                                  : "");
  }
  // What black and white are is not said of them.
  if (reader->as_floats && kind != SAMPLEFORMAT_IEEEFP && reader->inverted) {
    return codec_fail(result, CODEC_UNSUPPORTED, "samples of %d bits%s that begin at white", bits,
                      kind == SAMPLEFORMAT_INT ? " with a sign" : "");
  }
  reader->colors = header->space == CODEC_TIFF_RGB    ? 3
                   : header->space == CODEC_TIFF_CMYK ? 4
                                                      : 1;
  if (samples < reader->colors || samples > 64) {
    return codec_fail(result, CODEC_DAMAGED, "%d samples in a pixel", samples);
  }
  header->sample_bytes = reader->as_floats ? 4 : bits <= 8 ? 1 : 2;
  const int extra = samples - reader->colors;
  // The first that is said to be alpha.
  int place = 0;
  while (place < extra && place < extra_count && extras[place] == EXTRASAMPLE_UNSPECIFIED) place++;
  const int means_alpha = place < extra && place < extra_count;
  // Inks that stay inks have no place for it, and palettes with alpha are rare enough.
  const int takes_alpha = header->space == CODEC_TIFF_GRAY || header->space == CODEC_TIFF_RGB ||
                          (header->space == CODEC_TIFF_CMYK && !reader->keep_cmyk);
  header->loses_alpha = means_alpha && !takes_alpha;
  if (means_alpha && takes_alpha) {
    reader->alpha = reader->colors + place;
    reader->premultiplied = extras[place] == EXTRASAMPLE_ASSOCALPHA;
    if (reader->as_floats && kind != SAMPLEFORMAT_IEEEFP) {
      return codec_fail(result, CODEC_UNSUPPORTED, "alpha of %d bits%s", bits,
                        kind == SAMPLEFORMAT_INT ? " with a sign" : "");
    }
  }
  header->extra_channels = extra - means_alpha;
  header->channels = reader->colors + (reader->alpha > 0);
  return CODEC_OK;
}

/// The colours of a palette, of 8 bits each.
static int take_palette(codec_tiff_reader *reader, codec_result *result) {
  codec_tiff_header *header = &reader->header;
  uint16_t *palette[3];
  if (reader->as_floats || !reader->tiff->TIFFGetField(reader->file, TIFFTAG_COLORMAP, &palette[0],
                                                       &palette[1], &palette[2])) {
    return codec_fail(result, CODEC_UNSUPPORTED, "a palette of %d bits", header->bits);
  }
  header->channels = 3;
  header->sample_bytes = 1;
  const size_t count = (size_t)1 << header->bits;
  reader->palette = malloc(3 * count);
  if (reader->palette == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for a palette");
  // Old writers meant 8 bits.
  int deep = 0;
  for (size_t i = 0; i < count; i++) {
    deep |= palette[0][i] > 255 || palette[1][i] > 255 || palette[2][i] > 255;
  }
  for (size_t i = 0; i < count; i++) {
    for (int c = 0; c < 3; c++) {
      reader->palette[3 * i + (size_t)c] = (uint8_t)(deep ? palette[c][i] >> 8 : palette[c][i]);
    }
  }
  header->palette = header->bits <= 8 ? reader->palette : NULL;
  return CODEC_OK;
}

int codec_tiff_take_header(codec_tiff_reader *reader, int keep_cmyk, codec_result *result) {
  const codec_tiff_library *tiff = reader->tiff;
  codec_tiff_header *header = &reader->header;
  if (header->space == CODEC_TIFF_CMYK) {
    if (reader->as_floats) {
      return codec_fail(result, CODEC_UNSUPPORTED, "inks of %d bits%s", header->bits,
                        reader->kind == SAMPLEFORMAT_IEEEFP ? " with a point" : "");
    }
    header->inks = keep_cmyk;
    header->channels = header->inks ? 4 : 3 + (reader->alpha > 0);
  }
  if (header->space == CODEC_TIFF_PALETTE && take_palette(reader, result) != CODEC_OK) {
    return result->code;
  }
  float x = 0, y = 0;
  uint16_t unit = RESUNIT_INCH;
  tiff->TIFFGetFieldDefaulted(reader->file, TIFFTAG_RESOLUTIONUNIT, &unit);
  if (tiff->TIFFGetField(reader->file, TIFFTAG_XRESOLUTION, &x) &&
      tiff->TIFFGetField(reader->file, TIFFTAG_YRESOLUTION, &y) && unit <= RESUNIT_CENTIMETER) {
    header->density_unit = unit;
    header->density_x = x;
    header->density_y = y;
  }
  // What libtiff counts of IPTC, bytes or numbers of 32 bits, depends on its version: that is read from the file.
  static const uint32_t tags[3] = {TIFFTAG_ICCPROFILE, TIFFTAG_XMLPACKET, TIFFTAG_PHOTOSHOP};
  codec_block *blocks[3] = {&header->icc, &header->xmp, &header->photoshop};
  int64_t total = 0;
  for (int i = 0; i < 3; i++) {
    uint32_t count = 0;
    void *bytes = NULL;
    if (!tiff->TIFFGetField(reader->file, tags[i], &count, &bytes) || bytes == NULL) continue;
    *blocks[i] = (codec_block){bytes, count};
    total += (int64_t)count;
  }
  if (total > reader->limits.metadata_bytes) {
    return codec_fail_limit(result, CODEC_LIMIT_METADATA, total, reader->limits.metadata_bytes);
  }
  return CODEC_OK;
}

#endif
