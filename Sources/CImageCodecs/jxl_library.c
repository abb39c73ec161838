#include "whole_parts.h"

#ifdef CONVFILTER_HAS_JXL

#include "jxl_library.h"

struct codec_jxl_library codec_jxl;
static char message[LIBRARY_MESSAGE];

#define TEXT_OF(number) #number
#define NAME_OF(major, minor) "libjxl.so." TEXT_OF(major) "." TEXT_OF(minor)
#define DYLIB_OF(major, minor) "libjxl." TEXT_OF(major) "." TEXT_OF(minor) ".dylib"

// What LIBRARY_FETCH fills.
#define table codec_jxl

static void load(void) {
  static const codec_library_slot slots[] = {JXL_FUNCTIONS(LIBRARY_FETCH)};
  static const char *const names[] = {NAME_OF(JPEGXL_MAJOR_VERSION, JPEGXL_MINOR_VERSION),
                                      DYLIB_OF(JPEGXL_MAJOR_VERSION, JPEGXL_MINOR_VERSION),
                                      "libjxl.so", NULL};
  codec_library_load(names, slots, sizeof slots / sizeof *slots, message);
}

int codec_jxl_load(codec_result *result) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  return codec_library_is_there(&once, load, message, result);
}

int codec_jxl_is_there(void) { return 1; }

int codec_jxl_version(void) {
  codec_result result = {0};
  if (!codec_jxl_load(&result)) return 0;
  const uint32_t version = codec_jxl.JxlDecoderVersion();
  return (int)(version / 1000000 << 16 | version / 1000 % 1000 << 8 | version % 1000);
}

#else

int codec_jxl_is_there(void) { return 0; }
int codec_jxl_version(void) { return 0; }

#endif
