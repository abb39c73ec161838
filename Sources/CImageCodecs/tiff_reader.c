#include "tiff_reader.h"

#ifdef CONVFILTER_HAS_TIFF

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tiff_reader_parts.h"

int codec_has_tiff(void) { return 1; }

int codec_tiff_version(void) {
  codec_result result = {0};
  const codec_tiff_library *tiff = codec_tiff_load(&result);
  int major = 0, minor = 0, revision = 0;
  if (tiff == NULL) return 0;
  sscanf(tiff->TIFFGetVersion(), "LIBTIFF, Version %d.%d.%d", &major, &minor, &revision);
  return major << 16 | minor << 8 | revision;
}

/// Takes over what the directory says that libtiff has read.
static int take_page(codec_tiff_reader *reader, codec_result *result) {
  const codec_tiff_library *tiff = reader->tiff;
  codec_tiff_header *header = &reader->header;
  header->directory = (int64_t)tiff->TIFFCurrentDirOffset(reader->file);
  uint16_t below = 0;
  uint32_t layers = 1;
  uint64_t *places = NULL;
  tiff->TIFFGetFieldDefaulted(reader->file, TIFFTAG_SUBFILETYPE, &header->kind);
  if (tiff->TIFFGetField(reader->file, TIFFTAG_SUBIFD, &below, &places)) header->below = below;
  tiff->TIFFGetField(reader->file, TIFFTAG_IMAGEWIDTH, &header->width);
  tiff->TIFFGetField(reader->file, TIFFTAG_IMAGELENGTH, &header->height);
  if (header->width == 0 || header->height == 0 || header->width > INT32_MAX ||
      header->height > INT32_MAX) {
    return codec_fail(result, CODEC_DAMAGED, "a side of no pixels, or of too many");
  }
  tiff->TIFFGetField(reader->file, TIFFTAG_IMAGEDEPTH, &layers);
  if (layers > 1) {
    return codec_fail(result, CODEC_UNSUPPORTED, "a volume of %u layers; store them as pages", layers);
  }
  int code = codec_check_size(&reader->limits, header->width, header->height, result);
  if (code == CODEC_OK) code = codec_tiff_take_layout(reader, result);
  if (code == CODEC_OK) code = codec_tiff_take_header(reader, reader->keep_cmyk, result);
  if (code == CODEC_OK) code = codec_tiff_set_up(reader, result);
  return code;
}

static int open_page(codec_tiff_reader *reader, int page, codec_result *result) {
  const codec_tiff_library *tiff = reader->tiff;
  codec_tiff_header *header = &reader->header;
  const int code = codec_source_make_seekable(reader->source, reader->limits.decoder_bytes, result);
  if (code != CODEC_OK) return code;
  if (codec_tiff_open_file(reader, result) != CODEC_OK) {
    return codec_tiff_fail(reader, "libtiff cannot read it", result);
  }
  header->big = tiff->TIFFIsBigTIFF(reader->file);
  header->pages = (int)tiff->TIFFNumberOfDirectories(reader->file);
  if (page > header->pages) return codec_fail_limit(result, CODEC_NO_PAGE, page, header->pages);
  reader->error[0] = 0;
  if (!tiff->TIFFSetDirectory(reader->file, (tdir_t)(page - 1))) {
    return codec_tiff_fail(reader, "a page that libtiff cannot find", result);
  }
  reader->page = page;
  return take_page(reader, result);
}

/// Forgets a page.
static void forget(codec_tiff_reader *reader) {
  free(reader->block);
  free(reader->tile);
  free(reader->raster);
  free(reader->palette);
}

int codec_tiff_reader_next(codec_tiff_reader *reader, codec_result *result) {
  if (reader->page >= reader->header.pages) return 0;
  forget(reader);
  *reader = (codec_tiff_reader){
      .tiff = reader->tiff, .source = reader->source, .limits = reader->limits,
      .warnings = reader->warnings, .file = reader->file, .tolerate = reader->tolerate,
      .damaged = reader->damaged, .keep_cmyk = reader->keep_cmyk, .page = reader->page + 1,
      .header = {.big = reader->header.big, .pages = reader->header.pages}};
  if (!reader->tiff->TIFFReadDirectory(reader->file)) {
    codec_tiff_fail(reader, "a page that libtiff cannot find", result);
    return 0;
  }
  return take_page(reader, result) == CODEC_OK;
}

codec_source *codec_tiff_reader_source(codec_tiff_reader *reader) { return reader->source; }

