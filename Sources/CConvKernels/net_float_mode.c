#include "net_kernels.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

static uint64_t float_mode(void) {
#if defined(__x86_64__)
  return _mm_getcsr();
#elif defined(__aarch64__)
  uint64_t control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  return control;
#else
  return 0;
#endif
}

void net_set_float_mode(uint64_t mode) {
#if defined(__x86_64__)
  _mm_setcsr((unsigned)mode);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(mode));
#else
  (void)mode;
#endif
}

uint64_t net_flush_subnormals(void) {
  uint64_t before = float_mode();
#if defined(__x86_64__)
  net_set_float_mode(before | 0x8040); // flush to zero, denormals are zero
#elif defined(__aarch64__)
  net_set_float_mode(before | 1u << 24);
#endif
  return before;
}
