// Gaussians of large sigma over samples of 16 bits, in single precision. Samples are taken from the middle
// of their range, and alpha from full opacity, so that of opaque pixels nothing is left of it.

// Sums of a symmetric window, from its ends to the middle: products in groups of 8, groups in groups of 8,
// those in turn, the middle one last.
BODY void fold_grouped(const float *const *rows, const float *weights, size_t radius, float *out,
                       size_t x) {
  enum { vectors = 4, group = 8, block = 64 };
  floats total[vectors] = {};
  for (size_t first = 0; first < radius; first += block) {
    size_t last = first + block < radius ? first + block : radius;
    floats part[vectors] = {};
    for (size_t start = first; start < last; start += group) {
      size_t end = start + group < last ? start + group : last;
      floats sum[vectors] = {};
      for (size_t k = start; k < end; k++) {
        const float *a = rows[k] + x, *b = rows[2 * radius - k] + x;
        UNROLL for (int n = 0; n < vectors; n++) {
          floats both = load_floats(a + n * lane_count) + load_floats(b + n * lane_count);
          floats product = weights[k] * both;
          sum[n] = k == start ? product : sum[n] + product;
        }
      }
      UNROLL for (int n = 0; n < vectors; n++) part[n] = start == first ? sum[n] : part[n] + sum[n];
    }
    UNROLL for (int n = 0; n < vectors; n++) total[n] = first == 0 ? part[n] : total[n] + part[n];
  }
  UNROLL for (int n = 0; n < vectors; n++) {
    floats product = weights[radius] * load_floats(rows[radius] + x + n * lane_count);
    product = radius == 0 ? product : total[n] + product;
    memcpy(out + x + n * lane_count, &product, sizeof product);
  }
}

static void fold_grouped_f32(const float *const *rows, const float *weights, size_t radius,
                             float *out, size_t count) {
  for (size_t x = 0; x < count; x += 4 * lane_count) fold_grouped(rows, weights, radius, out, x);
}

static void center_u16_f32(const uint16_t *in, float *out, size_t count) {
  for (size_t x = 0; x < count; x++) out[x] = (float)((int32_t)in[x] - 32768);
}

static void round_center_f32_u16(const float *in, uint16_t *out, size_t count) {
  for (size_t x = 0; x < count; x++) {
    float value = in[x] + 32768.5f;
    value = value > 0 ? value : 0;
    value = value < 65535 ? value : 65535;
    out[x] = (uint16_t)(int32_t)value;
  }
}

// The product of the top and its inverse is 1.
static const float inverse_top = 1 / 65535.0f;

static void premultiply_u16_f32(const uint16_t *in, size_t channels, size_t pixels, float *out) {
  if (channels == 2) {
    for (size_t x = 0; x < pixels; x++) {
      int32_t gray = in[2 * x], alpha = in[2 * x + 1];
      out[2 * x] = (float)(gray - 32768) * ((float)alpha * inverse_top);
      out[2 * x + 1] = (float)(alpha - 65535);
    }
    return;
  }
  for (size_t x = 0; x < pixels; x++, in += 4, out += 4) {
    float alpha = (float)in[3] * inverse_top;
    typedef uint16_t four_shorts __attribute__((vector_size(8)));
    four_shorts small;
    memcpy(&small, in, sizeof small);
    four_words value = __builtin_convertvector(small, four_words);
    value = value - (four_words){32768, 32768, 32768, 65535};
    four_floats result = __builtin_convertvector(value, four_floats);
    result = result * (four_floats){alpha, alpha, alpha, 1};
    memcpy(out, &result, sizeof result);
  }
}

// Alpha that rounds to nothing leaves no colour.
static void divide_alpha_f32_u16(const float *in, size_t channels, size_t pixels, uint16_t *out) {
  if (channels == 2) {
    for (size_t x = 0; x < pixels; x++) {
      float lack = in[2 * x + 1], alpha = (lack + 65535) * inverse_top, level = lack + 65535.5f;
      float value = in[2 * x] / alpha + 32768.5f;
      value = level >= 1 && value > 0 ? value : 0;
      level = level > 0 ? level : 0;
      out[2 * x] = (uint16_t)(int32_t)(value < 65535 ? value : 65535);
      out[2 * x + 1] = (uint16_t)(int32_t)(level < 65535 ? level : 65535);
    }
    return;
  }
  for (size_t x = 0; x < pixels; x++, in += 4, out += 4) {
    four_floats value, none = {};
    memcpy(&value, in, sizeof value);
    float alpha = (value[3] + 65535) * inverse_top;
    value = value / (four_floats){alpha, alpha, alpha, 1};
    value = value + (four_floats){32768.5f, 32768.5f, 32768.5f, 65535.5f};
    if (value[3] < 1) value = none;
    value = __builtin_elementwise_max(value, none);
    value = __builtin_elementwise_min(value, none + 65535);
    typedef uint16_t four_shorts __attribute__((vector_size(8)));
    four_shorts samples =
        __builtin_convertvector(__builtin_convertvector(value, four_words), four_shorts);
    memcpy(out, &samples, sizeof samples);
  }
}
