// Convolutions of 3 by 3 taps by tiles of m by m outputs, m = 2, 3 or 4: (m + 2)² products for m²
// outputs instead of 9 m² (Winograd; Lavin & Gray, arXiv:1509.09308). The channel is innermost;
// planes of the transforms lie `plane` apart, tiles of a plane `tile` apart.
//
//   out = Aᵀ [ (G w Gᵀ) ⊙ (Bᵀ in B) ] A,   side of a tile: m + 2
//
// Gradients are the transposes of these maps, so that they are the exact gradients of what forward
// computes.

// Bᵀ, G (3 columns) and A (m columns) for m = 2, 3, 4: points 0, 1, −1, then 2, then −2, and ∞.
static const float tile_b[3][6][6] = {
    {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}},
    {{2, -1, -2, 1, 0}, {0, -2, -1, 1, 0}, {0, 2, -3, 1, 0}, {0, -1, 0, 1, 0}, {0, 2, -1, -2, 1}},
    {{4, 0, -5, 0, 1, 0}, {0, -4, -4, 1, 1, 0}, {0, 4, -4, -1, 1, 0}, {0, -2, -1, 2, 1, 0},
     {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1}}};
static const float tile_g[3][6][6] = {
    {{1, 0, 0}, {0.5f, 0.5f, 0.5f}, {0.5f, -0.5f, 0.5f}, {0, 0, 1}},
    {{0.5f, 0, 0}, {-0.5f, -0.5f, -0.5f}, {-1 / 6.f, 1 / 6.f, -1 / 6.f}, {1 / 6.f, 1 / 3.f, 2 / 3.f},
     {0, 0, 1}},
    {{0.25f, 0, 0}, {-1 / 6.f, -1 / 6.f, -1 / 6.f}, {-1 / 6.f, 1 / 6.f, -1 / 6.f},
     {1 / 24.f, 1 / 12.f, 1 / 6.f}, {1 / 24.f, -1 / 12.f, 1 / 6.f}, {0, 0, 1}}};
static const float tile_a[3][6][6] = {
    {{1, 0}, {1, 1}, {1, -1}, {0, -1}},
    {{1, 0, 0}, {1, 1, 1}, {1, -1, 1}, {1, 2, 4}, {0, 0, 1}},
    {{1, 0, 0, 0}, {1, 1, 1, 1}, {1, -1, 1, -1}, {1, 2, 4, 8}, {1, -2, 4, -8}, {0, 0, 0, 1}}};

// sum + factor · value; the factor is known to the compiler.
BODY vec add_scaled_vec(vec sum, const bool isFirst, const float factor, vec value) {
  if (isFirst) return factor == 1 ? value : factor == -1 ? -value : factor * value;
  return factor == 1 ? sum + value : factor == -1 ? sum - value : sum + factor * value;
}

// out = M in Mᵀ, `to` rows and columns from `from`; with `turned`, M is the transpose of `matrix`.
BODY void sandwich(const int to, const int from, const float (*matrix)[6],
                                const bool turned, const vec in[6][6], vec out[6][6]) {
  vec half[6][6];
  UNROLL for (int r = 0; r < to; r++) UNROLL for (int x = 0; x < from; x++) {
    vec sum = {};
    bool isFirst = true;
    UNROLL for (int c = 0; c < from; c++) {
      const float factor = turned ? matrix[c][r] : matrix[r][c];
      if (factor == 0) continue;
      sum = add_scaled_vec(sum, isFirst, factor, in[c][x]);
      isFirst = false;
    }
    half[r][x] = sum;
  }
  UNROLL for (int r = 0; r < to; r++) UNROLL for (int s = 0; s < to; s++) {
    vec sum = {};
    bool isFirst = true;
    UNROLL for (int c = 0; c < from; c++) {
      const float factor = turned ? matrix[c][s] : matrix[s][c];
      if (factor == 0) continue;
      sum = add_scaled_vec(sum, isFirst, factor, half[r][c]);
      isFirst = false;
    }
    out[r][s] = sum;
  }
}

// in → planes, each tile m pixels after the one before.
BODY void tiles_input_of(const int m, const net_tiles *p) {
  for (ptrdiff_t t = 0; t < p->tiles; t++) {
    for (ptrdiff_t c = 0; c < p->channels; c += LANES) {
      const float *from = p->in + m * t * p->pixel + c;
      vec in[6][6], out[6][6];
      UNROLL for (int y = 0; y < m + 2; y++) UNROLL for (int x = 0; x < m + 2; x++) {
        in[y][x] = load(from + y * p->row + x * p->pixel);
      }
      sandwich(m + 2, m + 2, tile_b[m - 2], false, in, out);
      float *to = p->planes + t * p->tile + c;
      UNROLL for (int y = 0; y < m + 2; y++) UNROLL for (int x = 0; x < m + 2; x++) {
        store(to + (y * (m + 2) + x) * p->plane, out[y][x]);
      }
    }
  }
}

// planes → out, `rows` rows and `columns` columns of it.
BODY void tiles_output_of(const int m, const net_tiles *p) {
  for (ptrdiff_t t = 0; t < p->tiles; t++) {
    const ptrdiff_t left = p->columns - m * t;
    for (ptrdiff_t c = 0; c < p->channels; c += LANES) {
      const float *from = p->planes + t * p->tile + c;
      vec in[6][6], out[6][6];
      UNROLL for (int y = 0; y < m + 2; y++) UNROLL for (int x = 0; x < m + 2; x++) {
        in[y][x] = load(from + (y * (m + 2) + x) * p->plane);
      }
      sandwich(m, m + 2, tile_a[m - 2], true, in, out);
      const vec add = p->bias ? load(p->bias + c) : (vec){};
      float *to = p->out + m * t * p->pixel + c;
      UNROLL for (int y = 0; y < m; y++) UNROLL for (int x = 0; x < m; x++) {
        if (y >= p->rows || x >= left) continue;
        vec value = out[y][x] + add;
        if (p->relu) value = positive(value);
        store(to + y * p->row + x * p->pixel, value);
      }
    }
  }
}

