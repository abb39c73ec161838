// Convolutions of 3 by 3 taps with 16 products for 4 outputs instead of 36: F(2×2, 3×3) of Winograd
// (Lavin & Gray, arXiv:1509.09308), tiles of 2 by 2 outputs. Planes of the transforms lie
// `plane` apart; the channel is innermost.

// [taps 9][count] → [planes 16][count].
static void winograd_weights(ptrdiff_t count, const float *weights, float *out) {
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    const ptrdiff_t left = count - i < LANES ? count - i : LANES;
    vec g[3][3], rows[4][3];
    UNROLL for (int j = 0; j < 9; j++) {
      vec tap = {};
      memcpy(&tap, weights + j * count + i, left * sizeof(float));
      g[j / 3][j % 3] = tap;
    }
    UNROLL for (int x = 0; x < 3; x++) {
      const vec even = 0.5f * (g[0][x] + g[2][x]), odd = 0.5f * g[1][x];
      rows[0][x] = g[0][x];
      rows[1][x] = even + odd;
      rows[2][x] = even - odd;
      rows[3][x] = g[2][x];
    }
    UNROLL for (int y = 0; y < 4; y++) {
      const vec even = 0.5f * (rows[y][0] + rows[y][2]), odd = 0.5f * rows[y][1];
      const vec all[4] = {rows[y][0], even + odd, even - odd, rows[y][2]};
      UNROLL for (int x = 0; x < 4; x++) {
        memcpy(out + (y * 4 + x) * count + i, &all[x], left * sizeof(float));
      }
    }
  }
}

static void winograd_input(ptrdiff_t tiles, ptrdiff_t channels, const float *in,
                           ptrdiff_t row, float *out, ptrdiff_t plane) {
  for (ptrdiff_t t = 0; t < tiles; t++) {
    for (ptrdiff_t c = 0; c < channels; c += LANES) {
      const float *from = in + 2 * t * channels + c;
      vec d[4][4], rows[4][4];
      UNROLL for (int y = 0; y < 4; y++) UNROLL for (int x = 0; x < 4; x++) {
        d[y][x] = load(from + y * row + x * channels);
      }
      UNROLL for (int x = 0; x < 4; x++) {
        rows[0][x] = d[0][x] - d[2][x];
        rows[1][x] = d[1][x] + d[2][x];
        rows[2][x] = d[2][x] - d[1][x];
        rows[3][x] = d[1][x] - d[3][x];
      }
      float *to = out + t * channels + c;
      UNROLL for (int y = 0; y < 4; y++) {
        store(to + (y * 4) * plane, rows[y][0] - rows[y][2]);
        store(to + (y * 4 + 1) * plane, rows[y][1] + rows[y][2]);
        store(to + (y * 4 + 2) * plane, rows[y][2] - rows[y][1]);
        store(to + (y * 4 + 3) * plane, rows[y][1] - rows[y][3]);
      }
    }
  }
}

static void winograd_output(ptrdiff_t tiles, ptrdiff_t channels, const float *in,
                            ptrdiff_t plane, const float *bias, bool relu, float *out,
                                  ptrdiff_t row) {
  for (ptrdiff_t t = 0; t < tiles; t++) {
    for (ptrdiff_t c = 0; c < channels; c += LANES) {
      const float *from = in + t * channels + c;
      vec m[4][4], rows[2][4];
      UNROLL for (int i = 0; i < 16; i++) m[i / 4][i % 4] = load(from + i * plane);
      UNROLL for (int x = 0; x < 4; x++) {
        rows[0][x] = m[0][x] + m[1][x] + m[2][x];
        rows[1][x] = m[1][x] - m[2][x] - m[3][x];
      }
      const vec add = bias ? load(bias + c) : (vec){};
      UNROLL for (int y = 0; y < 2; y++) {
        vec left = rows[y][0] + rows[y][1] + rows[y][2] + add;
        vec right = rows[y][1] - rows[y][2] - rows[y][3] + add;
        if (relu) left = positive(left), right = positive(right);
        float *to = out + y * row + 2 * t * channels + c;
        store(to, left);
        store(to + channels, right);
      }
    }
  }
}
