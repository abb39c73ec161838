#if defined(__x86_64__)
#define CONV_TABLE conv_filter_avx512_vnni
#define CONV_SET conv_avx512
#define CONV_BYTES 64
#define CONV_VNNI
#define CONV_TARGET "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma,bmi2"
#include "filter_set.h"
#endif
