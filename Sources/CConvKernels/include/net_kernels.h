// Micro-kernels of the networks: single precision, NHWC, fused multiply-add where there is one.
#ifndef NET_KERNELS_H
#define NET_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A product of two matrices of which the left one is read in place, wherever its rows lie:
//
//   c[i, j] = Σ_r Σ_k a[i·a_row + runs[r] + k·a_step] · b[(r·run_length + k)·b_step + j]
//
// With rows = output samples of an image row and runs = rows of the kernel it is a convolution; with
// one run, a plain product. The sum of an element runs over r, then k, in order, whatever the tiles.
typedef struct {
  ptrdiff_t rows, columns;
  const float *a;
  ptrdiff_t a_row, a_step;
  // Where not 0: i·a_row stands for (i mod a_block)·a_row + (i div a_block)·a_far; `rows` and
  // a_block are multiples of 3.
  ptrdiff_t a_block, a_far;
  const ptrdiff_t *runs;
  ptrdiff_t run_count, run_length;
  // Panels of `panel` columns, b_panel apart; whole vectors are read.
  const float *b;
  ptrdiff_t b_step, b_panel;
  float *c;
  ptrdiff_t c_row;
  // Added to each row, or NULL.
  const float *bias;
  // The result is 0 wherever mask[i, j] ≤ 0; NULL: nowhere. May be c.
  const float *mask;
  ptrdiff_t mask_row;
  // Whether the sum starts at c instead of 0.
  bool accumulate;
  // Whether negative results become 0; the largest result, 0 for none.
  bool relu;
  float ceiling;
} net_product;

// A product of pairs is the same with a pair of bfloat16 in the place of each float of a and of b, the
// number of the even k in the lower half:
//
//   c[i, j] = Σ_r Σ_k (a₁·b₁, then a₀·b₀ of the pairs a[i·a_row + runs[r] + k·a_step], b[…])

// Windows of a maximum over `height` by `width` samples, for all channels.
typedef struct {
  // The first sample of the first window; rows, columns and channels.
  const float *input;
  ptrdiff_t row, column, channels;
  ptrdiff_t height, width;
  // Windows side by side, and their distance in `input`.
  ptrdiff_t windows, step;
  // Added to the maximum, or NULL.
  const float *bias;
  bool relu;
  // windows · channels; choices may be NULL.
  float *output;
  uint8_t *choices;
} net_maximum;

// The gradient before a pooling of windows side by side, a row of them.
typedef struct {
  ptrdiff_t windows, channels, height, width;
  // windows · channels.
  const float *g;
  const uint8_t *choices;
  // `height` rows, `row` apart, of windows · width pixels.
  float *out;
  ptrdiff_t row;
} net_unpool;

// Gradient of the weights behind a pooling of 2 by 2, the patches given as tables of four:
//
//   gradient[k, f] += Σ_w g[w, f] · tables[origins[w] + taps[k]][choices[w, f]]
typedef struct {
  ptrdiff_t taps, windows, filters;
  const float *tables;
  const ptrdiff_t *tap_offsets;
  const ptrdiff_t *origins;
  const float *g;
  const uint8_t *choices;
  // taps · gradient_row.
  float *gradient;
  ptrdiff_t gradient_row;
} net_chosen;

// One entry of a sparse gradient.
typedef struct {
  int32_t offset;
  float value;
} net_entry;

// A product of which the left matrix is given as lists, the entries of a row in the order of k:
//
//   c[i, j] = Σ_e value_e · b[offset_e + j]
typedef struct {
  ptrdiff_t rows, columns;
  // Row i: `counts[i]` entries from i·row_room on.
  const net_entry *entries;
  const int32_t *counts;
  ptrdiff_t row_room;
  // As those of net_product.
  const float *b;
  ptrdiff_t b_panel;
  float *c;
  ptrdiff_t c_row;
  const float *mask;
  ptrdiff_t mask_row;
  // A matrix of as many rows and columns that will be read next, or NULL.
  const float *next;
  ptrdiff_t next_row;
} net_sparse;

// For each list l and each block of `lanes` channels b:
//
//   sums[l][b][t][0..<lanes] += Σ_e value_e · source[b·source_block + offset_e + taps[t]][0..<lanes]
typedef struct {
  ptrdiff_t lists, blocks, taps;
  // starts[l] ..< ends[l] of `entries`.
  const net_entry *entries;
  const int32_t *starts, *ends;
  const float *source;
  ptrdiff_t source_block;
  const ptrdiff_t *tap_offsets;
  // Where the sums of list l lie, and of block b.
  float *sums;
  const ptrdiff_t *sum_lists;
  ptrdiff_t sum_block;
  const ptrdiff_t *sum_taps;
} net_gather;

