// What a processor of a level can do besides: each puts bodies of its own into the table of the set before
// it. Only the bodies that differ are compiled again.
#include "micro_kernels.h"

void conv_extend_avx512_vnni(conv_table *table);
void conv_extend_avx512_bf16(conv_table *table);
void conv_extend_avx512_amx(conv_table *table);
