// Weights behind a pooling of 2 by 2: each lane looks its sample up in a table of four.
// Includer: LOOKUP(table, choice), and CHOSEN_VECTORS, the registers of filters of a tile.

// T taps by V registers of filters, the sums in registers.
inline_body void NAME(chosen_tile)(const int T, const int V, const net_chosen *p, ptrdiff_t f,
                                   ptrdiff_t tap) {
  vec sum[9][CHOSEN_VECTORS];
  float *gradient = p->gradient + tap * p->gradient_row + f;
  unrolled for (int t = 0; t < T; t++) unrolled for (int v = 0; v < V; v++) {
    sum[t][v] = load(gradient + t * p->gradient_row + v * LANES);
  }
  ptrdiff_t offset[9];
  unrolled for (int t = 0; t < T; t++) offset[t] = p->tap_offsets[tap + t];
  const float *g = p->g + f;
  const uint8_t *choices = p->choices + f;
  for (ptrdiff_t w = 0; w < p->windows; w++) {
    const float *tables = p->tables + p->origins[w];
    vec value[CHOSEN_VECTORS];
    ivec choice[CHOSEN_VECTORS];
    unrolled for (int v = 0; v < V; v++) {
      value[v] = load(g + v * LANES);
      choice[v] = __builtin_convertvector(*(const bvec *)(choices + v * LANES), ivec);
    }
    unrolled for (int t = 0; t < T; t++) {
      const vec table = BROADCAST4(tables + offset[t]);
      unrolled for (int v = 0; v < V; v++) sum[t][v] += value[v] * LOOKUP(table, choice[v]);
    }
    g += p->filters;
    choices += p->filters;
  }
  unrolled for (int t = 0; t < T; t++) unrolled for (int v = 0; v < V; v++) {
    store(gradient + t * p->gradient_row + v * LANES, sum[t][v]);
  }
}

inline_body void NAME(chosen_taps)(const int V, const net_chosen *p, ptrdiff_t f) {
  ptrdiff_t tap = 0;
  for (; tap + 9 <= p->taps; tap += 9) NAME(chosen_tile)(9, V, p, f, tap);
  for (; tap + 3 <= p->taps; tap += 3) NAME(chosen_tile)(3, V, p, f, tap);
  for (; tap < p->taps; tap++) NAME(chosen_tile)(1, V, p, f, tap);
}

static void NAME(chosen)(const net_chosen *p) {
  ptrdiff_t f = 0;
  for (; f + CHOSEN_VECTORS * LANES <= p->filters; f += CHOSEN_VECTORS * LANES) {
    NAME(chosen_taps)(CHOSEN_VECTORS, p, f);
  }
  for (; f + LANES <= p->filters; f += LANES) NAME(chosen_taps)(1, p, f);
  for (; f < p->filters; f++) {
    for (ptrdiff_t tap = 0; tap < p->taps; tap++) {
      float sum = p->gradient[tap * p->gradient_row + f];
      for (ptrdiff_t w = 0; w < p->windows; w++) {
        const float *table = p->tables + p->origins[w] + p->tap_offsets[tap];
        sum += p->g[w * p->filters + f] * table[p->choices[w * p->filters + f]];
      }
      p->gradient[tap * p->gradient_row + f] = sum;
    }
  }
}
