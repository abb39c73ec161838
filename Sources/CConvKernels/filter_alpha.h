// Colours that weigh as much as their alpha.

typedef uint16_t eight __attribute__((vector_size(16)));
typedef uint32_t eight_wide __attribute__((vector_size(32)));

// What each sample of two or four pixels is multiplied by: its alpha, and alpha by 1.
#define FACTORS(v, channels)                                                            \
  ((channels) == 4 ? (__builtin_shufflevector(v, v, 3, 3, 3, 3, 7, 7, 7, 7) &           \
                      (eight){0xffff, 0xffff, 0xffff, 0, 0xffff, 0xffff, 0xffff, 0}) |  \
                         (eight){0, 0, 0, 1, 0, 0, 0, 1}                                \
                   : (__builtin_shufflevector(v, v, 1, 1, 3, 3, 5, 5, 7, 7) &           \
                      (eight){0xffff, 0, 0xffff, 0, 0xffff, 0, 0xffff, 0}) |            \
                         (eight){0, 1, 0, 1, 0, 1, 0, 1})

static void premultiply_u8(const uint8_t *in, size_t channels, size_t pixels, uint16_t *out) {
  size_t samples = pixels * channels, x = 0;
  for (; x + 8 <= samples; x += 8) {
    typedef uint8_t eight_bytes __attribute__((vector_size(8)));
    eight_bytes small;
    memcpy(&small, in + x, sizeof small);
    eight value = __builtin_convertvector(small, eight);
    value *= FACTORS(value, channels);
    memcpy(out + x, &value, sizeof value);
  }
  for (; x < samples; x += channels) {
    uint16_t alpha = in[x + channels - 1];
    for (size_t c = 0; c + 1 < channels; c++) out[x + c] = (uint16_t)(in[x + c] * alpha);
    out[x + channels - 1] = alpha;
  }
}

static void premultiply_u16(const uint16_t *in, size_t channels, size_t pixels, uint16_t *low,
                            uint16_t *high) {
  size_t samples = pixels * channels, x = 0;
  for (; x + 8 <= samples; x += 8) {
    eight value;
    memcpy(&value, in + x, sizeof value);
    eight factor = FACTORS(value, channels);
    eight_wide product = __builtin_convertvector(value, eight_wide) *
                         __builtin_convertvector(factor, eight_wide);
    eight lower = __builtin_convertvector(product, eight);
    eight upper = __builtin_convertvector(product >> 16, eight);
    memcpy(low + x, &lower, sizeof lower);
    memcpy(high + x, &upper, sizeof upper);
  }
  for (; x < samples; x += channels) {
    uint32_t alpha = in[x + channels - 1];
    for (size_t c = 0; c + 1 < channels; c++) {
      uint32_t product = in[x + c] * alpha;
      low[x + c] = (uint16_t)product;
      high[x + c] = (uint16_t)(product >> 16);
    }
    low[x + channels - 1] = (uint16_t)alpha;
    high[x + channels - 1] = 0;
  }
}

typedef double four __attribute__((vector_size(32)));
typedef int64_t four_longs __attribute__((vector_size(32)));
typedef int32_t four_words __attribute__((vector_size(16)));

// One pixel of four samples or two pixels of two: quotients in doubles, whose error stays far below
// 2^-20 wherever they lie within the range. Nearer than that to the border between two levels they
// are unsure.
BODY void divide_four(const int64_t *sums, size_t channels, size_t count, char *out, size_t size,
                      uint8_t *unsure, const conv_alpha_finish *finish) {
  const double whole = 0x1.8p52;
  four_longs sum;
  memcpy(&sum, sums, sizeof sum);
  four_longs colours = channels == 4 ? (four_longs){-1, -1, -1, 0} : (four_longs){-1, 0, -1, 0};
  four_longs weight = channels == 4 ? __builtin_shufflevector(sum, sum, 3, 3, 3, 3)
                                    : __builtin_shufflevector(sum, sum, 1, 1, 3, 3);
  if (finish->negative) weight = -weight;
  four alpha = __builtin_convertvector(weight, four);
  four colour = __builtin_convertvector(sum, four) / alpha * finish->scale;
  if (finish->absolute) colour = __builtin_elementwise_abs(colour);
  colour = colour + finish->raised;
  four opacity = alpha * finish->opacity + 0.5;
  four value = (four)((colours & (four_longs)colour) | (~colours & (four_longs)opacity));
  four level = (value + whole) - whole;
  four_longs doubtful = (__builtin_elementwise_abs(value - level) < 0x1p-20) & (level >= 1) &
                        (level <= finish->top);
  four_longs opaque = weight == finish->opaque;
  doubtful = (doubtful & ~(opaque & colours)) | (weight <= 0);
  four none = {}, top = none + finish->top;
  value = (four)((value > none) & (four_longs)value);
  four_longs over = value > top;
  value = (four)((over & (four_longs)top) | (~over & (four_longs)value));
  four_words results = __builtin_convertvector(value, four_words);
  four_words keeps = __builtin_convertvector(opaque & colours, four_words);
  if (size == 1) {
    typedef uint8_t four_bytes __attribute__((vector_size(4)));
    four_bytes kept = {};
    memcpy(&kept, out, count);
    results = (keeps & __builtin_convertvector(kept, four_words)) | (~keeps & results);
    four_bytes stored = __builtin_convertvector(results, four_bytes);
    memcpy(out, &stored, count);
  } else {
    typedef uint16_t four_shorts __attribute__((vector_size(8)));
    four_shorts kept = {};
    memcpy(&kept, out, count * 2);
    results = (keeps & __builtin_convertvector(kept, four_words)) | (~keeps & results);
    four_shorts stored = __builtin_convertvector(results, four_shorts);
    memcpy(out, &stored, count * 2);
  }
  if (channels == 4) {
    unsure[0] = (doubtful[0] | doubtful[1] | doubtful[2] | doubtful[3]) != 0;
  } else {
    unsure[0] = (doubtful[0] | doubtful[1]) != 0;
    if (count > 2) unsure[1] = (doubtful[2] | doubtful[3]) != 0;
  }
}

