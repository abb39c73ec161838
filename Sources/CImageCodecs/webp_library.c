#ifdef CONVFILTER_HAS_WEBP

#include "webp_library.h"

static codec_webp_library table;
static char message[LIBRARY_MESSAGE];

static void load(void) {
  static const codec_library_slot codec[] = {WEBP_FUNCTIONS(LIBRARY_FETCH)};
  static const codec_library_slot demux[] = {WEBP_DEMUX_FUNCTIONS(LIBRARY_FETCH)};
  static const codec_library_slot mux[] = {WEBP_MUX_FUNCTIONS(LIBRARY_FETCH)};
  static const char *const codec_names[] = {"libwebp.so.7", "libwebp.7.dylib", "libwebp.so", NULL};
  static const char *const demux_names[] = {"libwebpdemux.so.2", "libwebpdemux.2.dylib",
                                            "libwebpdemux.so", NULL};
  static const char *const mux_names[] = {"libwebpmux.so.3", "libwebpmux.3.dylib",
                                          "libwebpmux.so", NULL};
  codec_library_load(codec_names, codec, sizeof codec / sizeof *codec, message);
  if (message[0] == 0) codec_library_load(demux_names, demux, sizeof demux / sizeof *demux, message);
  if (message[0] == 0) codec_library_load(mux_names, mux, sizeof mux / sizeof *mux, message);
}

const codec_webp_library *codec_webp_load(codec_result *result) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  return codec_library_is_there(&once, load, message, result) ? &table : NULL;
}

#endif
