// Optimisers, sums, masks, transposes.

static void adam(const net_adam *s, ptrdiff_t count, float *weights, const float *gradient,
                 float *mean, float *square) {
  const vec beta1 = splat_float(s->beta1), rest1 = splat_float(1 - s->beta1);
  const vec beta2 = splat_float(s->beta2), rest2 = splat_float(1 - s->beta2);
  const vec scale = splat_float(s->gradient_scale), decay = splat_float(s->coupled_decay);
  const vec keep = splat_float(s->keep), rate = splat_float(s->rate * s->correction1);
  const vec correction = splat_float(s->correction2), epsilon = splat_float(s->epsilon);
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    const ptrdiff_t left = count - i;
    vec w = {}, g = {}, m = {}, v = {};
    if (left >= LANES) {
      w = load(weights + i), g = load(gradient + i), m = load(mean + i), v = load(square + i);
    } else {
      memcpy(&w, weights + i, left * sizeof(float));
      memcpy(&g, gradient + i, left * sizeof(float));
      memcpy(&m, mean + i, left * sizeof(float));
      memcpy(&v, square + i, left * sizeof(float));
    }
    g = g * scale + decay * w;
    m = beta1 * m + rest1 * g;
    v = beta2 * v + rest2 * (g * g);
    w = keep * w - rate * m / (__builtin_elementwise_sqrt(v * correction) + epsilon);
    if (left >= LANES) {
      store(weights + i, w), store(mean + i, m), store(square + i, v);
    } else {
      memcpy(weights + i, &w, left * sizeof(float));
      memcpy(mean + i, &m, left * sizeof(float));
      memcpy(square + i, &v, left * sizeof(float));
    }
  }
}

static void combine(ptrdiff_t count, float a, const float *x, float b, float *y) {
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES) store(y + i, a * load(x + i) + b * load(y + i));
  for (; i < count; i++) y[i] = a * x[i] + b * y[i];
}

static void column_sums(ptrdiff_t rows, ptrdiff_t columns, const float *in,
                        ptrdiff_t in_row, float *sums) {
  ptrdiff_t j = 0;
  for (; j + LANES <= columns; j += LANES) {
    vec sum = {};
    for (ptrdiff_t i = 0; i < rows; i++) sum += load(in + i * in_row + j);
    store(sums + j, sum);
  }
  for (; j < columns; j++) {
    float sum = 0;
    for (ptrdiff_t i = 0; i < rows; i++) sum += in[i * in_row + j];
    sums[j] = sum;
  }
}

static void mask(ptrdiff_t count, const float *y, const float *g, float *out) {
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    store(out + i, pick(load(y + i) > 0, load(g + i), (vec){}));
  }
  for (; i < count; i++) out[i] = y[i] > 0 ? g[i] : 0;
}

typedef float quad __attribute__((vector_size(16), aligned(4)));

static void transpose(ptrdiff_t rows, ptrdiff_t columns, const float *in, ptrdiff_t in_row,
                      float *out, ptrdiff_t out_row) {
  ptrdiff_t i = 0;
  for (; i + 4 <= rows; i += 4) {
    ptrdiff_t j = 0;
    for (; j + 4 <= columns; j += 4) {
      quad a[4], t[4];
      UNROLL for (int r = 0; r < 4; r++) {
        a[r] = *(const quad *)(in + (i + r) * in_row + j);
      }
      t[0] = __builtin_shufflevector(a[0], a[1], 0, 4, 1, 5);
      t[1] = __builtin_shufflevector(a[0], a[1], 2, 6, 3, 7);
      t[2] = __builtin_shufflevector(a[2], a[3], 0, 4, 1, 5);
      t[3] = __builtin_shufflevector(a[2], a[3], 2, 6, 3, 7);
      float *to = out + j * out_row + i;
      *(quad *)(to) = __builtin_shufflevector(t[0], t[2], 0, 1, 4, 5);
      *(quad *)(to + out_row) = __builtin_shufflevector(t[0], t[2], 2, 3, 6, 7);
      *(quad *)(to + 2 * out_row) = __builtin_shufflevector(t[1], t[3], 0, 1, 4, 5);
      *(quad *)(to + 3 * out_row) = __builtin_shufflevector(t[1], t[3], 2, 3, 6, 7);
    }
    for (; j < columns; j++) {
      for (int r = 0; r < 4; r++) out[j * out_row + i + r] = in[(i + r) * in_row + j];
    }
  }
  for (; i < rows; i++) {
    for (ptrdiff_t j = 0; j < columns; j++) out[j * out_row + i] = in[i * in_row + j];
  }
}
