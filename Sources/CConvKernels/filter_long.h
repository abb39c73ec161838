// Sums beyond 32 bits: exact integers in doubles and in 64 bits.

typedef double doubles __attribute__((vector_size(CONV_BYTES)));
enum { double_count = CONV_BYTES / 8 };

static void widen_i32_f64(const int32_t *in, double *out, size_t count) {
  for (size_t x = 0; x < count; x++) out[x] = in[x];
}

static void add_shifted_i32(const int32_t *in, int32_t shift, int first, int64_t *sums,
                            size_t count) {
  if (first) {
    for (size_t x = 0; x < count; x++) sums[x] = (int64_t)((uint64_t)(int64_t)in[x] << shift);
  } else {
    for (size_t x = 0; x < count; x++) sums[x] += (int64_t)((uint64_t)(int64_t)in[x] << shift);
  }
}

typedef int64_t longs __attribute__((vector_size(CONV_BYTES)));

// Four vectors of columns at a time, each sum in a register. Every product and every sum is an integer
// below 2^53: fused or not, nothing is rounded.
static void sum_row_f64(const double *in, size_t step, const double *weights, size_t taps,
                        int32_t shift, int first, int64_t *sums, size_t count) {
#pragma clang fp contract(fast)
  enum { vectors = 4, block = vectors * double_count };
  size_t x = 0;
  for (; x + block <= count; x += block) {
    doubles acc[vectors];
    UNROLL for (int n = 0; n < vectors; n++) acc[n] = (doubles){};
    const double *from = in + x;
    for (size_t tap = 0; tap < taps; tap++, from += step) {
      UNROLL for (int n = 0; n < vectors; n++) {
        doubles data;
        memcpy(&data, from + n * double_count, sizeof data);
        acc[n] = acc[n] + data * weights[tap];
      }
    }
    UNROLL for (int n = 0; n < vectors; n++) {
      longs sum = __builtin_convertvector(acc[n], longs) << (int64_t)shift;
      if (!first) {
        longs before;
        memcpy(&before, sums + x + n * double_count, sizeof before);
        sum = sum + before;
      }
      memcpy(sums + x + n * double_count, &sum, sizeof sum);
    }
  }
  for (; x < count; x++) {
    double acc = 0;
    for (size_t tap = 0; tap < taps; tap++) acc = acc + in[x + tap * step] * weights[tap];
    int64_t sum = (int64_t)((uint64_t)(int64_t)acc << shift);
    sums[x] = first ? sum : sums[x] + sum;
  }
}

// Clamped first, so that the quotient fits 17 bits. It is right or off by one: its product says which.
#define FINISH_LONG(name, sample)                                                              \
  static void name(const int64_t *sums, size_t count, sample *out,                             \
                   const conv_long_finish *finish) {                                           \
    int64_t addend = finish->addend, divisor = finish->divisor, limit = finish->limit;         \
    if (finish->shift >= 0) {                                                                  \
      for (size_t x = 0; x < count; x++) {                                                     \
        int64_t sum = finish->absolute && sums[x] < 0 ? -sums[x] : sums[x];                    \
        int64_t value = (sum + addend) >> finish->shift;                                       \
        value = value > 0 ? value : 0;                                                         \
        out[x] = (sample)(value < (sample)-1 ? value : (sample)-1);                            \
      }                                                                                        \
      return;                                                                                  \
    }                                                                                          \
    double inverse = 1 / (double)divisor;                                                      \
    for (size_t x = 0; x < count; x++) {                                                       \
      int64_t sum = (finish->absolute && sums[x] < 0 ? -sums[x] : sums[x]) + addend;           \
      sum = sum > 0 ? sum : 0;                                                                 \
      sum = sum < limit ? sum : limit;                                                         \
      int64_t quotient = (int32_t)((double)sum * inverse);                                     \
      int64_t rest = sum - quotient * divisor;                                                 \
      out[x] = (sample)(quotient + (rest >= divisor) - (rest < 0));                            \
    }                                                                                          \
  }

FINISH_LONG(finish_i64_u8, uint8_t)
FINISH_LONG(finish_i64_u16, uint16_t)

// Results of several kernels; a sum may be read and written in place.
#define COMBINE(name, expression)                                                            \
  static void name(const int32_t *a, const int32_t *b, int32_t *out, size_t count) {         \
    for (size_t x = 0; x < count; x++) out[x] = expression;                                  \
  }

COMBINE(larger_i32, a[x] > b[x] ? a[x] : b[x])
COMBINE(smaller_i32, a[x] < b[x] ? a[x] : b[x])
COMBINE(sum_i32, a[x] + b[x])

static void absolute_i32(const int32_t *in, int32_t *out, size_t count) {
  for (size_t x = 0; x < count; x++) out[x] = in[x] < 0 ? -in[x] : in[x];
}
