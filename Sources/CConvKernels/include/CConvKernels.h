// SIMD micro-kernels: bodies only. No policy, no blocking, no threads, no allocation.
#ifndef C_CONV_KERNELS_H
#define C_CONV_KERNELS_H

#include "filter_kernels.h"
#include "instruction_sets.h"
#include "net_kernels.h"
#include "row_finish.h"

#endif
