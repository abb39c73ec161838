#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "png_reader_parts.h"

// libpng reads all chunks but IDAT. Its errors end in the two calls at the end of this file.

static void on_error(png_structp png, png_const_charp message) {
  codec_png_reader *reader = png_get_error_ptr(png);
  if (reader->result->code == CODEC_OK) {
    // A chunk that must be understood is no damage: it asks for a reader that knows it.
    const int code =
        strstr(message, "unhandled critical chunk") ? CODEC_UNSUPPORTED : CODEC_DAMAGED;
    codec_fail(reader->result, code, "%s%s", message,
               strncmp(message, "CgBI", 4) == 0 ? ", Apple's own kind" : "");
  }
  longjmp(reader->escape, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
  codec_png_reader *reader = png_get_error_ptr(png);
  // Profiles that are wrong in ways known to be harmless are everywhere, and kept as they are.
  static const char *const harmless[] = {"known incorrect sRGB profile",
                                         "out-of-date sRGB profile", "does not match sRGB"};
  for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++) {
    if (strstr(message, harmless[i]) != NULL) return;
  }
  codec_warn(&reader->warnings, message);
}

static void on_read(png_structp png, png_bytep bytes, size_t count) {
  codec_png_reader *reader = png_get_io_ptr(png);
  if (codec_png_chunks_read(&reader->chunks, bytes, count)) return;
  const int error = codec_source_error(reader->chunks.source);
  if (error != 0) {
    reader->result->system_error = error;
    codec_fail(reader->result, CODEC_READ_FAILED, "reading failed");
  } else {
    codec_fail(reader->result, CODEC_TRUNCATED, "the file ends within a chunk");
  }
  png_error(png, "end of file");
}

// libpng's memory is metadata: a budget holds against bombs. The size stands before each block.
enum { PREFIX = 16 };

static png_voidp on_allocate(png_structp png, png_alloc_size_t size) {
  codec_png_reader *reader = png_get_mem_ptr(png);
  if (size > (png_alloc_size_t)(reader->budget - reader->allocated)) return NULL;
  uint8_t *block = malloc(size + PREFIX);
  if (block == NULL) return NULL;
  memcpy(block, &size, sizeof size);
  reader->allocated += (int64_t)size;
  return block + PREFIX;
}

static void on_free(png_structp png, png_voidp pointer) {
  if (pointer == NULL) return;
  codec_png_reader *reader = png_get_mem_ptr(png);
  png_alloc_size_t size;
  memcpy(&size, (uint8_t *)pointer - PREFIX, sizeof size);
  reader->allocated -= (int64_t)size;
  free((uint8_t *)pointer - PREFIX);
}

// Chunks that are kept though their names say that they depend on the pixels: they speak of the
// meaning of colours, of places and scales, which no filter changes, and of when the picture was changed last.
static const char kept_chunks[] = "cICP\0mDCV\0mDCv\0cLLI\0cLLi\0oFFs\0pCAL\0sCAL\0sTER\0tIME";

// Chunks that libpng knows and that are true of these pixels only: it is not to take them without a word.
static const char lost_chunks[] = "hIST\0sBIT\0sPLT";

/// Whether names of four letters, a zero behind each, hold one.
static int holds(const char *names, size_t count, const png_byte name[5]) {
  for (size_t at = 0; at < count; at += 5) {
    if (memcmp(name, names + at, 4) == 0) return 1;
  }
  return 0;
}

static int is_kept(const png_unknown_chunkp chunk) {
  // A time of another length is none.
  if (memcmp(chunk->name, "tIME", 4) == 0 && chunk->size != 7) return 0;
  return holds(kept_chunks, sizeof kept_chunks, chunk->name) || (chunk->name[3] & 0x20) != 0;
}

/// Whether sBIT says what the depth says, too: that all bits count.
static int all_bits_count(const codec_png_reader *reader, const png_unknown_chunkp chunk) {
  if (memcmp(chunk->name, "sBIT", 4) != 0) return 0;
  const int palette = png_get_color_type(reader->png, reader->info) == PNG_COLOR_TYPE_PALETTE;
  const int depth = palette ? 8 : png_get_bit_depth(reader->png, reader->info);
  for (size_t i = 0; i < chunk->size; i++) {
    if (chunk->data[i] < depth) return 0;
  }
  return 1;
}

/// Notes the chunks of an animation before the picture.
static void note_animation(codec_png_reader *reader, const png_unknown_chunkp chunk) {
  if (reader->chunks.saw_image) return;
  if (memcmp(chunk->name, "acTL", 4) == 0 && chunk->size >= 4) {
    reader->frames = png_get_uint_32(chunk->data);
  } else if (memcmp(chunk->name, "fcTL", 4) == 0) {
    reader->picture_is_a_frame = 1;
  }
}

/// Names a chunk that must not be copied beside other pixels. Those of an animation, of credentials, and of
/// how Apple's files are laid out say nothing of the picture.
static void note_lost(codec_png_reader *reader, const png_byte name[5]) {
  static const char others[] = "acTL\0fcTL\0fdAT\0caBX\0iDOT";
  if (holds(others, sizeof others, name)) return;
  char line[80];
  snprintf(line, sizeof line, "the chunk %.4s may belong to these pixels only: it is left out",
           (const char *)name);
  codec_warn(&reader->warnings, line);
}

