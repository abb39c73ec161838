// Means and deviations of windows: exact sums, then a root and a quotient in double precision.

typedef int32_t short_lanes __attribute__((vector_size(CONV_BYTES / 2)));

static void moments_slide(const uint8_t *add, const uint8_t *take, uint32_t *restrict sums,
                          uint32_t *restrict squares, size_t count) {
  for (size_t x = 0; x < count; x++) {
    int32_t plus = add[x], minus = take[x];
    sums[x] += (uint32_t)(plus - minus);
    squares[x] += (uint32_t)(plus * plus - minus * minus);
  }
}

BODY doubles window_sums(const uint32_t *prefix, size_t reach) {
  short_lanes from, to;
  memcpy(&from, prefix, sizeof from);
  memcpy(&to, prefix + reach, sizeof to);
  return __builtin_convertvector(to - from, doubles);
}

typedef uint8_t double_bytes __attribute__((vector_size(double_count)));

BODY short_lanes moments_at(const uint32_t *sums, const uint32_t *squares, size_t reach,
                            double_bytes samples, const conv_moments *moments) {
  doubles sum = window_sums(sums, reach), square = window_sums(squares, reach);
  doubles difference = moments->count * __builtin_convertvector(samples, doubles) - sum;
  doubles variance = moments->count * square - sum * sum;
  doubles divisor = __builtin_elementwise_sqrt(variance);
  divisor = __builtin_elementwise_max(divisor, (doubles){} + moments->floor * moments->count);
  doubles level = moments->mean + moments->deviation * difference / divisor + 0.5;
  level = __builtin_elementwise_max(level, (doubles){});
  level = __builtin_elementwise_min(level, (doubles){} + 255);
  return __builtin_convertvector(level, short_lanes);
}

static void moments_finish(const uint32_t *sums, const uint32_t *squares, size_t reach,
                           const uint8_t *own, const conv_moments *moments, uint8_t *out,
                           size_t count) {
  for (size_t x = 0; x < count; x += double_count) {
    size_t left = count - x < double_count ? count - x : double_count;
    double_bytes samples = {};
    if (left == double_count) {
      memcpy(&samples, own + x, sizeof samples);
    } else {
      memcpy(&samples, own + x, left);
    }
    samples = __builtin_convertvector(
        moments_at(sums + x, squares + x, reach, samples, moments), double_bytes);
    if (left == double_count) {
      memcpy(out + x, &samples, sizeof samples);
    } else {
      memcpy(out + x, &samples, left);
    }
  }
}
