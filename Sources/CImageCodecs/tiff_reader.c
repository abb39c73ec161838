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

#if TIFF_HAS_OPTIONS
static int on_error(TIFF *file, void *user, const char *module, const char *format,
                    va_list arguments) {
  (void)file, (void)module;
  codec_tiff_reader *reader = user;
  if (reader->error[0] == 0) vsnprintf(reader->error, sizeof reader->error, format, arguments);
  return 1;
}

static int on_warning(TIFF *file, void *user, const char *module, const char *format,
                      va_list arguments) {
  // Mostly of tags that libtiff does not know.
  (void)file, (void)user, (void)module, (void)format, (void)arguments;
  return 1;
}
#endif

static tmsize_t on_read(thandle_t handle, void *bytes, tmsize_t count) {
  codec_tiff_reader *reader = handle;
  return count <= 0 ? 0 : (tmsize_t)codec_source_read(reader->source, bytes, (size_t)count);
}

static tmsize_t on_write(thandle_t handle, void *bytes, tmsize_t count) {
  (void)handle, (void)bytes, (void)count;
  return 0;
}

static toff_t on_seek(thandle_t handle, toff_t offset, int whence) {
  codec_tiff_reader *reader = handle;
  int64_t target = (int64_t)offset;
  if (whence == SEEK_CUR) target += codec_source_offset(reader->source);
  if (whence == SEEK_END) target += codec_source_length(reader->source);
  if (target < 0 || !codec_source_seek(reader->source, target)) return (toff_t)-1;
  return (toff_t)target;
}

static int on_close(thandle_t handle) {
  (void)handle;
  return 0;
}

static toff_t on_size(thandle_t handle) {
  codec_tiff_reader *reader = handle;
  return (toff_t)codec_source_length(reader->source);
}

static int open_file(codec_tiff_reader *reader, codec_result *result) {
  const codec_tiff_library *tiff = reader->tiff;
#if TIFF_HAS_OPTIONS
  TIFFOpenOptions *options = tiff->TIFFOpenOptionsAlloc();
  if (options == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for a reader");
  tiff->TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)reader->limits.decoder_bytes);
  tiff->TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, reader);
  tiff->TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, reader);
  reader->file = tiff->TIFFClientOpenExt("picture", "rm", reader, on_read, on_write, on_seek,
                                         on_close, on_size, NULL, NULL, options);
  tiff->TIFFOpenOptionsFree(options);
#else
  reader->file = tiff->TIFFClientOpen("picture", "rm", reader, on_read, on_write, on_seek, on_close,
                                      on_size, NULL, NULL);
#endif
  return reader->file != NULL ? CODEC_OK : CODEC_DAMAGED;
}

/// What libtiff said, or `what`; reading that failed comes before.
static int fail(codec_tiff_reader *reader, const char *what, codec_result *result) {
  const int error = codec_source_error(reader->source);
  if (error != 0) {
    result->system_error = error;
    return codec_fail(result, CODEC_READ_FAILED, "reading failed");
  }
  return codec_fail(result, CODEC_DAMAGED, "%s", reader->error[0] != 0 ? reader->error : what);
}

static int check_bytes(const codec_tiff_reader *reader, uint64_t bytes, codec_result *result) {
  if (bytes <= (uint64_t)reader->limits.decoder_bytes) return CODEC_OK;
  const int64_t value = bytes > INT64_MAX ? INT64_MAX : (int64_t)bytes;
  return codec_fail_limit(result, CODEC_LIMIT_MEMORY, value, reader->limits.decoder_bytes);
}

