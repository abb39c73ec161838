// Convolutions of each channel by itself: lanes are channels, so that nothing is gathered.

BODY void depthwise_store(const net_depthwise *p, ptrdiff_t output, ptrdiff_t c, vec sum,
                          ptrdiff_t count) {
  const vec ceiling = splat_float(p->ceiling);
  if (p->relu) sum = positive(sum);
  if (p->ceiling > 0) sum = pick(sum < ceiling, sum, ceiling);
  store_part(p->out + output * p->pitch + c, sum, count);
}

// P outputs from `at` on, V vectors of channels from c on; of the last one, `count` channels (V = 1) or
// all. So many sums are in the making that none waits for the one before.
BODY void depthwise_pixels(const int P, const int V, const net_depthwise *p, ptrdiff_t at,
                           ptrdiff_t c, ptrdiff_t count) {
  vec sum[8][8];
  UNROLL for (int v = 0; v < V; v++) {
    const vec bias = p->bias ? load_part(p->bias + c + v * LANES, count) : (vec){};
    UNROLL for (int i = 0; i < P; i++) sum[i][v] = bias;
  }
  for (ptrdiff_t y = 0; y < p->tap_rows; y++) {
    const float *in = p->in + at * p->step + y * p->row + c;
    const float *weights = p->weights + y * p->weight_row + c;
    for (ptrdiff_t x = 0; x < p->tap_columns; x++) {
      UNROLL for (int v = 0; v < V; v++) {
        const vec weight = load_part(weights + v * LANES, count);
        UNROLL for (int i = 0; i < P; i++) {
          sum[i][v] += load_part(in + i * p->step + v * LANES, count) * weight;
        }
      }
      in += p->column;
      weights += p->pitch;
    }
  }
  UNROLL for (int i = 0; i < P; i++) UNROLL for (int v = 0; v < V; v++) {
    depthwise_store(p, at + i, c + v * LANES, sum[i][v], count);
  }
}

// P outputs, all channels.
BODY void depthwise_run(const int P, const int V, const net_depthwise *p, ptrdiff_t at) {
  ptrdiff_t c = 0;
  for (; c + V * LANES <= p->channels; c += V * LANES) depthwise_pixels(P, V, p, at, c, LANES);
  if (V > 1) {
    for (; c + LANES <= p->channels; c += LANES) depthwise_pixels(P, 1, p, at, c, LANES);
  }
  if (c < p->channels) {
    for (int i = 0; i < P; i++) depthwise_pixels(1, 1, p, at + i, c, p->channels - c);
  }
}

#define DEPTHWISE(P, V) \
  static void depthwise_##P(const net_depthwise *p, ptrdiff_t at) { depthwise_run(P, V, p, at); }
DEPTHWISE(1, 8) DEPTHWISE(2, 4) DEPTHWISE(3, 2) DEPTHWISE(4, 2)
DEPTHWISE(5, 2) DEPTHWISE(6, 2) DEPTHWISE(7, 1) DEPTHWISE(8, 1)
#undef DEPTHWISE

static void depthwise(const net_depthwise *p) {
  static void (*const runs[])(const net_depthwise *, ptrdiff_t) = {
      depthwise_1, depthwise_2, depthwise_3, depthwise_4,
      depthwise_5, depthwise_6, depthwise_7, depthwise_8};
  // Parts of nearly the same length.
  ptrdiff_t parts = (p->outputs + 7) / 8;
  for (ptrdiff_t at = 0; parts > 0; parts--) {
    const ptrdiff_t now = (p->outputs - at + parts - 1) / parts;
    runs[now - 1](p, at);
    at += now;
  }
}

