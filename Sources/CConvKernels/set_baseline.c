// What every compiler can do: SSE2 on x86-64, NEON on arm64.
#define CONV_TABLE conv_table_baseline
#define CONV_NEEDS {conv_baseline}
#define CONV_BYTES 16
#include "set_bodies.h"
