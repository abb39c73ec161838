// The tables, one a file: filter_<set>.c.
#ifndef CONV_FILTER_TABLES_H
#define CONV_FILTER_TABLES_H

#include "filter_kernels.h"

extern const conv_filter_table conv_filter_baseline;
extern const conv_filter_table conv_filter_avx2;
extern const conv_filter_table conv_filter_avx512;
extern const conv_filter_table conv_filter_avx512_vnni;
extern const conv_filter_table conv_filter_neon;

#endif
