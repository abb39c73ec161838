// Row by row: sums with 32 and 64 bits, boxes, extremes, single precision.

static void scale_i32(const int32_t *in, int32_t weight, int first, int32_t *acc, size_t count) {
  if (first) {
    for (size_t x = 0; x < count; x++) acc[x] = (int32_t)((uint32_t)weight * (uint32_t)in[x]);
  } else {
    for (size_t x = 0; x < count; x++) {
      acc[x] = (int32_t)((uint32_t)acc[x] + (uint32_t)weight * (uint32_t)in[x]);
    }
  }
}

static void add_scaled_u8(const uint8_t *in, int64_t weight, int64_t *acc, size_t count) {
  for (size_t x = 0; x < count; x++) acc[x] += weight * in[x];
}

static void add_scaled_u16(const uint16_t *in, int64_t weight, int64_t *acc, size_t count) {
  for (size_t x = 0; x < count; x++) acc[x] += weight * in[x];
}

#define SLIDE(name, sample, total)                                                         \
  static void slide_##name(const sample *add, const sample *take, total *sum, size_t count) { \
    for (size_t x = 0; x < count; x++) sum[x] = (total)(sum[x] + add[x] - take[x]);        \
  }                                                                                        \
  static void gather_##name(const sample *add, total *sum, size_t count) {                 \
    for (size_t x = 0; x < count; x++) sum[x] = (total)(sum[x] + add[x]);                  \
  }

SLIDE(u8_u16, uint8_t, uint16_t)
SLIDE(u8_u32, uint8_t, uint32_t)
SLIDE(u16_u32, uint16_t, uint32_t)

static void add_u16(const uint16_t *a, const uint16_t *b, uint16_t *out, size_t count) {
  for (size_t x = 0; x < count; x++) out[x] = (uint16_t)(a[x] + b[x]);
}

static void subtract_u32(const uint32_t *a, const uint32_t *b, uint32_t *out, size_t count) {
  for (size_t x = 0; x < count; x++) out[x] = a[x] - b[x];
}

// `step` chains of additions side by side, kept in registers.
BODY void prefix_of(const uint32_t *in, size_t step, uint32_t *out, size_t count) {
  uint32_t sums[4];
  for (size_t c = 0; c < step; c++) sums[c] = (out - step)[c];
  size_t x = 0;
  for (; x + step <= count; x += step) {
    for (size_t c = 0; c < step; c++) out[x + c] = sums[c] += in[x + c];
  }
  for (size_t c = 0; x + c < count; c++) out[x + c] = sums[c] += in[x + c];
}

static void prefix_u32(const uint32_t *in, size_t step, uint32_t *out, size_t count) {
  switch (step) {
    case 1: prefix_of(in, 1, out, count); return;
    case 2: prefix_of(in, 2, out, count); return;
    case 3: prefix_of(in, 3, out, count); return;
    case 4: prefix_of(in, 4, out, count); return;
    default:
      for (size_t x = 0; x < count; x++) out[x] = (out - step)[x] + in[x];
  }
}

#define EXTREMUM(name, type, compare)                                                \
  static void name(const type *a, const type *b, type *out, size_t count) {          \
    for (size_t x = 0; x < count; x++) out[x] = a[x] compare b[x] ? a[x] : b[x];      \
  }

EXTREMUM(larger_u8, uint8_t, >)
EXTREMUM(larger_u16, uint16_t, >)
EXTREMUM(smaller_u8, uint8_t, <)
EXTREMUM(smaller_u16, uint16_t, <)

#define MERGE(name, type, compare)                                                   \
  static void name(const type *in, type *out, size_t count) {                        \
    for (size_t x = 0; x < count; x++) out[x] = in[x] compare out[x] ? in[x] : out[x]; \
  }

MERGE(raise_u8, uint8_t, >)
MERGE(raise_u16, uint16_t, >)
MERGE(lower_u8, uint8_t, <)
MERGE(lower_u16, uint16_t, <)

typedef float floats __attribute__((vector_size(CONV_BYTES)));

BODY floats load_floats(const float *from) {
  floats value;
  memcpy(&value, from, sizeof value);
  return value;
}