BODY void divide_row(const int64_t *sums, size_t channels, size_t pixels, char *out, size_t size,
                     uint8_t *unsure, const conv_alpha_finish *finish) {
  size_t samples = pixels * channels, x = 0;
  for (; x + 4 <= samples; x += 4) {
    divide_four(sums + x, channels, 4, out + x * size, size, unsure + x / channels, finish);
  }
  if (x < samples) {
    int64_t rest[4] = {0};
    memcpy(rest, sums + x, (samples - x) * sizeof *sums);
    divide_four(rest, channels, samples - x, out + x * size, size, unsure + x / channels, finish);
  }
}

static void divide_alpha_u8(const int64_t *sums, size_t channels, size_t pixels, uint8_t *out,
                            uint8_t *unsure, const conv_alpha_finish *finish) {
  if (channels == 4) {
    divide_row(sums, 4, pixels, (char *)out, 1, unsure, finish);
  } else {
    divide_row(sums, 2, pixels, (char *)out, 1, unsure, finish);
  }
}

static void divide_alpha_u16(const int64_t *sums, size_t channels, size_t pixels, uint16_t *out,
                             uint8_t *unsure, const conv_alpha_finish *finish) {
  if (channels == 4) {
    divide_row(sums, 4, pixels, (char *)out, 2, unsure, finish);
  } else {
    divide_row(sums, 2, pixels, (char *)out, 2, unsure, finish);
  }
}

typedef float four_floats __attribute__((vector_size(16)));

static void premultiply_u8_f32(const uint8_t *in, const float *alphas, size_t channels,
                               size_t pixels, float *out) {
  if (channels == 2) {
    for (size_t x = 0; x < pixels; x++) {
      out[2 * x] = alphas[in[2 * x + 1]] * in[2 * x];
      out[2 * x + 1] = alphas[in[2 * x + 1]];
    }
    return;
  }
  for (size_t x = 0; x < pixels; x++, in += 4, out += 4) {
    four_floats value = {in[0], in[1], in[2], 1};
    value *= alphas[in[3]];
    memcpy(out, &value, sizeof value);
  }
}

static void divide_alpha_f32_u8(const float *in, size_t channels, size_t pixels, uint8_t *out) {
  if (channels == 2) {
    for (size_t x = 0; x < pixels; x++) {
      float gray = in[2 * x], alpha = in[2 * x + 1];
      float quotient = alpha > 1e-7f ? gray / alpha : 0;
      gray = (alpha < 1 - 1e-5f ? quotient : gray) + 0.5f;
      alpha = 255 * alpha + 0.5f;
      gray = gray > 0 ? gray : 0;
      alpha = alpha > 0 ? alpha : 0;
      out[2 * x] = (uint8_t)(int32_t)(gray < 255 ? gray : 255);
      out[2 * x + 1] = (uint8_t)(int32_t)(alpha < 255 ? alpha : 255);
    }
    return;
  }
  for (size_t x = 0; x < pixels; x++, in += 4, out += 4) {
    four_floats value;
    memcpy(&value, in, sizeof value);
    float alpha = value[3];
    // What is opaque but for rounding is what it would be without alpha.
    if (alpha < 1 - 1e-5f) value = alpha > 1e-7f ? value / alpha : (four_floats){};
    value[3] = 255 * alpha;
    value = __builtin_elementwise_max(value + 0.5f, (four_floats){});
    value = __builtin_elementwise_min(value, (four_floats){} + 255);
    typedef uint8_t four_bytes __attribute__((vector_size(4)));
    four_bytes samples =
        __builtin_convertvector(__builtin_convertvector(value, four_words), four_bytes);
    memcpy(out, &samples, sizeof samples);
  }
}
