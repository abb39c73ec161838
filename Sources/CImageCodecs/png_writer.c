#include "png_writer.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "compression.h"

struct codec_png_writer {
  png_structp png;
  png_infop info;
  jmp_buf escape;
  codec_result *result;
  codec_sink *sink;
  uint32_t adler;
  int has_ended;  // whether the stream of the rows has
  codec_warnings warnings;
};

static void on_error(png_structp png, png_const_charp message) {
  codec_png_writer *writer = png_get_error_ptr(png);
  if (writer->result->code == CODEC_OK) {
    codec_fail(writer->result, CODEC_REFUSED, "%s", message);
  }
  longjmp(writer->escape, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
  codec_png_writer *writer = png_get_error_ptr(png);
  codec_warn(&writer->warnings, message);
}

static void on_write(png_structp png, png_bytep bytes, size_t count) {
  codec_png_writer *writer = png_get_io_ptr(png);
  if (codec_sink_write(writer->sink, bytes, count, writer->result) != CODEC_OK) {
    png_error(png, "write");
  }
}

static void on_flush(png_structp png) { (void)png; }

static void set_texts(codec_png_writer *writer, const codec_png_metadata *metadata) {
  for (size_t i = 0; i < metadata->text_count; i++) {
    const codec_png_text *from = &metadata->texts[i];
    png_text text;
    memset(&text, 0, sizeof text);
    if (from->international) {
      text.compression = from->compressed ? PNG_ITXT_COMPRESSION_zTXt : PNG_ITXT_COMPRESSION_NONE;
      text.itxt_length = from->length;
      text.lang = (png_charp)from->language;
      text.lang_key = (png_charp)from->translated;
    } else {
      text.compression = from->compressed ? PNG_TEXT_COMPRESSION_zTXt : PNG_TEXT_COMPRESSION_NONE;
      text.text_length = from->length;
    }
    text.key = (png_charp)from->keyword;
    text.text = (png_charp)from->text;
    png_set_text(writer->png, writer->info, &text, 1);
  }
}

static void set_palette(codec_png_writer *writer, const codec_png_metadata *metadata) {
  png_color colors[256];
  png_byte alphas[256];
  int transparent = 0;
  for (int i = 0; i < metadata->palette_count; i++) {
    const uint8_t *color = metadata->palette + 4 * i;
    colors[i] = (png_color){color[0], color[1], color[2]};
    alphas[i] = color[3];
    // Those behind the last that is transparent need not be said.
    if (color[3] < 255) transparent = i + 1;
  }
  png_set_PLTE(writer->png, writer->info, colors, metadata->palette_count);
  if (transparent > 0) png_set_tRNS(writer->png, writer->info, alphas, transparent, NULL);
}

static void set_key(codec_png_writer *writer, const codec_png_metadata *metadata) {
  png_color_16 color;
  memset(&color, 0, sizeof color);
  color.gray = color.red = metadata->key[0];
  color.green = metadata->key[1];
  color.blue = metadata->key[2];
  png_set_tRNS(writer->png, writer->info, NULL, 0, &color);
}

/// Which colour of the palette the background is; -1 for none.
static int background_number(const codec_png_metadata *metadata) {
  for (int i = 0; i < metadata->palette_count; i++) {
    const uint8_t *color = metadata->palette + 4 * i;
    if (color[0] == metadata->background[0] && color[1] == metadata->background[1] &&
        color[2] == metadata->background[2]) {
      return i;
    }
  }
  return -1;
}

static void set_metadata(codec_png_writer *writer, const codec_png_metadata *metadata) {
  png_structp png = writer->png;
  png_infop info = writer->info;
  if (metadata->icc != NULL) {
    png_set_iCCP(png, info, metadata->icc_name, PNG_COMPRESSION_TYPE_BASE, metadata->icc,
                 (png_uint_32)metadata->icc_count);
  } else if (metadata->has_srgb) {
    png_set_sRGB(png, info, metadata->srgb_intent);
  }
  if (metadata->has_gamma) png_set_gAMA_fixed(png, info, metadata->gamma);
  if (metadata->has_chromaticities) {
    const int32_t *c = metadata->chromaticities;
    png_set_cHRM_fixed(png, info, c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]);
  }
#ifdef PNG_eXIf_SUPPORTED
  if (metadata->exif != NULL) {
    png_set_eXIf_1(png, info, (png_uint_32)metadata->exif_count, (png_bytep)metadata->exif);
  }
#endif
  if (metadata->has_density) {
    png_set_pHYs(png, info, metadata->density_x, metadata->density_y,
                 metadata->density_in_metres ? PNG_RESOLUTION_METER : PNG_RESOLUTION_UNKNOWN);
  }
  const int number = metadata->palette_count > 0 ? background_number(metadata) : 0;
  if (metadata->background_channels > 0 && number >= 0) {
    png_color_16 color;
    memset(&color, 0, sizeof color);
    color.index = (png_byte)number;
    color.gray = color.red = metadata->background[0];
    color.green = metadata->background[1];
    color.blue = metadata->background[2];
    png_set_bKGD(png, info, &color);
  }
  set_texts(writer, metadata);
  for (size_t i = 0; i < metadata->chunk_count; i++) {
    png_unknown_chunk chunk;
    memset(&chunk, 0, sizeof chunk);
    memcpy(chunk.name, metadata->chunks[i].name, 5);
    chunk.data = (png_byte *)metadata->chunks[i].bytes;
    chunk.size = metadata->chunks[i].count;
    chunk.location = PNG_HAVE_IHDR;
    png_set_unknown_chunks(png, info, &chunk, 1);
  }
}