codec_tiff_reader *codec_tiff_reader_open(codec_source *source, const codec_limits *limits,
                                          int tolerate, int keep_cmyk, int page,
                                          codec_result *result) {
  const codec_tiff_library *tiff = codec_tiff_load(result);
  codec_tiff_reader *reader = tiff == NULL ? NULL : calloc(1, sizeof *reader);
  if (reader == NULL) {
    codec_source_close(source);
    if (tiff != NULL) codec_fail(result, CODEC_NO_MEMORY, "no memory for a reader");
    return NULL;
  }
  reader->tiff = tiff;
  reader->source = source;
  reader->limits = *limits;
  reader->tolerate = tolerate;
  reader->keep_cmyk = keep_cmyk;
  if (open_page(reader, page, result) == CODEC_OK) return reader;
  codec_tiff_reader_close(reader);
  return NULL;
}

codec_tiff_header codec_tiff_reader_header(const codec_tiff_reader *reader) {
  return reader->header;
}

const char *codec_tiff_reader_warnings(const codec_tiff_reader *reader) {
  return reader->warnings.text;
}

int codec_tiff_reader_is_damaged(const codec_tiff_reader *reader) { return reader->damaged; }

/// Makes a row up.
static void fill_gray(const codec_tiff_reader *reader, uint8_t *row) {
  const size_t channels = (size_t)reader->header.channels;
  const size_t samples = reader->header.width * channels;
  const int bytes = reader->header.sample_bytes;
  for (size_t i = 0; i < samples; i++) {
    const int is_alpha = channels % 2 == 0 && !reader->header.inks && i % channels == channels - 1;
    if (bytes == 4) {
      const float value = is_alpha ? 1 : 0.5f;
      memcpy(row + 4 * i, &value, 4);
    } else {
      memset(row + i * (size_t)bytes, is_alpha ? 255 : 128, (size_t)bytes);
    }
  }
}

int codec_tiff_reader_read(codec_tiff_reader *reader, uint8_t *base, size_t pitch, size_t count,
                           codec_result *result) {
  for (size_t i = 0; i < count; i++, reader->next++) {
    uint8_t *row = base + i * pitch;
    reader->error[0] = 0;
    if (codec_tiff_read_row(reader, reader->next, row)) {
      if (reader->rounded) {
        codec_warn(&reader->warnings, reader->kind == SAMPLEFORMAT_IEEEFP
                                          ? "floats of 64 bits are rounded to 32"
                                          : "whole numbers are rounded to floats of 32 bits");
      }
      continue;
    }
    const int code = codec_tiff_fail(reader, "libtiff cannot decode it", result);
    if (!reader->tolerate || code != CODEC_DAMAGED) return code;
    codec_warn(&reader->warnings, result->message);
    memset(result, 0, sizeof *result);
    reader->damaged = 1;
    fill_gray(reader, row);
  }
  return CODEC_OK;
}

void codec_tiff_reader_close(codec_tiff_reader *reader) {
  if (reader == NULL) return;
  if (reader->file != NULL) reader->tiff->TIFFClose(reader->file);
  forget(reader);
  codec_source_close(reader->source);
  free(reader);
}

#else

int codec_tiff_reader_next(codec_tiff_reader *reader, codec_result *result) {
  (void)reader, (void)result;
  return 0;
}

codec_source *codec_tiff_reader_source(codec_tiff_reader *reader) {
  (void)reader;
  return NULL;
}

int codec_has_tiff(void) { return 0; }
int codec_tiff_version(void) { return 0; }

codec_tiff_reader *codec_tiff_reader_open(codec_source *source, const codec_limits *limits,
                                          int tolerate, int keep_cmyk, int page,
                                          codec_result *result) {
  (void)limits, (void)tolerate, (void)keep_cmyk, (void)page;
  codec_source_close(source);
  codec_fail(result, CODEC_NO_LIBRARY, "built without libtiff");
  return NULL;
}

codec_tiff_header codec_tiff_reader_header(const codec_tiff_reader *reader) {
  (void)reader;
  return (codec_tiff_header){0};
}

const char *codec_tiff_reader_warnings(const codec_tiff_reader *reader) {
  (void)reader;
  return "";
}

int codec_tiff_reader_is_damaged(const codec_tiff_reader *reader) {
  (void)reader;
  return 0;
}

int codec_tiff_reader_read(codec_tiff_reader *reader, uint8_t *base, size_t pitch, size_t count,
                           codec_result *result) {
  (void)reader, (void)base, (void)pitch, (void)count;
  return codec_fail(result, CODEC_NO_LIBRARY, "built without libtiff");
}

void codec_tiff_reader_close(codec_tiff_reader *reader) { (void)reader; }

#endif
