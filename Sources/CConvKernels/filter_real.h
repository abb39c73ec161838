// Sums of rows of doubles, each in its own order: a product is rounded, then added. Nothing is fused, so
// that every instruction set gives the same numbers.

// Four vectors of columns at a time, each sum in a register.
static void add_rows_f64(const double *const *rows, const double *weights, size_t taps,
                         double *sums, size_t count) {
  enum { vectors = 4, block = vectors * double_count };
  size_t x = 0;
  for (; x + block <= count; x += block) {
    doubles sum[vectors];
    UNROLL for (int n = 0; n < vectors; n++)
        memcpy(&sum[n], sums + x + n * double_count, sizeof sum[n]);
    for (size_t tap = 0; tap < taps; tap++) {
      const double *from = rows[tap] + x;
      UNROLL for (int n = 0; n < vectors; n++) {
        doubles data;
        memcpy(&data, from + n * double_count, sizeof data);
        doubles product = data * weights[tap];
        sum[n] = sum[n] + product;
      }
    }
    UNROLL for (int n = 0; n < vectors; n++)
        memcpy(sums + x + n * double_count, &sum[n], sizeof sum[n]);
  }
  for (; x < count; x++) {
    double sum = sums[x];
    for (size_t tap = 0; tap < taps; tap++) {
      double product = rows[tap][x] * weights[tap];
      sum = sum + product;
    }
    sums[x] = sum;
  }
}
