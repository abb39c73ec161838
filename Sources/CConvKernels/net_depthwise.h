// Convolutions of each channel by itself: lanes are channels, so that nothing is gathered.

// Pixels side by side whose sums stay in registers.
#define DEPTHWISE_PIXELS 4

BODY vec load_part(const float *p, ptrdiff_t count) {
  if (count >= LANES) return load(p);
  vec v = {};
  memcpy(&v, p, count * sizeof(float));
  return v;
}

BODY void store_part(float *p, vec v, ptrdiff_t count) {
  if (count >= LANES) store(p, v);
  else memcpy(p, &v, count * sizeof(float));
}

// P outputs from `at` on, `count` channels from c on.
BODY void depthwise_pixels(const int P, const net_depthwise *p, ptrdiff_t at, ptrdiff_t c,
                           ptrdiff_t count) {
  const vec bias = p->bias ? load_part(p->bias + c, count) : (vec){};
  vec sum[DEPTHWISE_PIXELS];
  UNROLL for (int i = 0; i < P; i++) sum[i] = bias;
  for (ptrdiff_t y = 0; y < p->tap_rows; y++) {
    const float *in = p->in + at * p->step + y * p->row + c;
    const float *weights = p->weights + y * p->weight_row + c;
    for (ptrdiff_t x = 0; x < p->tap_columns; x++) {
      const vec weight = load_part(weights, count);
      UNROLL for (int i = 0; i < P; i++) {
        sum[i] += load_part(in + i * p->step, count) * weight;
      }
      in += p->column;
      weights += p->channels;
    }
  }
  const vec ceiling = splat_float(p->ceiling);
  UNROLL for (int i = 0; i < P; i++) {
    if (p->relu) sum[i] = positive(sum[i]);
    if (p->ceiling > 0) sum[i] = pick(sum[i] < ceiling, sum[i], ceiling);
    store_part(p->out + (at + i) * p->channels + c, sum[i], count);
  }
}

static void depthwise(const net_depthwise *p) {
  for (ptrdiff_t c = 0; c < p->channels; c += LANES) {
    const ptrdiff_t count = p->channels - c;
    ptrdiff_t at = 0;
    if (count >= LANES) {
      for (; at + DEPTHWISE_PIXELS <= p->outputs; at += DEPTHWISE_PIXELS) {
        depthwise_pixels(DEPTHWISE_PIXELS, p, at, c, LANES);
      }
      for (; at < p->outputs; at++) depthwise_pixels(1, p, at, c, LANES);
    } else {
      for (; at < p->outputs; at++) depthwise_pixels(1, p, at, c, count);
    }
  }
}

// out is the gradient of the outputs; adds that of the weights to weight_gradient.
static void depthwise_weights(const net_depthwise *p) {
  for (ptrdiff_t c = 0; c < p->channels; c += LANES) {
    const ptrdiff_t count = p->channels - c < LANES ? p->channels - c : LANES;
    for (ptrdiff_t y = 0; y < p->tap_rows; y++) for (ptrdiff_t x = 0; x < p->tap_columns; x++) {
      float *to = p->weight_gradient + y * p->weight_row + x * p->channels + c;
      const float *in = p->in + y * p->row + x * p->column + c;
      const float *gradient = p->out + c;
      vec sum = load_part(to, count);
      for (ptrdiff_t at = 0; at < p->outputs; at++) {
        sum += load_part(in, count) * load_part(gradient, count);
        in += p->step;
        gradient += p->channels;
      }
      store_part(to, sum, count);
    }
  }
}

// out is the gradient of the outputs; adds that of the inputs to in_gradient.
static void depthwise_scatter(const net_depthwise *p) {
  for (ptrdiff_t at = 0; at < p->outputs; at++) {
    const float *gradient = p->out + at * p->channels;
    for (ptrdiff_t y = 0; y < p->tap_rows; y++) for (ptrdiff_t x = 0; x < p->tap_columns; x++) {
      float *to = p->in_gradient + at * p->step + y * p->row + x * p->column;
      const float *weights = p->weights + y * p->weight_row + x * p->channels;
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
