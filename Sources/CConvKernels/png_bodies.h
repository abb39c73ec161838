// Row filters of PNG on vectors of 32 bytes, whatever the registers hold. All of them are inlined, so
// how a vector is handed from function to function does not matter.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpsabi"

typedef uint8_t bytes32 __attribute__((vector_size(32)));
typedef uint16_t words16 __attribute__((vector_size(32)));

BODY bytes32 load32(const uint8_t *bytes) {
  bytes32 value;
  memcpy(&value, bytes, 32);
  return value;
}

BODY void store32(uint8_t *bytes, bytes32 value) { memcpy(bytes, &value, 32); }

BODY bytes32 least(bytes32 a, bytes32 b) { return __builtin_elementwise_min(a, b); }
BODY bytes32 most(bytes32 a, bytes32 b) { return __builtin_elementwise_max(a, b); }
BODY bytes32 pick_bytes(bytes32 mask, bytes32 a, bytes32 b) { return (mask & a) | (~mask & b); }

// ⌊(a + b) / 2⌋ without a ninth bit.
BODY bytes32 mean(bytes32 a, bytes32 b) { return (a & b) + ((a ^ b) >> 1); }

// Paeth's predictor in 8 bits.
//
// With p = a + b − c the distances are |p − a| = |b − c|, |p − b| = |a − c| and
// |p − c| = |(a − c) + (b − c)|: where both terms have one sign the last is no less than either
// of the first two, so it never wins; where not, it is the difference of the first two.
BODY bytes32 paeth(bytes32 a, bytes32 b, bytes32 c) {
  const bytes32 a_most = most(a, c), b_most = most(b, c);
  const bytes32 to_a = b_most - least(b, c), to_b = a_most - least(a, c);
  const bytes32 one_sign = (bytes32)((bytes32)(a_most == a) == (bytes32)(b_most == b));
  const bytes32 to_c = one_sign | (most(to_a, to_b) - least(to_a, to_b));
  const bytes32 near = least(to_a, to_b);
  const bytes32 left_or_above = pick_bytes((bytes32)(to_a <= to_b), a, b);
  return pick_bytes((bytes32)(near <= to_c), left_or_above, c);
}

BODY bytes32 predict(conv_png_filter filter, bytes32 a, bytes32 b, bytes32 c) {
  switch (filter) {
    case conv_png_sub: return a;
    case conv_png_up: return b;
    case conv_png_average: return mean(a, b);
    case conv_png_paeth: return paeth(a, b, c);
    default: return (bytes32){0};
  }
}

// Adds |v|, bytes taken as signed, in pairs.
BODY words16 add_magnitudes(words16 sum, bytes32 v) {
  const words16 m = (words16)least(v, (bytes32){0} - v);
  return sum + (m & 0xff) + (m >> 8);
}

BODY uint64_t total(words16 sum) {
  uint64_t value = 0;
  for (int i = 0; i < 16; i++) value += sum[i];
  return value;
}

BODY uint64_t magnitude(uint8_t v) { return v < 128 ? v : 256 - v; }

BODY uint8_t paeth_byte(uint8_t a, uint8_t b, uint8_t c) {
  const int p = a + b - c;
  const int to_a = p > a ? p - a : a - p, to_b = p > b ? p - b : b - p;
  const int to_c = p > c ? p - c : c - p;
  return to_a <= to_b && to_a <= to_c ? a : to_b <= to_c ? b : c;
}

BODY uint8_t predict_byte(conv_png_filter filter, uint8_t a, uint8_t b, uint8_t c) {
  switch (filter) {
    case conv_png_sub: return a;
    case conv_png_up: return b;
    case conv_png_average: return (uint8_t)((a + b) / 2);
    case conv_png_paeth: return paeth_byte(a, b, c);
    default: return 0;
  }
}

static conv_png_filter png_choose(const uint8_t *row, const uint8_t *above, size_t count, size_t bpp) {
  const uint8_t *left = row - bpp, *corner = above - bpp;
  uint64_t cost[5] = {0};
  size_t i = 0;
  while (i + 32 <= count) {
    // A lane takes at most 256 a step: 128 steps stay below 2^16.
    words16 sum[5] = {{0}, {0}, {0}, {0}, {0}};
    for (int step = 0; step < 128 && i + 32 <= count; step++, i += 32) {
      const bytes32 x = load32(row + i), a = load32(left + i);
      const bytes32 b = load32(above + i), c = load32(corner + i);
      sum[0] = add_magnitudes(sum[0], x);
      sum[1] = add_magnitudes(sum[1], x - a);
      sum[2] = add_magnitudes(sum[2], x - b);
      sum[3] = add_magnitudes(sum[3], x - mean(a, b));
      sum[4] = add_magnitudes(sum[4], x - paeth(a, b, c));
    }
    for (int f = 0; f < 5; f++) cost[f] += total(sum[f]);
  }
  for (; i < count; i++) {
    for (int f = 0; f < 5; f++) {
      const uint8_t p = predict_byte(f, left[i], above[i], corner[i]);
      cost[f] += magnitude((uint8_t)(row[i] - p));
    }
  }
  conv_png_filter best = conv_png_none;
  for (int f = 1; f < 5; f++) {
    if (cost[f] < cost[best]) best = f;
  }
  return best;
}

BODY void apply_one(conv_png_filter filter, const uint8_t *row, const uint8_t *above, size_t count,
                    size_t bpp, uint8_t *output) {
  const uint8_t *left = row - bpp, *corner = above - bpp;
  size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    const bytes32 a = load32(left + i), b = load32(above + i), c = load32(corner + i);
    store32(output + i, load32(row + i) - predict(filter, a, b, c));
  }
  for (; i < count; i++) {
    output[i] = (uint8_t)(row[i] - predict_byte(filter, left[i], above[i], corner[i]));
  }
}

static void png_apply(conv_png_filter filter, const uint8_t *row, const uint8_t *above, size_t count,
                      size_t bpp, uint8_t *output) {
  switch (filter) {
    case conv_png_sub: apply_one(conv_png_sub, row, above, count, bpp, output); break;
    case conv_png_up: apply_one(conv_png_up, row, above, count, bpp, output); break;
    case conv_png_average:
      apply_one(conv_png_average, row, above, count, bpp, output);
      break;
    case conv_png_paeth: apply_one(conv_png_paeth, row, above, count, bpp, output); break;
    default: memcpy(output, row, count);
  }
}

#pragma clang diagnostic pop
