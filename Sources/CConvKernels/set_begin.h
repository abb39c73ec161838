// What the bodies of one instruction set stand on. The file set_<name>.c that includes it, by set_bodies.h
// where it has a whole table, defines
//   CONV_BYTES   the width of a vector: 16, 32 or 64,
//   CONV_TARGET  the target attribute, where the level is above the compiler's own,
//   CONV_VNNI    where dot products are instructions,
//   CONV_BF16    where those of bfloat16 are, too,
//   CONV_AMX     and products of whole blocks of it.
// set_end.h ends what this begins.

#include <math.h>
#include <string.h>

#include "micro_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define BODY static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

#if defined(CONV_TARGET)
#pragma clang attribute push(__attribute__((target(CONV_TARGET))), apply_to = function)
#endif
