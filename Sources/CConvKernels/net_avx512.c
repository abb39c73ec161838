#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(                                                              \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma,avx2,bmi2"))),           \
    apply_to = function)
#define LANES 16
#define GROUPS 4
#define NAME(x) net_##x##_avx512
#define CHOSEN_VECTORS 2
#define BROADCAST4(p) ((NAME(vec))_mm512_broadcast_f32x4(_mm_loadu_ps(p)))
#define LOOKUP(table, choice) ((NAME(vec))_mm512_permutevar_ps((__m512)(table), (__m512i)(choice)))
#include "net_bodies.h"
#include "net_chosen.h"
#pragma clang attribute pop

#include "net_tables.h"
const net_table net_table_avx512 = NET_TABLE(NAME(chosen));
#endif