// Four vectors of columns at a time, each sum in a register.
BODY void sum_columns(const float *const *rows, const float *weights, size_t taps, size_t group,
                      float *out, size_t x) {
  enum { vectors = 4 };
  floats total[vectors];
  for (size_t start = 0; start < taps; start += group) {
    size_t end = start + group < taps ? start + group : taps;
    floats sum[vectors];
    UNROLL for (int n = 0; n < vectors; n++) {
      sum[n] = weights[start] * load_floats(rows[start] + x + n * lane_count);
    }
    for (size_t tap = start + 1; tap < end; tap++) {
      UNROLL for (int n = 0; n < vectors; n++) {
        floats product = weights[tap] * load_floats(rows[tap] + x + n * lane_count);
        sum[n] = sum[n] + product;
      }
    }
    UNROLL for (int n = 0; n < vectors; n++) total[n] = start == 0 ? sum[n] : total[n] + sum[n];
  }
  UNROLL for (int n = 0; n < vectors; n++) {
    memcpy(out + x + n * lane_count, &total[n], sizeof total[n]);
  }
}

static void sum_f32(const float *const *rows, const float *weights, size_t taps, size_t group,
                    float *out, size_t count) {
  enum { block = 4 * lane_count };
  size_t x = 0;
  for (; x + block <= count; x += block) sum_columns(rows, weights, taps, group, out, x);
  for (; x < count; x++) {
    float total = 0;
    for (size_t start = 0; start < taps; start += group) {
      size_t end = start + group < taps ? start + group : taps;
      float sum = weights[start] * rows[start][x];
      for (size_t tap = start + 1; tap < end; tap++) {
        float product = weights[tap] * rows[tap][x];
        sum = sum + product;
      }
      total = start == 0 ? sum : total + sum;
    }
    out[x] = total;
  }
}

// Rows as far from the middle one have the same weight: they are added first.
#define FOLD(name, type, both)                                                                    \
  static void name(const type *const *rows, const float *weights, size_t radius,                  \
                   float *restrict out, size_t count) {                                           \
    const type *middle = rows[radius];                                                            \
    for (size_t x = 0; x < count; x++) out[x] = weights[radius] * (float)middle[x];               \
    size_t k = 0;                                                                                 \
    for (; k + 4 <= radius; k += 4) {                                                             \
      const type *restrict a0 = rows[k], *restrict b0 = rows[2 * radius - k];                     \
      const type *restrict a1 = rows[k + 1], *restrict b1 = rows[2 * radius - k - 1];             \
      const type *restrict a2 = rows[k + 2], *restrict b2 = rows[2 * radius - k - 2];             \
      const type *restrict a3 = rows[k + 3], *restrict b3 = rows[2 * radius - k - 3];             \
      const float w0 = weights[k], w1 = weights[k + 1], w2 = weights[k + 2], w3 = weights[k + 3]; \
      for (size_t x = 0; x < count; x++) {                                                        \
        float sum = out[x];                                                                       \
        sum += w0 * both(a0[x], b0[x]);                                                           \
        sum += w1 * both(a1[x], b1[x]);                                                           \
        sum += w2 * both(a2[x], b2[x]);                                                           \
        sum += w3 * both(a3[x], b3[x]);                                                           \
        out[x] = sum;                                                                             \
      }                                                                                           \
    }                                                                                             \
    for (; k < radius; k++) {                                                                     \
      const type *restrict a = rows[k], *restrict b = rows[2 * radius - k];                       \
      for (size_t x = 0; x < count; x++) out[x] += weights[k] * both(a[x], b[x]);                 \
    }                                                                                             \
  }

#define BOTH_BYTES(a, b) ((float)(int32_t)(uint16_t)((a) + (b)))
#define BOTH_FLOATS(a, b) ((a) + (b))
FOLD(fold_u8_f32, uint8_t, BOTH_BYTES)
FOLD(fold_f32, float, BOTH_FLOATS)

static void widen_u8_f32(const uint8_t *in, float *out, size_t count) {
  for (size_t x = 0; x < count; x++) out[x] = in[x];
}

static void widen_u16_f32(const uint16_t *in, float *out, size_t count) {
  for (size_t x = 0; x < count; x++) out[x] = in[x];
}

// Clamped first: the sum is not negative then, and truncation rounds down.
#define ROUND(name, type, top)                                        \
  static void name(const float *in, type *out, size_t count) {        \
    for (size_t x = 0; x < count; x++) {                              \
      float value = in[x] + 0.5f;                                     \
      value = value > 0 ? value : 0;                                  \
      value = value < (float)(top) ? value : (float)(top);            \
      out[x] = (type)(int32_t)value;                                  \
    }                                                                 \
  }

ROUND(round_f32_u8, uint8_t, 255)
ROUND(round_f32_u16, uint16_t, 65535)