/// Keeps the chunks unknown to libpng that may be copied whatever happens to the pixels.
static int on_chunk(png_structp png, png_unknown_chunkp chunk) {
  codec_png_reader *reader = png_get_user_chunk_ptr(png);
  if (memcmp(chunk->name, "IDAT", 4) == 0) return 1;
  const int critical = (chunk->name[0] & 0x20) == 0;
  if (critical) return 0;
  note_animation(reader, chunk);
  if (memcmp(chunk->name, "caBX", 4) == 0) {
    codec_warn(&reader->warnings,
               "content credentials (C2PA) sign the picture as it was: they are left out");
  }
  if (!is_kept(chunk)) {
    if (!all_bits_count(reader, chunk)) note_lost(reader, chunk->name);
    return 1;
  }
  if (reader->extra_count == 1000) {
    codec_warn(&reader->warnings, "more than 1000 private chunks: the rest is left out");
    return 1;
  }
  codec_png_chunk *more =
      realloc(reader->extra, (reader->extra_count + 1) * sizeof *reader->extra);
  if (more == NULL) return 1;
  reader->extra = more;
  uint8_t *bytes = malloc(chunk->size > 0 ? chunk->size : 1);
  if (bytes == NULL || (int64_t)chunk->size > reader->budget - reader->allocated) {
    free(bytes);
    codec_warn(&reader->warnings, "private chunks beyond the limit of metadata are left out");
    return 1;
  }
  reader->budget -= (int64_t)chunk->size;
  if (chunk->size > 0) memcpy(bytes, chunk->data, chunk->size);
  codec_png_chunk *kept = &reader->extra[reader->extra_count++];
  memcpy(kept->name, chunk->name, 4);
  kept->name[4] = 0;
  kept->bytes = bytes;
  kept->count = chunk->size;
  return 1;
}

/// Takes the palette and the transparent colour over from libpng.
static void take_colors(codec_png_reader *reader) {
  codec_png_expansion *e = &reader->expansion;
  png_bytep alpha = NULL;
  png_color_16p color = NULL;
  int alpha_count = 0;
  const int has_trns =
      (png_get_tRNS(reader->png, reader->info, &alpha, &alpha_count, &color) & PNG_INFO_tRNS) != 0;
  if (e->color_type == PNG_COLOR_TYPE_PALETTE) {
    png_colorp palette = NULL;
    int count = 0;
    png_get_PLTE(reader->png, reader->info, &palette, &count);
    e->palette_count = count < 256 ? count : 256;
    for (int i = 0; i < 256; i++) {
      e->palette[i][0] = i < count ? palette[i].red : 0;
      e->palette[i][1] = i < count ? palette[i].green : 0;
      e->palette[i][2] = i < count ? palette[i].blue : 0;
      e->palette[i][3] = has_trns && alpha != NULL && i < alpha_count ? alpha[i] : 255;
    }
    e->channels = has_trns ? 4 : 3;
  } else if (has_trns && color != NULL && (e->color_type & PNG_COLOR_MASK_ALPHA) == 0) {
    const int is_color = e->color_type == PNG_COLOR_TYPE_RGB;
    e->has_transparent = 1;
    e->transparent[0] = is_color ? color->red : color->gray;
    e->transparent[1] = color->green;
    e->transparent[2] = color->blue;
    e->channels++;
  }
}

/// Reads up to the first row; in the shadow of `escape`.
static void read_header(codec_png_reader *reader) {
  png_read_info(reader->png, reader->info);
  codec_png_header *header = &reader->header;
  codec_png_expansion *e = &reader->expansion;
  int interlace = 0;
  png_get_IHDR(reader->png, reader->info, &header->width, &header->height, &header->depth,
               &header->color_type, &interlace, NULL, NULL);
  header->interlaced = interlace != PNG_INTERLACE_NONE;
  e->depth = header->depth;
  e->color_type = header->color_type;
  e->channels = png_get_channels(reader->png, reader->info);
  e->sample_bytes = header->depth == 16 ? 2 : 1;
  take_colors(reader);
  header->channels = e->channels;
  header->sample_bytes = e->sample_bytes;
  header->other_frames = reader->frames - (reader->frames > 0 && reader->picture_is_a_frame);
}

static void set_up(codec_png_reader *reader) {
  png_set_read_fn(reader->png, reader, on_read);
  png_set_user_limits(reader->png, 0x7fffffff, 0x7fffffff);
  png_set_chunk_malloc_max(reader->png, (png_alloc_size_t)reader->limits.metadata_bytes);
  png_set_keep_unknown_chunks(reader->png, PNG_HANDLE_CHUNK_IF_SAFE, NULL, 0);
  png_set_keep_unknown_chunks(reader->png, PNG_HANDLE_CHUNK_ALWAYS, (png_const_bytep) "IDAT", 1);
  png_set_keep_unknown_chunks(reader->png, PNG_HANDLE_CHUNK_ALWAYS, (png_const_bytep)kept_chunks,
                              sizeof kept_chunks / 5);
  png_set_keep_unknown_chunks(reader->png, PNG_HANDLE_CHUNK_ALWAYS, (png_const_bytep)lost_chunks,
                              sizeof lost_chunks / 5);
  png_set_read_user_chunk_fn(reader->png, reader, on_chunk);
}

int codec_png_library_open(codec_png_reader *reader, codec_result *result) {
  reader->result = result;
  if (setjmp(reader->escape) == 0) {
    reader->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, reader, on_error, on_warning,
                                           reader, on_allocate, on_free);
    if (reader->png != NULL) reader->info = png_create_info_struct(reader->png);
    if (reader->info == NULL) {
      codec_fail(result, CODEC_NO_MEMORY, "no memory for libpng");
    } else {
      set_up(reader);
      read_header(reader);
    }
  }
  return result->code;
}

int codec_png_library_end(codec_png_reader *reader, codec_result *result) {
  reader->result = result;
  if (setjmp(reader->escape) == 0) png_read_end(reader->png, reader->info);
  return result->code;
}
