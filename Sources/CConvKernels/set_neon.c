// Every arm64 processor has NEON: the compiler's vectors are its instructions.
#if defined(__aarch64__)
#define CONV_TABLE conv_table_neon
#define CONV_NEEDS {conv_neon}
#define CONV_BYTES 16
#include "set_bodies.h"
#endif
