#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,bmi2"))), apply_to = function)
#define LANES 8
#define GROUPS 2
#define NAME(x) net_##x##_avx2
#define CHOSEN_VECTORS 1
#define BROADCAST4(p) ((NAME(vec))_mm256_broadcast_ps((const __m128 *)(p)))
#define LOOKUP(table, choice) ((NAME(vec))_mm256_permutevar_ps((__m256)(table), (__m256i)(choice)))
#include "net_bodies.h"
#include "net_chosen.h"
#pragma clang attribute pop

#include "net_tables.h"
const net_table net_table_avx2 = NET_TABLE(NAME(chosen));
#endif
