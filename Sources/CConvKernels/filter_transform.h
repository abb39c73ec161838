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
