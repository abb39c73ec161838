// Activations that need an exponential, and normalisation with an activation behind it. What stands at
// the end of a run goes through the same instructions as the rest, so that a value does not depend on
// its place.

typedef uint32_t uvec __attribute__((vector_size(CONV_BYTES), aligned(4)));

BODY vec load_some(const float *p, ptrdiff_t count) {
  vec v = {};
  memcpy(&v, p, count * sizeof(float));
  return v;
}
BODY vec load_up_to(const float *p, ptrdiff_t left) {
  return left >= LANES ? load(p) : load_some(p, left);
}
BODY void store_up_to(float *p, vec v, ptrdiff_t left) {
  if (left >= LANES) store(p, v);
  else memcpy(p, &v, left * sizeof(float));
}

// eˣ within 1 unit in the last place, x held to −87…88 (S. Moshier, Cephes, expf).
BODY vec exponential(vec x) {
  x = pick(x < -87.f, splat_float(-87), x);
  x = pick(x > 88.f, splat_float(88), x);
  // 1.5·2²³ added and taken away rounds to the nearest whole number, and leaves it in the low bits.
  const vec shifted = x * 1.44269504f + 12582912.f;
  const vec n = shifted - 12582912.f;
  const vec r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  vec p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.f;
  return (vec)((uvec)p + ((uvec)shifted << 23));
}

// Φ(x), the normal distribution, within 1.5·10⁻⁷ (Abramowitz & Stegun, 7.1.26), with φ(x) beside it.
BODY vec normal_distribution(vec x, vec *density) {
  const vec size = pick(x < 0, -x, x);
  // 0.3275911 / √2.
  const vec t = 1.f / (size * 0.231641888f + 1.f);
  vec p = t * 1.061405429f - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  const vec e = exponential(x * x * -0.5f);
  const vec tail = p * t * e * 0.5f;
  *density = e * 0.39894228f;
  return pick(x < 0, tail, 1.f - tail);
}

// f(x); the kind is known to the compiler.
BODY vec activation_value(const int kind, vec x) {
  switch (kind) {
    case net_relu: return positive(x);
    case net_relu6: {
      const vec above = positive(x);
      return pick(above < 6.f, above, splat_float(6));
    }
    case net_gelu: {
      vec density;
      return x * normal_distribution(x, &density);
    }
    case net_silu: return x / (exponential(-x) + 1.f);
    case net_hard_swish: {
      vec gate = positive(x + 3.f);
      gate = pick(gate > 6.f, splat_float(6), gate);
      return x * gate * (1 / 6.f);
    }
    default: return x;
  }
}

// f'(x).
BODY vec activation_slope(const int kind, vec x) {
  switch (kind) {
    case net_relu: return pick(x > 0, splat_float(1), (vec){});
    case net_relu6: return pick(x > 0, pick(x < 6.f, splat_float(1), (vec){}), (vec){});
    case net_gelu: {
      vec density;
      const vec share = normal_distribution(x, &density);
      return share + x * density;
    }
    case net_silu: {
      const vec gate = 1.f / (exponential(-x) + 1.f);
      return gate * (x * (1.f - gate) + 1.f);
    }
    case net_hard_swish: {
      const vec middle = x * (1 / 3.f) + 0.5f;
      return pick(x < -3.f, (vec){}, pick(x > 3.f, splat_float(1), middle));
    }
    default: return splat_float(1);
  }
}

BODY void activate_kind(const int kind, ptrdiff_t count, const float *x, float *y) {
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    store_up_to(y + i, activation_value(kind, load_up_to(x + i, count - i)), count - i);
  }
}

BODY void activate_back_kind(const int kind, ptrdiff_t count, const float *x, const float *dy,
                             float *dx) {
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    const ptrdiff_t left = count - i;
    const vec slope = activation_slope(kind, load_up_to(x + i, left));
    store_up_to(dx + i, load_up_to(dy + i, left) * slope, left);
  }
}

#define BY_KIND(kind, call)                                                                  \
  switch (kind) {                                                                            \
    case net_relu: call(net_relu); break;                                                    \
    case net_gelu: call(net_gelu); break;                                                    \
    case net_silu: call(net_silu); break;                                                    \
    case net_hard_swish: call(net_hard_swish); break;                                        \
    case net_relu6: call(net_relu6); break;                                                  \
    default: call(net_identity); break;                                                      \
  }

