#if defined(__x86_64__)
#define CONV_TABLE conv_table_avx512_vnni
#define CONV_NEEDS {conv_avx512, {.vnni = true}}
#define CONV_BYTES 64
#define CONV_VNNI
#define CONV_TARGET "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma,bmi2"
#include "set_bodies.h"
#endif
