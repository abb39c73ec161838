#include <stdio.h>

#include "whole_parts.h"

#ifdef CONVFILTER_HAS_AVIF

#include "avif_library.h"

struct codec_avif_library codec_avif;
static char message[LIBRARY_MESSAGE];

// What LIBRARY_FETCH fills.
#define table codec_avif

// A decoder is a struct of the header that the program was built with: only the library of that header may be
// loaded.
#if AVIF_VERSION_MAJOR >= 1
#define NUMBER "16"
#elif AVIF_VERSION_MINOR >= 10
#define NUMBER "15"
#else
#define NUMBER "13"
#endif

static void load(void) {
  static const codec_library_slot slots[] = {AVIF_FUNCTIONS(LIBRARY_FETCH)};
  static const char *const names[] = {"libavif.so." NUMBER, "libavif." NUMBER ".dylib", NULL};
  codec_library_load(names, slots, sizeof slots / sizeof *slots, message);
}

int codec_avif_load(codec_result *result) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  return codec_library_is_there(&once, load, message, result);
}

int codec_avif_is_there(void) { return 1; }

int codec_avif_version(void) {
  codec_result result = {0};
  int major = 0, minor = 0, revision = 0;
  if (!codec_avif_load(&result)) return 0;
  sscanf(codec_avif.avifVersion(), "%d.%d.%d", &major, &minor, &revision);
  return major << 16 | minor << 8 | revision;
}

#else

int codec_avif_is_there(void) { return 0; }
int codec_avif_version(void) { return 0; }

#endif
