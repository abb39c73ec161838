#include "instruction_sets.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

// The register state that the operating system saves (XCR0).
static uint64_t saved_state(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

static bool bit(uint32_t word, int index) { return word >> index & 1; }

// Whether the operating system lends the registers of blocks to this process, which must ask for them.
static bool lends_blocks(uint64_t state) {
#if defined(__linux__) && defined(SYS_arch_prctl)
  enum { ask = 0x1023, tile_data = 18 };
  return (state & 0x60000) == 0x60000 && syscall(SYS_arch_prctl, ask, tile_data) == 0;
#else
  return false;
#endif
}

static conv_processor detect(void) {
  conv_processor processor = {conv_baseline, {}};
  uint32_t a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return processor;
  bool fma = bit(c, 12), saves = bit(c, 27), avx = bit(c, 28), f16c = bit(c, 29);
  if (!fma || !saves || !avx || !f16c) return processor;
  uint64_t state = saved_state();
  if ((state & 0x6) != 0x6) return processor;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return processor;
  bool avx2 = bit(b, 5), bmi2 = bit(b, 8);
  if (!avx2 || !bmi2) return processor;
  processor.set = conv_avx2;
  bool avx512 = bit(b, 16) && bit(b, 17) && bit(b, 30) && bit(b, 31);
  if (!avx512 || (state & 0xe6) != 0xe6) return processor;
  processor.set = conv_avx512;
  processor.extensions.vnni = bit(c, 11);
  processor.extensions.vbmi = bit(c, 1);
  const bool blocks = bit(d, 22) && bit(d, 24);
  if (a >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d)) {
    processor.extensions.bf16 = bit(a, 5);
    processor.extensions.amx = processor.extensions.bf16 && blocks && lends_blocks(state);
  }
  return processor;
}

#elif defined(__aarch64__)

static conv_processor detect(void) {
  return (conv_processor){conv_neon, {}};
}

#else

static conv_processor detect(void) {
  return (conv_processor){conv_baseline, {}};
}

#endif

// What was detected, as one word (cpuid is slow in a virtual machine); -1 at first.
static atomic_int detected = -1;

conv_processor conv_detected_processor(void) {
  int word = atomic_load_explicit(&detected, memory_order_relaxed);
  if (word < 0) {
    conv_processor found = detect();
    word = (int)found.set | found.extensions.vnni << 4 | found.extensions.vbmi << 5 |
           found.extensions.bf16 << 6 | found.extensions.amx << 7;
    atomic_store_explicit(&detected, word, memory_order_relaxed);
  }
  return (conv_processor){word & 15, {word >> 4 & 1, word >> 5 & 1, word >> 6 & 1, word >> 7 & 1}};
}

const char *conv_instruction_set_name(conv_instruction_set set) {
  switch (set) {
    case conv_baseline: return "baseline";
    case conv_neon: return "neon";
    case conv_avx2: return "avx2";
    case conv_avx512: return "avx512";
  }
  return "unknown";
}

bool conv_has_instruction_set(conv_instruction_set set) {
  conv_instruction_set widest = conv_detected_processor().set;
  if (set == conv_baseline) return true;
  if (set == conv_neon || widest == conv_neon) return set == widest;
  return set <= widest;
}

// The level in use, or -1 as long as nobody has asked; and what a thread was told.
static atomic_int current_set = -1;
static _Thread_local int forced_set = -1;

static conv_instruction_set initial_set(void) {
  const char *name = getenv("CONVFILTER_INSTRUCTION_SET");
  for (int set = 0; name != NULL && set < conv_instruction_set_count; set++) {
    if (strcmp(name, conv_instruction_set_name(set)) == 0 && conv_has_instruction_set(set)) {
      return set;
    }
  }
  return conv_detected_processor().set;
}

conv_processor conv_current_processor(void) {
  int set = forced_set;
  if (set < 0) set = atomic_load_explicit(&current_set, memory_order_relaxed);
  if (set < 0) {
    set = initial_set();
    atomic_store_explicit(&current_set, set, memory_order_relaxed);
  }
  conv_processor processor = conv_detected_processor();
  processor.set = set;
  if (set != conv_avx512) processor.extensions = (conv_extensions){};
  return processor;
}

bool conv_force_instruction_set(conv_instruction_set set) {
  if (!conv_has_instruction_set(set)) return false;
  forced_set = (int)set;
  return true;
}
