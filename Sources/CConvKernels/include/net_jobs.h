// What the micro-kernels of the networks are asked for: single precision, NHWC.
#ifndef NET_JOBS_H
#define NET_JOBS_H

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

// A product of blocks of bfloat16: 16 rows or columns by 16 pairs, a pair in the place of a float.
//
//   c[i, j] = Σ_s Σ_k a(i, s)[k] · b(s, j)[k]
//
// The rows of block i of a at step s lie a_row bytes apart from a + i·a_block + a_steps[s], each with 16 pairs
// one after the other; the pairs k of block j of b b_row bytes apart from b + j·b_block + b_steps[s], each for
// 16 columns. Where rows, or columns, of the result are not wanted, what lies there may be anything.
typedef struct {
  // Blocks of the result, and steps of the sum.
  ptrdiff_t rows, columns, steps;
  const void *a;
  ptrdiff_t a_block, a_row;
  const ptrdiff_t *a_steps;
  const void *b;
  ptrdiff_t b_block, b_row;
  const ptrdiff_t *b_steps;
  // Whole blocks; rows c_row floats apart.
  float *c;
  ptrdiff_t c_row;
  // Whether the sum starts at c instead of 0.
  bool accumulate;
} net_blocks;

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
  // Of windows whose taps may lie beside the map, on which `in` is the first sample of its row: taps of
  // the first to the left of it, and the width of the map.
  ptrdiff_t left, width;
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

#endif