// The gradient of the outputs → that of the products: A g Aᵀ; outputs that do not exist are 0.
BODY void tiles_gradient_of(const int m, const net_tiles *p) {
  for (ptrdiff_t t = 0; t < p->tiles; t++) {
    const ptrdiff_t left = p->columns - m * t;
    for (ptrdiff_t c = 0; c < p->channels; c += LANES) {
      const float *from = p->in + m * t * p->pixel + c;
      vec in[6][6], out[6][6];
      UNROLL for (int y = 0; y < m; y++) UNROLL for (int x = 0; x < m; x++) {
        in[y][x] = y < p->rows && x < left ? load(from + y * p->row + x * p->pixel) : (vec){};
      }
      sandwich(m + 2, m, tile_a[m - 2], false, in, out);
      float *to = p->planes + t * p->tile + c;
      UNROLL for (int y = 0; y < m + 2; y++) UNROLL for (int x = 0; x < m + 2; x++) {
        store(to + (y * (m + 2) + x) * p->plane, out[y][x]);
      }
    }
  }
}

// The gradient of the transformed inputs, added to that of the inputs: B g Bᵀ.
BODY void tiles_scatter_of(const int m, const net_tiles *p) {
  for (ptrdiff_t t = 0; t < p->tiles; t++) {
    for (ptrdiff_t c = 0; c < p->channels; c += LANES) {
      const float *from = p->planes + t * p->tile + c;
      vec in[6][6], out[6][6];
      UNROLL for (int y = 0; y < m + 2; y++) UNROLL for (int x = 0; x < m + 2; x++) {
        in[y][x] = load(from + (y * (m + 2) + x) * p->plane);
      }
      sandwich(m + 2, m + 2, tile_b[m - 2], true, in, out);
      float *to = p->out + m * t * p->pixel + c;
      UNROLL for (int y = 0; y < m + 2; y++) UNROLL for (int x = 0; x < m + 2; x++) {
        float *at = to + y * p->row + x * p->pixel;
        store(at, load(at) + out[y][x]);
      }
    }
  }
}

// [9][count] → [(m + 2)²][count], of the first `bytes` of each: G w Gᵀ.
BODY void tiles_weights_at(const int m, ptrdiff_t count, size_t bytes, const float *weights,
                           float *planes) {
  vec in[6][6], out[6][6];
  UNROLL for (int j = 0; j < 9; j++) {
    vec tap = {};
    memcpy(&tap, weights + j * count, bytes);
    in[j / 3][j % 3] = tap;
  }
  sandwich(m + 2, 3, tile_g[m - 2], false, in, out);
  UNROLL for (int j = 0; j < (m + 2) * (m + 2); j++) {
    memcpy(planes + j * count, &out[j / (m + 2)][j % (m + 2)], bytes);
  }
}

// The gradient of the transformed weights, added to that of the weights: Gᵀ g G.
BODY void tiles_weight_gradient_at(const int m, ptrdiff_t count, size_t bytes,
                                   const float *planes, float *gradient) {
  vec in[6][6], out[6][6];
  UNROLL for (int j = 0; j < (m + 2) * (m + 2); j++) {
    vec value = {};
    memcpy(&value, planes + j * count, bytes);
    in[j / (m + 2)][j % (m + 2)] = value;
  }
  sandwich(3, m + 2, tile_g[m - 2], true, in, out);
  UNROLL for (int j = 0; j < 9; j++) {
    vec sum = {};
    memcpy(&sum, gradient + j * count, bytes);
    sum += out[j / 3][j % 3];
    memcpy(gradient + j * count, &sum, bytes);
  }
}

// Whole registers, of which the compiler knows the size, then what is left.
#define BY_REGISTERS(name)                                                                   \
  BODY void name##_of(const int m, ptrdiff_t count, const float *from, float *to) {          \
    ptrdiff_t i = 0;                                                                         \
    for (; i + LANES <= count; i += LANES) name##_at(m, count, sizeof(vec), from + i, to + i); \
    if (i < count) name##_at(m, count, (count - i) * sizeof(float), from + i, to + i);       \
  }
BY_REGISTERS(tiles_weights) BY_REGISTERS(tiles_weight_gradient)
#undef BY_REGISTERS

#define TILES(name)                                                                          \
  static void name(const net_tiles *p) {                                                     \
    if (p->side == 2) name##_of(2, p);                                                       \
    else if (p->side == 3) name##_of(3, p);                                                  \
    else name##_of(4, p);                                                                    \
  }
#define TILED_WEIGHTS(name)                                                                  \
  static void name(int side, ptrdiff_t count, const float *from, float *to) {                \
    if (side == 2) name##_of(2, count, from, to);                                            \
    else if (side == 3) name##_of(3, count, from, to);                                       \
    else name##_of(4, count, from, to);                                                      \
  }
TILES(tiles_input) TILES(tiles_output) TILES(tiles_gradient) TILES(tiles_scatter)
TILED_WEIGHTS(tiles_weights) TILED_WEIGHTS(tiles_weight_gradient)
#undef TILES
#undef TILED_WEIGHTS
