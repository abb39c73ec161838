// Micro-kernels of Gaussians of large sigma over 16 bits: every instruction set gives the same results.
#ifndef CONV_WIDE_KERNELS_H
#define CONV_WIDE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// Single precision, never fused. Samples are taken from 32768, alpha from 65535: of opaque pixels it is 0.
typedef struct {
  // out[x] = sum of weights[k] * (rows[k][x] + rows[2 radius - k][x]), k below radius, in groups of 8, those
  // in groups of 8, and + weights[radius] * rows[radius][x]. Rows and result hold whole blocks of 64.
  void (*fold)(const float *const *rows, const float *weights, size_t radius, float *out,
               size_t count);
  // in - 32768, and back: floor(in + 32768.5), clamped.
  void (*center)(const uint16_t *in, float *out, size_t count);
  void (*round)(const float *in, uint16_t *out, size_t count);
  // Pixels of 2 or 4 channels, alpha last: (colour - 32768) * (alpha / 65535), alpha - 65535.
  void (*premultiply)(const uint16_t *in, size_t channels, size_t pixels, float *out);
  // And back; black where alpha becomes 0.
  void (*divide)(const float *in, size_t channels, size_t pixels, uint16_t *out);
} conv_wide_table;

#endif
