// The product whose left matrix is mostly zeros, as gradients behind a ReLU are.

// V vectors of one row, of whole panels of two; the last vector has `tail` columns.
BODY void sparse_row(const int V, const net_sparse *p, ptrdiff_t row,
                     ptrdiff_t column, int tail) {
  const float *b[(V + 1) / 2];
  UNROLL for (int i = 0; i < (V + 1) / 2; i++) {
    b[i] = p->b + (column / (2 * LANES) + i) * p->b_panel;
  }
  vec sum[V];
  UNROLL for (int v = 0; v < V; v++) sum[v] = (vec){};
  if (p->next) {
    const float *next = p->next + row * p->next_row + column;
    UNROLL for (int v = 0; v < V; v++) __builtin_prefetch(next + v * LANES, 0, 2);
  }
  const net_entry *e = p->entries + row * p->row_room;
  for (const net_entry *end = e + p->counts[row]; e < end; e++) {
    const vec value = splat_float(e->value);
    UNROLL for (int v = 0; v < V; v++) {
      sum[v] += value * load(b[v / 2] + e->offset + v % 2 * LANES);
    }
  }
  float *c = p->c + row * p->c_row + column;
  const float *mask = p->mask ? p->mask + row * p->mask_row + column : NULL;
  UNROLL for (int v = 0; v < V; v++) {
    const bool whole = v < V - 1 || tail == LANES;
    if (mask) {
      vec gate = {};
      if (whole) gate = load(mask + v * LANES);
      else memcpy(&gate, mask + v * LANES, tail * sizeof(float));
      sum[v] = pick(gate > 0, sum[v], (vec){});
    }
    if (whole) store(c + v * LANES, sum[v]);
    else memcpy(c + v * LANES, &sum[v], tail * sizeof(float));
  }
}

// Rows pass while the columns of b stay in the nearest cache.
static void sparse(const net_sparse *p) {
  ptrdiff_t column = 0;
  for (; column + 8 * LANES <= p->columns; column += 8 * LANES) {
    for (ptrdiff_t row = 0; row < p->rows; row++) sparse_row(8, p, row, column, LANES);
  }
  for (; column < p->columns; column += 2 * LANES) {
    const int left = (int)(p->columns - column < 2 * LANES ? p->columns - column : 2 * LANES);
    for (ptrdiff_t row = 0; row < p->rows; row++) {
      if (left > LANES) sparse_row(2, p, row, column, left - LANES);
      else sparse_row(1, p, row, column, left);
    }
  }
}
