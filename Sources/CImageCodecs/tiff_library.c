#ifdef CONVFILTER_HAS_TIFF

#include "tiff_library.h"

static codec_tiff_library table;
static char message[LIBRARY_MESSAGE];

static void load(void) {
  static const codec_library_slot slots[] = {TIFF_FUNCTIONS(LIBRARY_FETCH)};
  static const char *const names[] = {
#if TIFF_HAS_OPTIONS
      "libtiff.so.6", "libtiff.6.dylib",
#else
      "libtiff.so.5", "libtiff.5.dylib",
#endif
      "libtiff.so", NULL};
  codec_library_load(names, slots, sizeof slots / sizeof *slots, message);
#if !TIFF_HAS_OPTIONS
  if (message[0] == 0) {
    table.TIFFSetErrorHandler(NULL);
    table.TIFFSetWarningHandler(NULL);
  }
#endif
}

const codec_tiff_library *codec_tiff_load(codec_result *result) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  return codec_library_is_there(&once, load, message, result) ? &table : NULL;
}

#endif
