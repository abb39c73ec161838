// Loops that the compiler turns into lanes: what becomes of rows of sums and blurred rows.

#define MAGNITUDE(name, sample, top)                                                         \
  static void name(const int32_t *a, const int32_t *b, double divisor, double raised,        \
                   sample *out, size_t count) {                                              \
    for (size_t x = 0; x < count; x++) {                                                     \
      double u = a[x], v = b[x];                                                             \
      double r = __builtin_elementwise_sqrt(u * u + v * v) / divisor + raised;               \
      r = r < 0 ? 0 : r;                                                                     \
      r = r > top ? top : r;                                                                 \
      out[x] = (sample)(int32_t)r;                                                           \
    }                                                                                        \
  }

MAGNITUDE(magnitude_u8, uint8_t, 255.0)
MAGNITUDE(magnitude_u16, uint16_t, 65535.0)

static void magnitude_small_u8(const int32_t *a, const int32_t *b, uint8_t *out,
                               size_t count) {
  for (size_t x = 0; x < count; x++) {
    float square = (float)(a[x] * a[x] + b[x] * b[x]);
    int32_t r = (int32_t)(__builtin_elementwise_sqrt(square) + 0.5f);
    out[x] = (uint8_t)(r > 255 ? 255 : r);
  }
}

static void unsharp_u8(const uint8_t *in, const uint16_t *soft, double amount,
                       double threshold, uint8_t *out, size_t count) {
  // Whole numbers exceed it where they exceed what is whole of it.
  const int32_t most = (int32_t)floor(threshold < 65536 ? threshold : 65536);
  const float step = (float)(amount / 257.0);
  for (size_t x = 0; x < count; x++) {
    int32_t difference = in[x] * 257 - soft[x];
    int32_t magnitude = difference < 0 ? -difference : difference;
    float change = magnitude > most ? step * (float)difference : 0;
    float r = (float)in[x] + change + 0.5f;
    r = r < 0 ? 0 : r;
    r = r > 255.0f ? 255.0f : r;
    out[x] = (uint8_t)(int32_t)r;
  }
}

#define UNSHARP_WIDE(name, sample, unit)                                                     \
  static void name(const sample *in, const uint16_t *soft, double amount, double threshold,  \
                   uint16_t *out, size_t count) {                                            \
    for (size_t x = 0; x < count; x++) {                                                     \
      double own = (double)(int32_t)in[x] * unit;                                            \
      double difference = own - (double)(int32_t)soft[x];                                    \
      double magnitude = difference < 0 ? -difference : difference;                          \
      double r = (magnitude > threshold ? own + amount * difference : own) + 0.5;            \
      r = r < 0 ? 0 : r;                                                                     \
      r = r > 65535.0 ? 65535.0 : r;                                                         \
      out[x] = (uint16_t)(int32_t)r;                                                         \
    }                                                                                        \
  }

UNSHARP_WIDE(unsharp_u8_u16, uint8_t, 257.0)
UNSHARP_WIDE(unsharp_u16, uint16_t, 1.0)

static void add_squares(const int64_t *sums, double *squares, size_t count) {
  for (size_t x = 0; x < count; x++) {
    double sum = (double)sums[x];
    squares[x] = squares[x] + sum * sum;
  }
}

static void roots(double *squares, size_t count) {
  for (size_t x = 0; x < count; x++) squares[x] = __builtin_elementwise_sqrt(squares[x]);
}

static void spread(const double *values, double low, double range, double top, int64_t *out,
                   size_t count) {
  if (!(range > 0)) range = INFINITY;
  for (size_t x = 0; x < count; x++) {
    double r = (values[x] - low) / range;
    r = r > 0 ? r : 0;
    r = r < 1 ? r : 1;
    out[x] = (int32_t)(r * top + 0.5);
  }
}

static void widen_u8_u16(const uint8_t *in, uint16_t *out, size_t count) {
  for (size_t x = 0; x < count; x++) out[x] = (uint16_t)(in[x] * 257);
}

#define DIFFERENCE(name, sample)                                                      \
  static void name(const sample *a, const sample *b, sample *out, size_t count) {     \
    for (size_t x = 0; x < count; x++) out[x] = a[x] > b[x] ? (sample)(a[x] - b[x]) : 0; \
  }

DIFFERENCE(difference_u8, uint8_t)
DIFFERENCE(difference_u16, uint16_t)

static void stream_copy(void *target, const void *source, size_t bytes) {
#if defined(__x86_64__)
  // Whole lines to a target that is aligned to one.
  uint8_t *to = target;
  const uint8_t *from = source;
  size_t head = -(uintptr_t)to & 63;
  if (head > bytes) head = bytes;
  memcpy(to, from, head);
  to += head, from += head, bytes -= head;
  for (; bytes >= 64; to += 64, from += 64, bytes -= 64) {
    lanes line[64 / CONV_BYTES];
    memcpy(line, from, 64);
    UNROLL for (size_t p = 0; p < 64 / CONV_BYTES; p++) {
      __builtin_nontemporal_store(line[p], (lanes *)to + p);
    }
  }
  memcpy(to, from, bytes);
#else
  memcpy(target, source, bytes);
#endif
}

static void stream_end(void) {
#if defined(__x86_64__)
  _mm_sfence();
#endif
}
