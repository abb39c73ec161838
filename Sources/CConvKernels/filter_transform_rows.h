// Fourier transforms along the rows of a tile.

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
