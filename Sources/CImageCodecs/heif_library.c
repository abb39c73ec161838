#include "whole_parts.h"

#ifdef CONVFILTER_HAS_HEIF

#include "heif_library.h"

struct codec_heif_library codec_heif;
static char message[LIBRARY_MESSAGE];

// What LIBRARY_FETCH fills.
#define table codec_heif

static void load(void) {
  static const codec_library_slot slots[] = {HEIF_FUNCTIONS(LIBRARY_FETCH)};
  static const char *const names[] = {"libheif.so.1", "libheif.1.dylib", "libheif.so", NULL};
  codec_library_load(names, slots, sizeof slots / sizeof *slots, message);
}

int codec_heif_load(codec_result *result) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  return codec_library_is_there(&once, load, message, result);
}

int codec_heif_is_there(void) { return 1; }

int codec_heif_version(void) {
  codec_result result = {0};
  return codec_heif_load(&result) ? (int)(codec_heif.heif_get_version_number() >> 8) : 0;
}

int codec_heif_fail(struct heif_error error, codec_result *result) {
  int code = CODEC_DAMAGED;
  switch (error.code) {
    case heif_error_Memory_allocation_error:
      code = error.subcode == heif_suberror_Security_limit_exceeded ? CODEC_DAMAGED
                                                                    : CODEC_NO_MEMORY;
      break;
    case heif_error_Unsupported_filetype:
    case heif_error_Unsupported_feature:
    case heif_error_Plugin_loading_error: code = CODEC_UNSUPPORTED; break;
    case heif_error_Encoder_plugin_error:
    case heif_error_Encoding_error:
    case heif_error_Usage_error: code = CODEC_REFUSED; break;
    default:
      if (error.subcode == heif_suberror_End_of_data) code = CODEC_TRUNCATED;
  }
  return codec_fail(result, code, "%.180s", error.message != NULL ? error.message : "libheif");
}

#else

int codec_heif_is_there(void) { return 0; }
int codec_heif_version(void) { return 0; }

#endif
