// Micro-kernels of the networks: single precision, NHWC, fused multiply-add where there is one.
#ifndef NET_KERNELS_H
#define NET_KERNELS_H

#include "net_jobs.h"

// What one instruction set offers.
typedef struct {
  // Floats in a register; columns of a panel; rows of a tile.
  int lanes, panel, tile_rows;
  void (*product)(const net_product *);
  // See net_pairs.h.
  void (*product_of_pairs)(const net_product *);
  // So many products, one after the other; see net_blocks.h.
  void (*products_of_blocks)(ptrdiff_t count, const net_blocks *);
  // The left operand in blocks: those of 16 rows step by step, 64 bytes a row, which lie row_places[i] +
  // step_places[s] bytes on.
  void (*pack_blocks)(ptrdiff_t rows, const ptrdiff_t *row_places, ptrdiff_t steps,
                      const ptrdiff_t *step_places, const void *from, void *to);
  // out[i] = (even[i], odd[i]); 0 for all odd ones where `odd` is NULL. `out` may be `even`.
  void (*pair)(ptrdiff_t count, const float *even, const float *odd, float *out);
  // Pairs of neighbouring rows, (in[2i, j], in[2i + 1, j]), 0 for the one that is missing. `out` may be
  // `in`, its rows no further apart.
  void (*pair_rows)(ptrdiff_t rows, ptrdiff_t columns, const float *in, ptrdiff_t in_row,
                    float *out, ptrdiff_t out_row);
  // bfloat16, one after the other: to the nearest, to the even of two; denormal numbers become 0.
  void (*round_row)(ptrdiff_t count, const float *in, uint16_t *out);
  void (*sparse)(const net_sparse *);
  void (*maximum)(const net_maximum *);
  void (*unpool)(const net_unpool *);
  // NULL where the processor has no cheap lookup in a register.
  void (*chosen)(const net_chosen *);
  void (*gather)(const net_gather *);
  // Whether `gather` keeps this many taps in registers.
  bool (*gathers)(ptrdiff_t taps);
  void (*list)(const net_listing *);
  // Pixels of `channels` (a multiple of lanes) to blocks of lanes, block_pitch apart, and back.
  void (*split)(ptrdiff_t pixels, ptrdiff_t channels, const float *in, float *out,
                ptrdiff_t block_pitch);
  void (*join)(ptrdiff_t pixels, ptrdiff_t channels, const float *in, ptrdiff_t block_pitch,
               float *out);
  // One table of four a sample: in[i], in[i + right], in[i + below], in[i + below + right].
  void (*quads)(ptrdiff_t count, const float *in, ptrdiff_t right, ptrdiff_t below, float *out);
  // out[j·out_row + i] = in[i·in_row + j].
  void (*transpose)(ptrdiff_t rows, ptrdiff_t columns, const float *in, ptrdiff_t in_row,
                    float *out, ptrdiff_t out_row);
  void (*adam)(const net_adam *, ptrdiff_t count, float *weights, const float *gradient,
               float *mean, float *square);
  // y ← a·x + b·y.
  void (*combine)(ptrdiff_t count, float a, const float *x, float b, float *y);
  // sums[j] = Σ_i in[i·in_row + j], rows in order.
  void (*column_sums)(ptrdiff_t rows, ptrdiff_t columns, const float *in, ptrdiff_t in_row,
                      float *sums);
  // g[i] = y[i] > 0 ? g[i] : 0, written to out.
  void (*mask)(ptrdiff_t count, const float *y, const float *g, float *out);
  // Convolutions of 3 by 3 taps by tiles; see net_winograd.h.
  // Samples → transformed inputs: Bᵀ in B.
  void (*tiles_input)(const net_tiles *);
  // Products → outputs: Aᵀ m A, those that exist.
  void (*tiles_output)(const net_tiles *);
  // Gradient of the outputs → that of the products: A g Aᵀ.
  void (*tiles_gradient)(const net_tiles *);
  // Gradient of the transformed inputs → added to that of the samples: B g Bᵀ.
  void (*tiles_scatter)(const net_tiles *);
  // [9][count] → [(side + 2)²][count]: G w Gᵀ.
  void (*tiles_weights)(int side, ptrdiff_t count, const float *weights, float *planes);
  // [(side + 2)²][count] → added to [9][count]: Gᵀ g G.
  void (*tiles_weight_gradient)(int side, ptrdiff_t count, const float *planes, float *gradient);
  // Convolutions of each channel by itself; see net_depthwise.h.
  void (*depthwise)(const net_depthwise *);
  // [taps of a row 3, 5][distance of windows 1, 2], at least 7 outputs.
  void (*depthwise_windows[2][2])(const net_depthwise *);
  void (*depthwise_weights)(const net_depthwise *);
  void (*depthwise_scatter)(const net_depthwise *);
  // x[i] ← the smaller of x[i] and `ceiling`.
  void (*limit)(ptrdiff_t count, float ceiling, float *x);
  // y = f(x); dx = dy·f'(x). In place or apart.
  void (*activate)(int kind, ptrdiff_t count, const float *x, float *y);
  void (*activate_back)(int kind, ptrdiff_t count, const float *x, const float *dy, float *dx);
  // y = f(x·factor + shift).
  void (*norm_forward)(const net_norm *);
  // first = Σ x / rows, second = Σ (x − first)².
  void (*norm_measure)(const net_norm *);
  // dy ← dy·f'(x·factor + shift); first = Σ dy, second = Σ dy·(x − mean).
  void (*norm_back_sums)(const net_norm *);
  // y = dy·factor + (x − mean)·slope + shift.
  void (*norm_back_input)(const net_norm *);
} net_table;

// Takes denormal numbers for 0 on the calling thread.
void net_flush_subnormals(void);

#endif
