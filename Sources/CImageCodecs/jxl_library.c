#include "whole_parts.h"

#ifdef CONVFILTER_HAS_JXL

#include "jxl_library.h"

struct codec_jxl_library codec_jxl;
struct codec_jxl_threads_library codec_jxl_threads;
static char message[LIBRARY_MESSAGE], threads_message[LIBRARY_MESSAGE];

#define TEXT_OF(number) #number
#define NAME_OF(name, major, minor) name ".so." TEXT_OF(major) "." TEXT_OF(minor)
#define DYLIB_OF(name, major, minor) name "." TEXT_OF(major) "." TEXT_OF(minor) ".dylib"
#define NAMES_OF(name)                                                 \
  {NAME_OF(name, JPEGXL_MAJOR_VERSION, JPEGXL_MINOR_VERSION),          \
   DYLIB_OF(name, JPEGXL_MAJOR_VERSION, JPEGXL_MINOR_VERSION), name ".so", NULL}

// What LIBRARY_FETCH fills.
#define table codec_jxl

static void load(void) {
  static const codec_library_slot slots[] = {JXL_FUNCTIONS(LIBRARY_FETCH)};
  static const char *const names[] = NAMES_OF("libjxl");
  codec_library_load(names, slots, sizeof slots / sizeof *slots, message);
}

#undef table
#define table codec_jxl_threads

static void load_threads(void) {
  static const codec_library_slot slots[] = {JXL_THREADS_FUNCTIONS(LIBRARY_FETCH)};
  static const char *const names[] = NAMES_OF("libjxl_threads");
  codec_library_load(names, slots, sizeof slots / sizeof *slots, threads_message);
}

// The side of what is coded by itself, and the most threads that one picture gets.
enum { GROUP = 256, MOST_THREADS = 64 };

void *codec_jxl_runner_open(int threads, uint32_t width, uint32_t height) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  codec_result ignored = {0};
  const uint64_t groups =
      (((uint64_t)width + GROUP - 1) / GROUP) * (((uint64_t)height + GROUP - 1) / GROUP);
  if (threads > MOST_THREADS) threads = MOST_THREADS;
  if (threads > 1 && groups < (uint64_t)threads) threads = (int)groups;
  if (threads < 2 || !codec_library_is_there(&once, load_threads, threads_message, &ignored)) {
    return NULL;
  }
  return codec_jxl_threads.JxlThreadParallelRunnerCreate(NULL, (size_t)threads);
}

void codec_jxl_runner_close(void *runner) {
  if (runner != NULL) codec_jxl_threads.JxlThreadParallelRunnerDestroy(runner);
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
