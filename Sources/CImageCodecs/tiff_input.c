#ifdef CONVFILTER_HAS_TIFF

#include <stdio.h>
#include <string.h>

#include "tiff_reader_parts.h"

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

int codec_tiff_open_file(codec_tiff_reader *reader, codec_result *result) {
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

int codec_tiff_fail(codec_tiff_reader *reader, const char *what, codec_result *result) {
  const int error = codec_source_error(reader->source);
  if (error != 0) {
    result->system_error = error;
    return codec_fail(result, CODEC_READ_FAILED, "reading failed");
  }
  // What libtiff says of a row where it speaks of none.
  char *nowhere = strstr(reader->error, " at scanline 4294967295");
  if (nowhere != NULL) memmove(nowhere, nowhere + 23, strlen(nowhere + 23) + 1);
  return codec_fail(result, CODEC_DAMAGED, "%s", reader->error[0] != 0 ? reader->error : what);
}

#endif
