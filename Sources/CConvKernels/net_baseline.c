// What every compiler can do: SSE2 on x86-64, NEON on arm64.
#define LANES 4
#if defined(__aarch64__)
#define GROUPS 4
#else
#define GROUPS 2
#endif
#define NAME(x) net_##x##_baseline
#include "net_bodies.h"
#include "net_tables.h"

const net_table net_table_baseline = NET_TABLE(NULL);

const net_table *net_table_for(conv_instruction_set set) {
#if defined(__x86_64__)
  if (set == conv_avx512) return &net_table_avx512;
  if (set == conv_avx2) return &net_table_avx2;
#endif
  (void)set;
  return &net_table_baseline;
}
