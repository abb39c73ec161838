// Fourier transforms in double precision, for correlations under very large windows.
//
// A tile is a matrix of complex numbers, powers of two on either side, in strips of conv_strip columns:
// each row of a strip is conv_strip real parts, then as many imaginary ones; a row that is not used keeps
// strips from falling onto the same lines of a cache. Frequencies are left in the
// order in which decimation leaves them; the inverse takes them from there. Rounding differs from one
// instruction set to the next: whoever uses the sums knows that they are integers.

enum { strip_vectors = conv_strip / double_count, strip_line = 2 * conv_strip };

typedef struct {
  doubles re, im;
} points;

BODY points load_points(const double *re, const double *im) {
  points value;
  memcpy(&value.re, re, sizeof value.re);
  memcpy(&value.im, im, sizeof value.im);
  return value;
}

BODY void store_points(points value, double *re, double *im) {
  memcpy(re, &value.re, sizeof value.re);
  memcpy(im, &value.im, sizeof value.im);
}

BODY points one_point(double re, double im) {
  return (points){(doubles){} + re, (doubles){} + im};
}

BODY points added(points a, points b) { return (points){a.re + b.re, a.im + b.im}; }
BODY points taken(points a, points b) { return (points){a.re - b.re, a.im - b.im}; }
// a + ib, a - ib
BODY points added_turned(points a, points b) { return (points){a.re - b.im, a.im + b.re}; }
BODY points taken_turned(points a, points b) { return (points){a.re + b.im, a.im - b.re}; }

BODY points times(points a, points w) {
#pragma clang fp contract(fast)
  return (points){a.re * w.re - a.im * w.im, a.re * w.im + a.im * w.re};
}

BODY points times_conjugate(points a, points w) {
#pragma clang fp contract(fast)
  return (points){a.re * w.re + a.im * w.im, a.im * w.re - a.re * w.im};
}

// Sums of four, before they meet their twiddles.
BODY void split_four(points x[4]) {
  points a = added(x[0], x[2]), b = taken(x[0], x[2]);
  points c = added(x[1], x[3]), d = taken(x[1], x[3]);
  x[0] = added(a, c);
  x[1] = taken_turned(b, d);
  x[2] = taken(a, c);
  x[3] = added_turned(b, d);
}

BODY void join_four(points x[4]) {
  points a = added(x[0], x[2]), b = taken(x[0], x[2]);
  points c = added(x[1], x[3]), d = taken(x[1], x[3]);
  x[0] = added(a, c);
  x[1] = added_turned(b, d);
  x[2] = taken(a, c);
  x[3] = taken_turned(b, d);
}

// Twiddles of a block of `size`: for each power the cosines, then the sines, of a quarter (of a half
// where `radix` is 2).
BODY size_t twiddle_doubles(size_t size, size_t radix) { return 2 * (radix - 1) * (size / radix); }

// The radix of the first of the steps from blocks of `size` to blocks of `last`.
BODY size_t first_radix(size_t size, size_t last) {
  return __builtin_ctzll(size / last) % 2 ? 2 : 4;
}

// MARK: Rows

BODY void split_row(double *re, double *im, size_t length, size_t size, size_t radix,
                    const double *twiddles) {
  size_t part = size / radix;
  for (size_t base = 0; base < length; base += size) {
    for (size_t j = 0; j < part; j += double_count) {
      double *r = re + base + j, *i = im + base + j;
      const double *w = twiddles + j;
      if (radix == 2) {
        points a = load_points(r, i), b = load_points(r + part, i + part);
        store_points(added(a, b), r, i);
        store_points(times(taken(a, b), load_points(w, w + part)), r + part, i + part);
        continue;
      }
      points x[4];
      UNROLL for (int n = 0; n < 4; n++) x[n] = load_points(r + n * part, i + n * part);
      split_four(x);
      store_points(x[0], r, i);
      UNROLL for (int n = 1; n < 4; n++) {
        points turn = load_points(w + (2 * n - 2) * part, w + (2 * n - 1) * part);
        store_points(times(x[n], turn), r + n * part, i + n * part);
      }
    }
  }
}

