// Which instructions this processor has, and which of them the micro-kernels may use.
#ifndef CONV_INSTRUCTION_SETS_H
#define CONV_INSTRUCTION_SETS_H

#include <stdbool.h>

// From the narrowest to the widest of each architecture.
typedef enum {
  conv_baseline = 0,
  // arm64.
  conv_neon = 1,
  // x86-64: AVX2 and FMA.
  conv_avx2 = 2,
  // x86-64: AVX-512 F, BW, DQ and VL.
  conv_avx512 = 3,
} conv_instruction_set;

enum { conv_instruction_set_count = 4 };

// Instructions beyond the level; each is false unless the level is AVX-512.
typedef struct {
  // Dot products of bytes and of 16-bit integers.
  bool vnni;
  // Permutations of bytes over a whole register.
  bool vbmi;
  // Dot products of bfloat16.
  bool bf16;
  // Products of whole blocks of bfloat16, where the operating system lends their registers.
  bool amx;
} conv_extensions;

typedef struct {
  conv_instruction_set set;
  conv_extensions extensions;
} conv_processor;

// What the processor and the operating system allow, whatever was forced.
conv_processor conv_detected_processor(void);

// What the micro-kernels use: the detected processor, lowered by the environment variable
// CONVFILTER_INSTRUCTION_SET (baseline, neon, avx2, avx512) or by conv_force_instruction_set.
conv_processor conv_current_processor(void);

// Lowers the level for what this thread plans from now on, whoever carries it out; extensions stay only with
// AVX-512. Returns false, and changes nothing, where the processor has no such level. The widest level undoes it.
bool conv_force_instruction_set(conv_instruction_set set);

// Whether micro-kernels of this level run here.
bool conv_has_instruction_set(conv_instruction_set set);

// "baseline", "neon", "avx2" or "avx512".
const char *conv_instruction_set_name(conv_instruction_set set);

#endif
