// Micro-kernels that bring rows to another length: every instruction set gives the same results.
#ifndef CONV_RESIZE_KERNELS_H
#define CONV_RESIZE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  // One row in single precision, never fused: out[x] = sum of weights[x * taps + k] * in[starts[x] + k],
  // pixels of 1 to 4 channels. `taps` is a multiple of 4. Reads whole vectors: up to 4 samples beyond
  // the last tap; writes up to 1 sample beyond the last pixel.
  void (*row_f32)(const float *in, const int32_t *starts, const float *weights, size_t taps,
                  size_t channels, float *out, size_t count);
} conv_resize_table;

#endif
