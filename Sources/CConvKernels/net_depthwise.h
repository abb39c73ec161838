// Convolutions of each channel by itself: lanes are channels, so that nothing is gathered.

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
  const vec ceiling = splat_float(p->ceiling);
  UNROLL for (int i = 0; i < P; i++) UNROLL for (int v = 0; v < V; v++) {
    vec result = sum[i][v];
    if (p->relu) result = positive(result);
    if (p->ceiling > 0) result = pick(result < ceiling, result, ceiling);
    store_part(p->out + (at + i) * p->pitch + c + v * LANES, result, count);
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
