// Every arm64 processor has NEON: the compiler's vectors are its instructions.
#if defined(__aarch64__)
#define CONV_TABLE conv_filter_neon
#define CONV_SET conv_neon
#define CONV_BYTES 16
#include "filter_set.h"
#endif