/// Makes room for the rows that are decoded at a time.
static int set_up(codec_tiff_reader *reader, codec_result *result) {
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
  } else if (!reader->separate) {
    reader->scanlines = 1;
    reader->block_rows = 1;
    bytes = tiff->TIFFScanlineSize64(reader->file);
    if (bytes < reader->row_bytes) return fail(reader, "rows without a size", result);
    if (check_bytes(reader, bytes, result) != CODEC_OK) return result->code;
  } else {
    uint32_t rows = 0;
    tiff->TIFFGetFieldDefaulted(reader->file, TIFFTAG_ROWSPERSTRIP, &rows);
    reader->block_rows = rows > 0 && rows < header->height ? rows : header->height;
    const uint64_t strip = tiff->TIFFStripSize64(reader->file);
    if (strip / reader->block_rows < reader->row_bytes) {
      return fail(reader, "strips without a size", result);
    }
    bytes = planes * reader->row_bytes * reader->block_rows;
    if (check_bytes(reader, bytes, result) != CODEC_OK) return result->code;
  }
  reader->block = malloc((size_t)bytes);
  if (reader->block == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for rows");
  return CODEC_OK;
}

/// Takes over what the directory says that libtiff has read.
static int take_page(codec_tiff_reader *reader, codec_result *result) {
  const codec_tiff_library *tiff = reader->tiff;
  codec_tiff_header *header = &reader->header;
  header->directory = (int64_t)tiff->TIFFCurrentDirOffset(reader->file);
  uint16_t below = 0;
  uint64_t *places = NULL;
  tiff->TIFFGetFieldDefaulted(reader->file, TIFFTAG_SUBFILETYPE, &header->kind);
  if (tiff->TIFFGetField(reader->file, TIFFTAG_SUBIFD, &below, &places)) header->below = below;
  tiff->TIFFGetField(reader->file, TIFFTAG_IMAGEWIDTH, &header->width);
  tiff->TIFFGetField(reader->file, TIFFTAG_IMAGELENGTH, &header->height);
  if (header->width == 0 || header->height == 0 || header->width > INT32_MAX ||
      header->height > INT32_MAX) {
    return codec_fail(result, CODEC_DAMAGED, "a side of no pixels, or of too many");
  }
  int code = codec_check_size(&reader->limits, header->width, header->height, result);
  if (code == CODEC_OK) code = codec_tiff_take_layout(reader, result);
  if (code == CODEC_OK) code = codec_tiff_take_header(reader, reader->keep_cmyk, result);
  if (code == CODEC_OK) code = set_up(reader, result);
  return code;
}

static int open_page(codec_tiff_reader *reader, int page, codec_result *result) {
  const codec_tiff_library *tiff = reader->tiff;
  codec_tiff_header *header = &reader->header;
  const int code = codec_source_make_seekable(reader->source, reader->limits.decoder_bytes, result);
  if (code != CODEC_OK) return code;
  if (open_file(reader, result) != CODEC_OK) return fail(reader, "libtiff cannot read it", result);
  header->big = tiff->TIFFIsBigTIFF(reader->file);
  header->pages = (int)tiff->TIFFNumberOfDirectories(reader->file);
  if (page > header->pages) return codec_fail_limit(result, CODEC_NO_PAGE, page, header->pages);
  reader->error[0] = 0;
  if (!tiff->TIFFSetDirectory(reader->file, (tdir_t)(page - 1))) {
    return fail(reader, "a page that libtiff cannot find", result);
  }
  reader->page = page;
  return take_page(reader, result);
}

/// Forgets a page.
static void forget(codec_tiff_reader *reader) {
  free(reader->block);
  free(reader->tile);
  free(reader->raster);
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
    fail(reader, "a page that libtiff cannot find", result);
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

int codec_tiff_reader_read(codec_tiff_reader *reader, uint8_t *base, size_t stride, size_t count,
                           codec_result *result) {
  for (size_t i = 0; i < count; i++, reader->next++) {
    uint8_t *row = base + i * stride;
    reader->error[0] = 0;
    if (codec_tiff_read_row(reader, reader->next, row)) continue;
    const int code = fail(reader, "libtiff cannot decode it", result);
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

int codec_tiff_reader_read(codec_tiff_reader *reader, uint8_t *base, size_t stride, size_t count,
                           codec_result *result) {
  (void)reader, (void)base, (void)stride, (void)count;
  return codec_fail(result, CODEC_NO_LIBRARY, "built without libtiff");
}

void codec_tiff_reader_close(codec_tiff_reader *reader) { (void)reader; }

#endif