// P outputs from `at` on whose windows have K taps a row and are S apart, of `count` channels (a vector at
// most) from c on: what lies under several windows is loaded once. INSIDE: no window reaches beyond
// the map.
BODY void depthwise_windows_of(const int K, const int S, const int P, const bool INSIDE,
                               const net_depthwise *p, ptrdiff_t at, ptrdiff_t c, ptrdiff_t count) {
  const vec bias = p->bias ? load_part(p->bias + c, count) : (vec){};
  vec sum[8];
  UNROLL for (int i = 0; i < P; i++) sum[i] = bias;
  const ptrdiff_t first = at * S - p->left;
  for (ptrdiff_t y = 0; y < p->tap_rows; y++) {
    const float *in = p->in + y * p->row + c;
    const float *weights = p->weights + y * p->weight_row + c;
    vec weight[5];
    UNROLL for (int x = 0; x < K; x++) weight[x] = load_part(weights + x * p->pitch, count);
    UNROLL for (int j = 0; j < (P - 1) * S + K; j++) {
      if (!INSIDE && (first + j < 0 || first + j >= p->width)) continue;
      const vec sample = load_part(in + (first + j) * p->column, count);
      UNROLL for (int i = 0; i < P; i++) {
        if (j >= i * S && j < i * S + K) sum[i] += sample * weight[j - i * S];
      }
    }
  }
  UNROLL for (int i = 0; i < P; i++) depthwise_store(p, at + i, c, sum[i], count);
}

// All channels of all outputs, P at a time; the last P may repeat some of those before.
BODY void depthwise_row(const int K, const int S, const int P, const net_depthwise *p) {
  for (ptrdiff_t start = 0; start < p->outputs; start += P) {
    const ptrdiff_t at = start < p->outputs - P ? start : p->outputs - P;
    const ptrdiff_t first = at * S - p->left;
    const bool inside = first >= 0 && first + (P - 1) * S + K <= p->width;
    ptrdiff_t c = 0;
    for (; inside && c + LANES <= p->channels; c += LANES) {
      depthwise_windows_of(K, S, P, true, p, at, c, LANES);
    }
    for (; c + LANES <= p->channels; c += LANES) {
      depthwise_windows_of(K, S, P, false, p, at, c, LANES);
    }
    if (c < p->channels) depthwise_windows_of(K, S, P, false, p, at, c, p->channels - c);
  }
}

#define ROW(K, S) \
  static void depthwise_windows_##K##_##S(const net_depthwise *p) { \
    if (p->outputs % 7 == 0) depthwise_row(K, S, 7, p); \
    else depthwise_row(K, S, 8, p); \
  }
ROW(3, 1) ROW(3, 2) ROW(5, 1) ROW(5, 2)
#undef ROW

// out is the gradient of the outputs; adds that of the weights to weight_gradient.
static void depthwise_weights(const net_depthwise *p) {
  for (ptrdiff_t c = 0; c < p->channels; c += LANES) {
    const ptrdiff_t count = p->channels - c < LANES ? p->channels - c : LANES;
    for (ptrdiff_t y = 0; y < p->tap_rows; y++) for (ptrdiff_t x = 0; x < p->tap_columns; x++) {
      float *to = p->weight_gradient + y * p->weight_row + x * p->pitch + c;
      const float *in = p->in + y * p->row + x * p->column + c;
      const float *gradient = p->out + c;
      vec sum = load_part(to, count);
      for (ptrdiff_t at = 0; at < p->outputs; at++) {
        sum += load_part(in, count) * load_part(gradient, count);
        in += p->step;
        gradient += p->pitch;
      }
      store_part(to, sum, count);
    }
  }
}

// out is the gradient of the outputs; adds that of the inputs to in_gradient.
static void depthwise_scatter(const net_depthwise *p) {
  for (ptrdiff_t at = 0; at < p->outputs; at++) {
    const float *gradient = p->out + at * p->pitch;
    for (ptrdiff_t y = 0; y < p->tap_rows; y++) for (ptrdiff_t x = 0; x < p->tap_columns; x++) {
      float *to = p->in_gradient + at * p->step + y * p->row + x * p->column;
      const float *weights = p->weights + y * p->weight_row + x * p->pitch;
      for (ptrdiff_t c = 0; c < p->channels; c += LANES) {
        const ptrdiff_t count = p->channels - c;
        store_part(to + c,
                   load_part(to + c, count) +
                       load_part(gradient + c, count) * load_part(weights + c, count),
                   count);
      }
    }
  }
}

// x[i] ← x[i] < ceiling ? x[i] : ceiling.
static void limit(ptrdiff_t count, float ceiling, float *x) {
  const vec most = splat_float(ceiling);
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    const vec v = load_part(x + i, count - i);
    store_part(x + i, pick(v < most, v, most), count - i);
  }
}
