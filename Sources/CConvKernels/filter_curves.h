// Levels between the curves of four tiles.

// 12582912 = 1.5 · 2^23: a level that it is added to is rounded, halves to even, and stands in the lowest
// bits of the sum.
BODY lanes curves_at(ulanes words, reals across, float down) {
  reals value[4];
  UNROLL for (int n = 0; n < 4; n++) {
    value[n] = __builtin_convertvector((lanes)(words >> 8 * n & 255), reals);
  }
  reals above = value[0] * (1 - across) + value[1] * across;
  reals below = value[2] * (1 - across) + value[3] * across;
  reals level = above * (1 - down) + below * down;
  level = __builtin_elementwise_min(__builtin_elementwise_max(level, (reals){}), (reals){} + 255);
  return (lanes)(level + 12582912.0f) & 255;
}

static void between_curves(const uint32_t *curves, const float *across, float down,
                           const uint8_t *in, uint8_t *out, size_t count) {
  for (size_t x = 0; x < count; x += lane_count) {
    size_t left = count - x < lane_count ? count - x : lane_count;
    lanes_u8 levels = {};
    reals parts = {};
    if (left == lane_count) {
      memcpy(&levels, in + x, sizeof levels);
      memcpy(&parts, across + x, sizeof parts);
    } else {
      memcpy(&levels, in + x, left);
      memcpy(&parts, across + x, left * sizeof *across);
    }
    ulanes words =
        (ulanes)looked_up((const float *)curves, __builtin_convertvector(levels, lanes));
    levels = __builtin_convertvector(curves_at(words, parts, down), lanes_u8);
    if (left == lane_count) {
      memcpy(out + x, &levels, sizeof levels);
    } else {
      memcpy(out + x, &levels, left);
    }
  }
}
