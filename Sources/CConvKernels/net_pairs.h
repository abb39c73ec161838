// Pairs of bfloat16, each in the place of a float: the number of the even index in the lower half.
//
// The sum of a pair is that of the instruction vdpbf16ps, with it and without: first the product of the
// upper halves is added, then that of the lower ones; products are exact, each sum is rounded to the
// nearest even, and denormal numbers are 0 (where the thread flushes them: net_flush_subnormals).

typedef uint32_t uvec __attribute__((vector_size(CONV_BYTES), aligned(4)));
// Two neighbours of a vector as one number; the lower halves of these.
typedef uint64_t wide_vec __attribute__((vector_size(CONV_BYTES), aligned(4)));
typedef uint32_t half_vec __attribute__((vector_size(CONV_BYTES / 2), aligned(4)));

// bfloat16 in the upper halves, the lower ones 0: rounded to the nearest even; denormal numbers become 0
// and NaN stays NaN.
BODY uvec rounded_upper(vec x) {
  const uvec bits = (uvec)x, size = bits & 0x7fffffffu;
  const uvec sum = bits + 0x7fffu + (bits >> 16 & 1u);
  const ivec isNaN = (ivec)size > 0x7f800000, isNormal = (ivec)size > 0x007fffff;
  const uvec number = (sum & ~(uvec)isNaN) | ((bits | 0x400000u) & (uvec)isNaN);
  return ((number & (uvec)isNormal) | (bits & 0x80000000u)) & 0xffff0000u;
}

#if defined(CONV_BF16)
// bfloat16 in the lower halves: the instruction rounds as `rounded_upper` does.
BODY uvec rounded_lower(vec x) {
  return (uvec)_mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh((__m512)x));
}

BODY vec paired(vec even, vec odd) {
  return (vec)(rounded_lower(even) | rounded_lower(odd) << 16);
}
#else
BODY vec paired(vec even, vec odd) {
  return (vec)(rounded_upper(even) >> 16 | rounded_upper(odd));
}
#endif

// The pair at `p` in all places: no number, so none that a subtraction could round.
BODY uvec splat_pair(const float *p) {
  uint32_t pair;
  memcpy(&pair, p, sizeof pair);
  return pair - (uvec){};
}

// The sums of a tile with the next pair of each row.
BODY void add_pairs(const int G, const int R, const int V, const float *const a[],
                    const ptrdiff_t a_row, const vec right[2], vec sum[][3][2]) {
#if defined(CONV_BF16)
  UNROLL for (int g = 0; g < G; g++) UNROLL for (int r = 0; r < R; r++) {
    const uvec left = splat_pair(a[g] + r * a_row);
    UNROLL for (int v = 0; v < V; v++) {
      sum[g][r][v] =
          (vec)_mm512_dpbf16_ps((__m512)sum[g][r][v], (__m512bh)right[v], (__m512bh)left);
    }
  }
#else
  UNROLL for (int upper = 1; upper >= 0; upper--) {
    vec half[2];
    UNROLL for (int v = 0; v < V; v++) {
      half[v] = (vec)(upper ? (uvec)right[v] & 0xffff0000u : (uvec)right[v] << 16);
    }
    UNROLL for (int g = 0; g < G; g++) UNROLL for (int r = 0; r < R; r++) {
      const uvec both = splat_pair(a[g] + r * a_row);
      const vec left = (vec)(upper ? both & 0xffff0000u : both << 16);
      UNROLL for (int v = 0; v < V; v++) sum[g][r][v] += left * half[v];
    }
  }
#endif
}

static void pair(ptrdiff_t count, const float *even, const float *odd, float *out) {
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    const vec upper = odd ? load_part(odd + i, count - i) : (vec){};
    store_part(out + i, paired(load_part(even + i, count - i), upper), count - i);
  }
}

static void pair_rows(ptrdiff_t rows, ptrdiff_t columns, const float *in, ptrdiff_t in_row,
                      float *out, ptrdiff_t out_row) {
  for (ptrdiff_t row = 0; row < rows; row += 2) {
    const float *even = in + row * in_row;
    pair(columns, even, row + 1 < rows ? even + in_row : NULL, out + row / 2 * out_row);
  }
}

// The numbers of a vector, by twos.
BODY half_vec folded(vec x) {
#if defined(CONV_BF16)
  return (half_vec)_mm512_cvtneps_pbh((__m512)x);
#else
  const uvec upper = rounded_upper(x);
  const wide_vec two = (wide_vec)upper;
  return __builtin_convertvector(two >> 32 | (two >> 16 & 0xffffu), half_vec);
#endif
}

static void round_row(ptrdiff_t count, const float *in, uint16_t *out) {
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    const half_vec pairs = folded(load(in + i));
    memcpy(out + i, &pairs, sizeof pairs);
  }
  if (i == count) return;
  const half_vec last = folded(load_part(in + i, count - i));
  memcpy(out + i, &last, (count - i) * sizeof *out);
}