static void activate(int kind, ptrdiff_t count, const float *x, float *y) {
#define CALL(k) activate_kind(k, count, x, y)
  BY_KIND(kind, CALL)
#undef CALL
}

static void activate_back(int kind, ptrdiff_t count, const float *x, const float *dy, float *dx) {
#define CALL(k) activate_back_kind(k, count, x, dy, dx)
  BY_KIND(kind, CALL)
#undef CALL
}

// Rows of channels, a register of channels at a time.
#define EACH_REGISTER(p)                                                                     \
  for (ptrdiff_t c = 0, left = (p)->channels; c < (p)->channels; c += LANES, left -= LANES)

BODY void norm_forward_kind(const int kind, const net_norm *p) {
  EACH_REGISTER(p) {
    const vec factor = load_up_to(p->factor + c, left), shift = load_up_to(p->shift + c, left);
    for (ptrdiff_t r = 0; r < p->rows; r++) {
      const vec x = load_up_to(p->x + r * p->channels + c, left);
      store_up_to(p->y + r * p->channels + c, activation_value(kind, x * factor + shift), left);
    }
  }
}

static void norm_forward(const net_norm *p) {
#define CALL(k) norm_forward_kind(k, p)
  BY_KIND(p->activation, CALL)
#undef CALL
}

// Rows by fours or twos, for sums side by side, as each waits for the one before it.
#define EACH_ROW(p, r, j, group)                                                             \
  for (ptrdiff_t r = 0; r < (p)->rows; r += group)                                           \
    UNROLL for (int j = 0; j < group; j++) if (r + j < (p)->rows)
BODY vec sum_of_four(const vec sum[4]) { return (sum[0] + sum[1]) + (sum[2] + sum[3]); }

static void norm_measure(const net_norm *p) {
  EACH_REGISTER(p) {
    const float *x = p->x + c;
    vec sum[4] = {};
    EACH_ROW(p, r, j, 4) sum[j] += load_up_to(x + (r + j) * p->channels, left);
    const vec mean = sum_of_four(sum) / (float)p->rows;
    vec square[4] = {};
    EACH_ROW(p, r, j, 4) {
      const vec difference = load_up_to(x + (r + j) * p->channels, left) - mean;
      square[j] += difference * difference;
    }
    store_up_to(p->first + c, mean, left);
    store_up_to(p->second + c, sum_of_four(square), left);
  }
}

BODY void norm_back_sums_kind(const int kind, const net_norm *p) {
  EACH_REGISTER(p) {
    const vec factor = load_up_to(p->factor + c, left), shift = load_up_to(p->shift + c, left);
    const vec mean = load_up_to(p->mean + c, left);
    vec plain[2] = {}, product[2] = {};
    EACH_ROW(p, r, j, 2) {
      const vec x = load_up_to(p->x + (r + j) * p->channels + c, left);
      float *at = p->dy + (r + j) * p->channels + c;
      vec g = load_up_to(at, left);
      if (kind != net_identity) {
        g *= activation_slope(kind, x * factor + shift);
        store_up_to(at, g, left);
      }
      plain[j] += g;
      product[j] += g * (x - mean);
    }
    store_up_to(p->first + c, plain[0] + plain[1], left);
    store_up_to(p->second + c, product[0] + product[1], left);
  }
}

static void norm_back_sums(const net_norm *p) {
#define CALL(k) norm_back_sums_kind(k, p)
  BY_KIND(p->activation, CALL)
#undef CALL
}

static void norm_back_input(const net_norm *p) {
  EACH_REGISTER(p) {
    const vec factor = load_up_to(p->factor + c, left), shift = load_up_to(p->shift + c, left);
    const vec mean = load_up_to(p->mean + c, left), slope = load_up_to(p->slope + c, left);
    for (ptrdiff_t r = 0; r < p->rows; r++) {
      const vec x = load_up_to(p->x + r * p->channels + c, left);
      const vec g = load_up_to(p->dy + r * p->channels + c, left);
      store_up_to(p->y + r * p->channels + c, g * factor + (x - mean) * slope + shift, left);
    }
  }
}
#undef EACH_REGISTER
#undef EACH_ROW
#undef BY_KIND