static void write_header(codec_png_writer *writer, const codec_png_layout *layout,
                         const codec_png_metadata *metadata) {
  static const int types[5] = {0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                               PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
  png_set_write_fn(writer->png, writer, on_write, on_flush);
  png_set_user_limits(writer->png, 0x7fffffff, 0x7fffffff);
  png_set_keep_unknown_chunks(writer->png, PNG_HANDLE_CHUNK_ALWAYS, NULL, 0);
  // Metadata that libpng would not write is left out rather than an error.
  png_set_benign_errors(writer->png, 1);
  png_set_IHDR(writer->png, writer->info, layout->width, layout->height, layout->depth,
               metadata->palette_count > 0 ? PNG_COLOR_TYPE_PALETTE : types[layout->channels],
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE,
               PNG_FILTER_TYPE_BASE);
  if (metadata->palette_count > 0) set_palette(writer, metadata);
  if (metadata->key_count > 0) set_key(writer, metadata);
  set_metadata(writer, metadata);
  png_write_info(writer->png, writer->info);
}

codec_png_writer *codec_png_writer_open(codec_sink *sink, const codec_png_layout *layout,
                                        const codec_png_metadata *metadata,
                                        codec_result *result) {
  codec_png_writer *writer = calloc(1, sizeof *writer);
  if (writer == NULL) {
    codec_fail(result, CODEC_NO_MEMORY, "no memory for a writer");
    return NULL;
  }
  writer->sink = sink;
  writer->result = result;
  writer->adler = 1;
  if (setjmp(writer->escape) == 0) {
    writer->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, writer, on_error, on_warning);
    if (writer->png != NULL) writer->info = png_create_info_struct(writer->png);
#ifdef PNG_SKIP_sRGB_CHECK_PROFILE
    // A profile is written as it came: nobody is told that it is like sRGB, and nothing is added to it.
    if (writer->png != NULL) {
      png_set_option(writer->png, PNG_SKIP_sRGB_CHECK_PROFILE, PNG_OPTION_ON);
    }
#endif
    if (writer->info == NULL) {
      codec_fail(result, CODEC_NO_MEMORY, "no memory for libpng");
    } else {
      write_header(writer, layout, metadata);
    }
  }
  if (result->code != CODEC_OK) {
    codec_png_writer_close(writer);
    return NULL;
  }
  return writer;
}

const char *codec_png_writer_warnings(const codec_png_writer *writer) {
  return writer->warnings.text;
}

int codec_png_writer_append(codec_png_writer *writer, const codec_png_part *part,
                            codec_result *result) {
  writer->adler = codec_adler32_combine(writer->adler, part->adler, part->filtered_count);
  writer->has_ended = part->is_whole;
  return codec_sink_write(writer->sink, part->bytes, part->count, result);
}

int codec_png_writer_end_rows(codec_png_writer *writer, codec_result *result) {
  if (writer->has_ended) return CODEC_OK;
  // The last block is empty (a fixed Huffman code's end of block), the Adler-32 follows.
  uint8_t end[6] = {3, 0};
  for (int i = 0; i < 4; i++) end[2 + i] = (uint8_t)(writer->adler >> (24 - 8 * i));
  const codec_png_chunk chunk = {"IDAT", end, sizeof end};
  return codec_png_writer_chunk(writer, &chunk, result);
}

int codec_png_writer_chunk(codec_png_writer *writer, const codec_png_chunk *chunk,
                           codec_result *result) {
  writer->result = result;
  if (setjmp(writer->escape) == 0) {
    png_write_chunk(writer->png, (png_const_bytep)chunk->name, chunk->bytes, chunk->count);
  }
  return result->code;
}

int codec_png_writer_finish(codec_png_writer *writer, codec_result *result) {
  const codec_png_chunk chunk = {"IEND", NULL, 0};
  if (codec_png_writer_chunk(writer, &chunk, result) != CODEC_OK) return result->code;
  return codec_sink_flush(writer->sink, result);
}

void codec_png_writer_close(codec_png_writer *writer) {
  if (writer == NULL) return;
  if (writer->png != NULL) png_destroy_write_struct(&writer->png, &writer->info);
  free(writer);
}