// Turns a gradient behind a pooling (or none) into lists, entries of 0 left out.
//
// Window w and channel f chose sample q = choices[w, f] (0 where choices is NULL): position
// p = positions[w] + position_offsets[q].
typedef struct {
  ptrdiff_t windows, channels;
  const float *g;
  const uint8_t *choices;
  const int32_t *positions, *position_offsets;
  // Where the window of the kernel at position p starts, in the source of `by_channel`.
  const int32_t *places;
  // One list a channel of (places[p], g), `windows` long at most; or NULL.
  net_entry *by_channel;
  int32_t *channel_ends;
  // One list a position of (f · channel_offset, g), position_room long at most; or NULL.
  net_entry *by_position;
  int32_t *position_ends;
  int32_t channel_offset;
} net_listing;

// Tiles side by side of a convolution of 3 by 3 taps; see net_winograd.h.
typedef struct {
  // Outputs along a side of a tile: 2, 3 or 4.
  int side;
  // Tiles side by side; channels, of which whole vectors are read and written.
  ptrdiff_t tiles, channels;
  // The first sample that the first tile reads or writes; distances between rows and pixels.
  const float *in;
  float *out;
  ptrdiff_t row, pixel;
  // Rows and columns of outputs that exist from the first tile on.
  ptrdiff_t rows, columns;
  // (side + 2)² planes, `plane` apart, a tile every `tile`.
  float *planes;
  ptrdiff_t plane, tile;
  // Added to the outputs, or NULL; whether negative ones become 0.
  const float *bias;
  bool relu;
} net_tiles;

// Outputs side by side of a convolution of each channel by itself:
//
//   out[i, c] = bias[c] + Σ_y Σ_x in[i·step + y·row + x·column + c] · weights[y·weight_row + x·pitch + c]
typedef struct {
  ptrdiff_t outputs, channels;
  // Channels of the whole map: the distance between outputs, and between the weights of taps.
  ptrdiff_t pitch;
  // Taps that lie within the map.
  ptrdiff_t tap_rows, tap_columns;
  const float *in;
  // Distances in `in`: between windows, rows of taps, and taps.
  ptrdiff_t step, row, column;
  const float *weights;
  ptrdiff_t weight_row;
  // Added to each output, or NULL.
  const float *bias;
  // Whether negative outputs become 0; the largest output, 0 for none.
  bool relu;
  float ceiling;
  // Written, or (backwards) their gradient.
  float *out;
  // As `weights` and as `in`; backwards only, added to.
  float *weight_gradient, *in_gradient;
} net_depthwise;

typedef struct {
  float rate, beta1, beta2, epsilon;
  // 1/(1 − β₁ᵗ), 1/(1 − β₂ᵗ).
  float correction1, correction2;
  // 1 − rate·decay.
  float keep;
  float coupled_decay, gradient_scale;
} net_adam;

// Functions of each value by itself.
enum { net_identity, net_relu, net_gelu, net_silu, net_hard_swish, net_relu6 };

// Rows of `channels` values, normalised by channel; f is an activation.
typedef struct {
  ptrdiff_t rows, channels;
  int activation;
  const float *x;
  // One a channel.
  const float *factor, *shift, *mean, *slope;
  float *y, *dy;
  // Sums, one a channel.
  float *first, *second;
} net_norm;

// What one instruction set offers.
typedef struct {
  // Floats in a register; columns of a panel; rows of a tile.
  int lanes, panel, tile_rows;
  void (*product)(const net_product *);
  // See net_pairs.h.
  void (*product_of_pairs)(const net_product *);
  // out[i] = (even[i], odd[i]); 0 for all odd ones where `odd` is NULL. `out` may be `even`.
  void (*pair)(ptrdiff_t count, const float *even, const float *odd, float *out);
  // Pairs of neighbouring rows, (in[2i, j], in[2i + 1, j]), 0 for the one that is missing. `out` may be
  // `in`, its rows no further apart.
  void (*pair_rows)(ptrdiff_t rows, ptrdiff_t columns, const float *in, ptrdiff_t in_row,
                    float *out, ptrdiff_t out_row);
  // out[i] = (in[2i], in[2i + 1]), 0 for the one that is missing.
  void (*fold_row)(ptrdiff_t count, const float *in, float *out);
  void (*sparse)(const net_sparse *);
  void (*maximum)(const net_maximum *);
  void (*unpool)(const net_unpool *);
  // NULL where the processor has no cheap lookup in a register.
  void (*chosen)(const net_chosen *);
  void (*gather)(const net_gather *);
  // Whether `gather` keeps this many taps in registers.
  bool (*gathers)(ptrdiff_t taps);
  void (*list)(const net_listing *);
  // Pixels of `channels` (a multiple of lanes) to blocks of lanes, block_stride apart, and back.
  void (*split)(ptrdiff_t pixels, ptrdiff_t channels, const float *in, float *out,
                ptrdiff_t block_stride);
  void (*join)(ptrdiff_t pixels, ptrdiff_t channels, const float *in, ptrdiff_t block_stride,
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
