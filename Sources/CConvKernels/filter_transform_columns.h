// Fourier transforms down the columns of a strip, and the product with the weights between them.

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
