#if defined(__x86_64__)
#define CONV_TABLE conv_filter_avx2
#define CONV_SET conv_avx2
#define CONV_BYTES 32
#define CONV_TARGET "avx2,fma,bmi2"
#include "filter_set.h"
#endif
