#include <stdlib.h>

#include "png_reader_parts.h"

/// The text chunks, as an array that the reader owns.
static void take_texts(codec_png_reader *reader, codec_png_metadata *metadata) {
  png_textp texts = NULL;
  int count = 0;
  png_get_text(reader->png, reader->info, &texts, &count);
  if (count <= 0) return;
  free(reader->texts);
  reader->texts = calloc((size_t)count, sizeof *reader->texts);
  if (reader->texts == NULL) return;
  for (int i = 0; i < count; i++) {
    codec_png_text *text = &reader->texts[i];
    const int kind = texts[i].compression;
    text->international = kind == PNG_ITXT_COMPRESSION_NONE || kind == PNG_ITXT_COMPRESSION_zTXt;
    text->compressed = kind == PNG_TEXT_COMPRESSION_zTXt || kind == PNG_ITXT_COMPRESSION_zTXt;
    text->keyword = texts[i].key;
    text->text = texts[i].text;
    text->length = text->international ? texts[i].itxt_length : texts[i].text_length;
    text->language = text->international ? texts[i].lang : NULL;
    text->translated = text->international ? texts[i].lang_key : NULL;
  }
  metadata->texts = reader->texts;
  metadata->text_count = (size_t)count;
}

static void take_background(codec_png_reader *reader, codec_png_metadata *metadata) {
  png_color_16p color = NULL;
  if (png_get_bKGD(reader->png, reader->info, &color) == 0 || color == NULL) return;
  const int type = reader->header.color_type;
  if (type & PNG_COLOR_MASK_COLOR) {
    // libpng looks the colour of a palette up.
    metadata->background_channels = 3;
    metadata->background_bits = type & PNG_COLOR_MASK_PALETTE ? 8 : reader->header.depth;
    metadata->background[0] = color->red;
    metadata->background[1] = color->green;
    metadata->background[2] = color->blue;
  } else {
    metadata->background_channels = 1;
    metadata->background_bits = reader->header.depth;
    metadata->background[0] = color->gray;
  }
}

codec_png_metadata codec_png_reader_metadata(codec_png_reader *reader) {
  codec_png_metadata metadata = {0};
  png_structp png = reader->png;
  png_infop info = reader->info;
  png_charp name = NULL;
  png_bytep bytes = NULL;
  png_uint_32 count = 0;
  int method = 0;
  if (png_get_iCCP(png, info, &name, &method, &bytes, &count) != 0) {
    metadata.icc_name = name;
    metadata.icc = bytes;
    metadata.icc_count = count;
  }
#ifdef PNG_eXIf_SUPPORTED
  if (png_get_eXIf_1(png, info, &count, &bytes) != 0) {
    metadata.exif = bytes;
    metadata.exif_count = count;
  }
#endif
  int unit = 0;
  if (png_get_pHYs(png, info, &metadata.density_x, &metadata.density_y, &unit) != 0) {
    metadata.has_density = 1;
    metadata.density_in_metres = unit == PNG_RESOLUTION_METER;
  }
  metadata.has_gamma = png_get_gAMA_fixed(png, info, &metadata.gamma) != 0;
  int32_t *c = metadata.chromaticities;
  metadata.has_chromaticities = png_get_cHRM_fixed(png, info, &c[0], &c[1], &c[2], &c[3], &c[4],
                                                   &c[5], &c[6], &c[7]) != 0;
  metadata.has_srgb = png_get_sRGB(png, info, &metadata.srgb_intent) != 0;
  take_background(reader, &metadata);
  take_texts(reader, &metadata);
  metadata.chunks = reader->extra;
  metadata.chunk_count = reader->extra_count;
  return metadata;
}
