// SIMD micro-kernels: bodies only. No policy, no blocking, no threads, no allocation.
#ifndef C_CONV_KERNELS_H
#define C_CONV_KERNELS_H

#include "micro_kernels.h"

#endif
