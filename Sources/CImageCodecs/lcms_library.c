#ifdef CONVFILTER_HAS_LCMS

#include "lcms_library.h"

static codec_lcms_library table;
static char message[LIBRARY_MESSAGE];

static void load(void) {
  static const codec_library_slot slots[] = {LCMS_FUNCTIONS(LIBRARY_FETCH)};
  static const char *const names[] = {"liblcms2.so.2", "liblcms2.2.dylib", "liblcms2.so", NULL};
  codec_library_load(names, slots, sizeof slots / sizeof *slots, message);
}

const codec_lcms_library *codec_lcms_load(codec_result *result) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  return codec_library_is_there(&once, load, message, result) ? &table : NULL;
}

#endif
