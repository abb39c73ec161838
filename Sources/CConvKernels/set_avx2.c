#if defined(__x86_64__)
#define CONV_TABLE conv_table_avx2
#define CONV_NEEDS {conv_avx2}
#define CONV_BYTES 32
#define CONV_TARGET "avx2,fma,bmi2"
#include "set_bodies.h"
#endif
