#ifndef C_CONV_KERNELS_H
#define C_CONV_KERNELS_H

#endif
