#include <stdlib.h>

#include "tiff_strip.h"
#include "tiff_strip_parts.h"

#ifdef CONVFILTER_HAS_ZSTD

#include <zstd.h>

#include "library.h"

#define ZSTD_FUNCTIONS(F) \
  F(ZSTD_versionNumber)   \
  F(ZSTD_compressBound)   \
  F(ZSTD_compress)        \
  F(ZSTD_isError)

static struct { ZSTD_FUNCTIONS(LIBRARY_POINTER) } table;
static char message[LIBRARY_MESSAGE];

static void load(void) {
  static const codec_library_slot slots[] = {ZSTD_FUNCTIONS(LIBRARY_FETCH)};
  static const char *const names[] = {"libzstd.so.1", "libzstd.1.dylib", "libzstd.so", NULL};
  codec_library_load(names, slots, sizeof slots / sizeof *slots, message);
}

static int is_there(codec_result *result) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  return codec_library_is_there(&once, load, message, result);
}

int codec_has_zstd(void) { return 1; }

int codec_zstd_version(void) {
  codec_result result = {0};
  if (!is_there(&result)) return 0;
  const unsigned version = table.ZSTD_versionNumber();
  return (int)(version / 10000 << 16 | version / 100 % 100 << 8 | version % 100);
}

int codec_tiff_compress_zstd(const uint8_t *bytes, size_t count, int level, uint8_t **out,
                             size_t *length, codec_result *result) {
  if (!is_there(result)) return result->code;
  // Levels of deflate as those of zstd that take about as long; beyond 19 windows grow.
  static const int levels[10] = {1, 3, 4, 5, 6, 8, 9, 12, 15, 19};
  const size_t bound = table.ZSTD_compressBound(count);
  *out = malloc(bound);
  if (*out == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory to encode rows");
  *length = table.ZSTD_compress(*out, bound, bytes, count, levels[level]);
  if (!table.ZSTD_isError(*length)) return CODEC_OK;
  free(*out);
  return codec_fail(result, CODEC_NO_MEMORY, "no memory to encode rows");
}

#else

int codec_has_zstd(void) { return 0; }
int codec_zstd_version(void) { return 0; }

int codec_tiff_compress_zstd(const uint8_t *bytes, size_t count, int level, uint8_t **out,
                             size_t *length, codec_result *result) {
  (void)bytes, (void)count, (void)level, (void)out, (void)length;
  return codec_fail(result, CODEC_NO_LIBRARY, "built without libzstd");
}

#endif
