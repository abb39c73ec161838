// Micro-kernels of the networks: single precision, NHWC.
#ifndef NET_KERNELS_H
#define NET_KERNELS_H

// Takes denormal numbers for 0 on the calling thread.
void net_flush_to_zero(void);

#endif
