#if defined(__x86_64__)
#define CONV_TABLE conv_table_avx512_amx
#define CONV_NEEDS {conv_avx512, {.vnni = true, .bf16 = true, .amx = true}}
#define CONV_BYTES 64
#define CONV_VNNI
#define CONV_BF16
#define CONV_AMX
#define CONV_TARGET "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512bf16,amx-tile,amx-bf16,fma,bmi2"
#include "set_bodies.h"
#endif