BODY void join_row(double *re, double *im, size_t length, size_t size, size_t radix,
                   const double *twiddles) {
  size_t part = size / radix;
  for (size_t base = 0; base < length; base += size) {
    for (size_t j = 0; j < part; j += double_count) {
      double *r = re + base + j, *i = im + base + j;
      const double *w = twiddles + j;
      if (radix == 2) {
        points a = load_points(r, i);
        points b = times_conjugate(load_points(r + part, i + part), load_points(w, w + part));
        store_points(added(a, b), r, i);
        store_points(taken(a, b), r + part, i + part);
        continue;
      }
      points x[4];
      x[0] = load_points(r, i);
      UNROLL for (int n = 1; n < 4; n++) {
        points turn = load_points(w + (2 * n - 2) * part, w + (2 * n - 1) * part);
        x[n] = times_conjugate(load_points(r + n * part, i + n * part), turn);
      }
      join_four(x);
      UNROLL for (int n = 0; n < 4; n++) store_points(x[n], r + n * part, i + n * part);
    }
  }
}

// A square of doubles turned, vectors of `double_count` rows.
BODY void turn_square(doubles x[double_count]) {
#if CONV_BYTES == 64
  doubles y[8];
  UNROLL for (int n = 0; n < 8; n += 2) {
    y[n] = __builtin_shufflevector(x[n], x[n + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    y[n + 1] = __builtin_shufflevector(x[n], x[n + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  UNROLL for (int h = 0; h < 8; h += 4) UNROLL for (int n = 0; n < 2; n++) {
    x[h + n] = __builtin_shufflevector(y[h + n], y[h + n + 2], 0, 1, 8, 9, 4, 5, 12, 13);
    x[h + n + 2] = __builtin_shufflevector(y[h + n], y[h + n + 2], 2, 3, 10, 11, 6, 7, 14, 15);
  }
  UNROLL for (int n = 0; n < 4; n++) {
    y[n] = __builtin_shufflevector(x[n], x[n + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    y[n + 4] = __builtin_shufflevector(x[n], x[n + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
  UNROLL for (int n = 0; n < 8; n++) x[n] = y[n];
#elif CONV_BYTES == 32
  doubles a = __builtin_shufflevector(x[0], x[1], 0, 4, 2, 6);
  doubles b = __builtin_shufflevector(x[0], x[1], 1, 5, 3, 7);
  doubles c = __builtin_shufflevector(x[2], x[3], 0, 4, 2, 6);
  doubles d = __builtin_shufflevector(x[2], x[3], 1, 5, 3, 7);
  x[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
  x[1] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
  x[2] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
  x[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
#else
  doubles a = x[0];
  x[0] = __builtin_shufflevector(a, x[1], 0, 2);
  x[1] = __builtin_shufflevector(a, x[1], 1, 3);
#endif
}

BODY void turn_points(points x[double_count]) {
  doubles part[double_count];
  UNROLL for (int n = 0; n < double_count; n++) part[n] = x[n].re;
  turn_square(part);
  UNROLL for (int n = 0; n < double_count; n++) x[n].re = part[n], part[n] = x[n].im;
  turn_square(part);
  UNROLL for (int n = 0; n < double_count; n++) x[n].im = part[n];
}

// A transform of `double_count` points, lane by lane.
BODY void split_short(points x[double_count]) {
#if CONV_BYTES == 64
  const double half = 0.70710678118654752440;
  const double turns[4][2] = {{1, 0}, {half, -half}, {0, -1}, {-half, -half}};
  UNROLL for (int n = 0; n < 4; n++) {
    points a = added(x[n], x[n + 4]), b = taken(x[n], x[n + 4]);
    x[n] = a;
    x[n + 4] = times(b, one_point(turns[n][0], turns[n][1]));
  }
  split_four(x);
  split_four(x + 4);
#elif CONV_BYTES == 32
  split_four(x);
#else
  points a = added(x[0], x[1]), b = taken(x[0], x[1]);
  x[0] = a;
  x[1] = b;
#endif
}

BODY void join_short(points x[double_count]) {
#if CONV_BYTES == 64
  const double half = 0.70710678118654752440;
  const double turns[4][2] = {{1, 0}, {half, -half}, {0, -1}, {-half, -half}};
  join_four(x);
  join_four(x + 4);
  UNROLL for (int n = 0; n < 4; n++) {
    points b = times_conjugate(x[n + 4], one_point(turns[n][0], turns[n][1]));
    points a = x[n];
    x[n] = added(a, b);
    x[n + 4] = taken(a, b);
  }
#elif CONV_BYTES == 32
  join_four(x);
#else
  points a = added(x[0], x[1]), b = taken(x[0], x[1]);
  x[0] = a;
  x[1] = b;
#endif
}

// Squares of `double_count` blocks of as many points: turned, so that a vector holds one point of each.
static void transform_row(double *re, double *im, double *tile, const conv_transform *plan) {
  size_t length = plan->columns, distance = (plan->rows + 1) * strip_line;
  const double *twiddles = plan->row_twiddles;
  size_t radix = first_radix(length, double_count);
  for (size_t size = length; size > double_count; size /= radix, radix = 4) {
    if (size < length) radix = 4;
    if (radix == 2) {
      split_row(re, im, length, size, 2, twiddles);
    } else {
      split_row(re, im, length, size, 4, twiddles);
    }
    twiddles += twiddle_doubles(size, radix);
  }
  enum { square = double_count * double_count };
  for (size_t at = 0; at < length; at += square) {
    points x[double_count];
    UNROLL for (int n = 0; n < double_count; n++) {
      x[n] = load_points(re + at + n * double_count, im + at + n * double_count);
    }
    turn_points(x);
    split_short(x);
    UNROLL for (int n = 0; n < double_count; n++) {
      size_t column = at + n * double_count;
      double *to = tile + column / conv_strip * distance + column % conv_strip;
      store_points(x[n], to, to + conv_strip);
    }
  }
}

static void restore_row(const double *tile, double *re, double *im, const conv_transform *plan) {
  size_t length = plan->columns, distance = (plan->rows + 1) * strip_line;
  enum { square = double_count * double_count };
  for (size_t at = 0; at < length; at += square) {
    points x[double_count];
    UNROLL for (int n = 0; n < double_count; n++) {
      size_t column = at + n * double_count;
      const double *from = tile + column / conv_strip * distance + column % conv_strip;
      x[n] = load_points(from, from + conv_strip);
    }
    join_short(x);
    turn_points(x);
    UNROLL for (int n = 0; n < double_count; n++) {
      store_points(x[n], re + at + n * double_count, im + at + n * double_count);
    }
  }
  size_t first = first_radix(length, double_count), size = double_count;
  const double *twiddles = plan->row_twiddles + plan->row_twiddle_count;
  while (size < length) {
    size_t radix = size * 2 == length && first == 2 ? 2 : 4;
    size *= radix;
    twiddles -= twiddle_doubles(size, radix);
    if (radix == 2) {
      join_row(re, im, length, size, 2, twiddles);
    } else {
      join_row(re, im, length, size, 4, twiddles);
    }
  }
}

// MARK: Columns of a strip

BODY void split_columns(double *data, size_t length, size_t size, size_t radix,
                        const double *twiddles) {
  size_t part = size / radix, step = part * strip_line;
  for (size_t base = 0; base < length; base += size) {
    for (size_t j = 0; j < part; j++) {
      double *line = data + (base + j) * strip_line;
      const double *w = twiddles + j;
      points turn[4];
      UNROLL for (size_t n = 1; n < radix; n++) {
        turn[n] = one_point(w[(2 * n - 2) * part], w[(2 * n - 1) * part]);
      }
      UNROLL for (int v = 0; v < strip_vectors; v++) {
        double *r = line + v * double_count, *i = r + conv_strip;
        if (radix == 2) {
          points a = load_points(r, i), b = load_points(r + step, i + step);
          store_points(added(a, b), r, i);
          store_points(times(taken(a, b), turn[1]), r + step, i + step);
        } else {
          points x[4];
          UNROLL for (int n = 0; n < 4; n++) x[n] = load_points(r + n * step, i + n * step);
          split_four(x);
          store_points(x[0], r, i);
          UNROLL for (int n = 1; n < 4; n++) {
            store_points(times(x[n], turn[n]), r + n * step, i + n * step);
          }
        }
      }
    }
  }
}

BODY void join_columns(double *data, size_t length, size_t size, size_t radix,
                       const double *twiddles) {
  size_t part = size / radix, step = part * strip_line;
  for (size_t base = 0; base < length; base += size) {
    for (size_t j = 0; j < part; j++) {
      double *line = data + (base + j) * strip_line;
      const double *w = twiddles + j;
      points turn[4];
      UNROLL for (size_t n = 1; n < radix; n++) {
        turn[n] = one_point(w[(2 * n - 2) * part], w[(2 * n - 1) * part]);
      }
      UNROLL for (int v = 0; v < strip_vectors; v++) {
        double *r = line + v * double_count, *i = r + conv_strip;
        if (radix == 2) {
          points a = load_points(r, i);
          points b = times_conjugate(load_points(r + step, i + step), turn[1]);
          store_points(added(a, b), r, i);
          store_points(taken(a, b), r + step, i + step);
        } else {
          points x[4];
          x[0] = load_points(r, i);
          UNROLL for (int n = 1; n < 4; n++) {
            x[n] = times_conjugate(load_points(r + n * step, i + n * step), turn[n]);
          }
          join_four(x);
          UNROLL for (int n = 0; n < 4; n++) store_points(x[n], r + n * step, i + n * step);
        }
      }
    }
  }
}

// Down to blocks of four.
static void transform_columns(double *data, const conv_transform *plan) {
  const double *twiddles = plan->column_twiddles;
  size_t length = plan->rows;
  size_t radix = first_radix(length, 4);
  for (size_t size = length; size > 4; size /= radix, radix = 4) {
    if (size < length) radix = 4;
    if (radix == 2) {
      split_columns(data, length, size, 2, twiddles);
    } else {
      split_columns(data, length, size, 4, twiddles);
    }
    twiddles += twiddle_doubles(size, radix);
  }
}

static void finish_columns(double *data, size_t length) {
  for (size_t row = 0; row < length; row += 4) {
    UNROLL for (int v = 0; v < strip_vectors; v++) {
      double *r = data + row * strip_line + v * double_count, *i = r + conv_strip;
      points x[4];
      UNROLL for (int n = 0; n < 4; n++) {
        x[n] = load_points(r + n * strip_line, i + n * strip_line);
      }
      split_four(x);
      UNROLL for (int n = 0; n < 4; n++) {
        store_points(x[n], r + n * strip_line, i + n * strip_line);
      }
    }
  }
}

// The last step there, the product, and the first step back, all in registers; then the way back.
static void weigh_columns(const double *data, const double *weights, double *out,
                          const conv_transform *plan) {
  size_t length = plan->rows;
  for (size_t row = 0; row < length; row += 4) {
    UNROLL for (int v = 0; v < strip_vectors; v++) {
      size_t at = row * strip_line + v * double_count;
      const double *r = data + at, *w = weights + at;
      double *to = out + at;
      points x[4];
      UNROLL for (int n = 0; n < 4; n++) {
        x[n] = load_points(r + n * strip_line, r + n * strip_line + conv_strip);
      }
      split_four(x);
      UNROLL for (int n = 0; n < 4; n++) {
        x[n] = times(x[n], load_points(w + n * strip_line, w + n * strip_line + conv_strip));
      }
      join_four(x);
      UNROLL for (int n = 0; n < 4; n++) {
        store_points(x[n], to + n * strip_line, to + n * strip_line + conv_strip);
      }
    }
  }
  size_t first = first_radix(length, 4), size = 4;
  const double *twiddles = plan->column_twiddles + plan->column_twiddle_count;
  while (size < length) {
    size_t radix = size * 2 == length && first == 2 ? 2 : 4;
    size *= radix;
    twiddles -= twiddle_doubles(size, radix);
    if (radix == 2) {
      join_columns(out, length, size, 2, twiddles);
    } else {
      join_columns(out, length, size, 4, twiddles);
    }
  }
}

// MARK: In and out

#define PICK(name, sample)                                                                       \
  static void name(const sample *in, size_t step, double middle, double *out, size_t count) {    \
    if (step == 1) {                                                                             \
      for (size_t x = 0; x < count; x++) out[x] = (double)in[x] - middle;                        \
    } else if (step == 3) {                                                                      \
      for (size_t x = 0; x < count; x++) out[x] = (double)in[3 * x] - middle;                    \
    } else {                                                                                     \
      for (size_t x = 0; x < count; x++) out[x] = (double)in[x * step] - middle;                 \
    }                                                                                            \
  }

PICK(pick_u8_f64, uint8_t)
PICK(pick_u16_f64, uint16_t)

// Below 2^51 in magnitude: the lowest bits of a double of 2^52 are ones.
static void round_f64_i64(const double *in, int32_t shift, int64_t addend, int first, int64_t *sums,
                          size_t count) {
  const double magic = 0x1.8p52;
  for (size_t x = 0; x < count; x++) {
    double near = in[x] + magic;
    int64_t bits, base;
    memcpy(&bits, &near, sizeof bits);
    memcpy(&base, &magic, sizeof base);
    uint64_t before = first ? (uint64_t)addend : (uint64_t)sums[x];
    sums[x] = (int64_t)(before + ((uint64_t)(bits - base) << shift));
  }
}

static void round_f64_i32(const double *in, int32_t *sums, size_t count) {
  const double magic = 0x1.8p52;
  for (size_t x = 0; x < count; x++) {
    double near = in[x] + magic;
    int64_t bits;
    memcpy(&bits, &near, sizeof bits);
    sums[x] = (int32_t)bits;
  }
}
