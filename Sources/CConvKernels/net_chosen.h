// Weights behind a pooling of 2 by 2: each lane looks its sample up in a table of four.

#if CONV_BYTES >= 32

// Registers of filters of a tile, four numbers in every 16 bytes, and table[choice], lane by lane.
#if CONV_BYTES == 64
#define CHOSEN_VECTORS 2
#define BROADCAST4(p) ((vec)_mm512_broadcast_f32x4(_mm_loadu_ps(p)))
#define LOOKUP(table, choice) ((vec)_mm512_permutevar_ps((__m512)(table), (__m512i)(choice)))
#else
#define CHOSEN_VECTORS 1
#define BROADCAST4(p) ((vec)_mm256_broadcast_ps((const __m128 *)(p)))
#define LOOKUP(table, choice) ((vec)_mm256_permutevar_ps((__m256)(table), (__m256i)(choice)))
#endif

// T taps by V registers of filters, the sums in registers.
BODY void chosen_tile(const int T, const int V, const net_chosen *p, ptrdiff_t f,
                      ptrdiff_t tap) {
  vec sum[9][CHOSEN_VECTORS];
  float *gradient = p->gradient + tap * p->gradient_row + f;
  UNROLL for (int t = 0; t < T; t++) UNROLL for (int v = 0; v < V; v++) {
    sum[t][v] = load(gradient + t * p->gradient_row + v * LANES);
  }
  ptrdiff_t offset[9];
  UNROLL for (int t = 0; t < T; t++) offset[t] = p->tap_offsets[tap + t];
  const float *g = p->g + f;
  const uint8_t *choices = p->choices + f;
  for (ptrdiff_t w = 0; w < p->windows; w++) {
    const float *tables = p->tables + p->origins[w];
    vec value[CHOSEN_VECTORS];
    ivec choice[CHOSEN_VECTORS];
    UNROLL for (int v = 0; v < V; v++) {
      value[v] = load(g + v * LANES);
      choice[v] = __builtin_convertvector(*(const bvec *)(choices + v * LANES), ivec);
    }
    UNROLL for (int t = 0; t < T; t++) {
      const vec table = BROADCAST4(tables + offset[t]);
      UNROLL for (int v = 0; v < V; v++) sum[t][v] += value[v] * LOOKUP(table, choice[v]);
    }
    g += p->filters;
    choices += p->filters;
  }
  UNROLL for (int t = 0; t < T; t++) UNROLL for (int v = 0; v < V; v++) {
    store(gradient + t * p->gradient_row + v * LANES, sum[t][v]);
  }
}

BODY void chosen_taps(const int V, const net_chosen *p, ptrdiff_t f) {
  ptrdiff_t tap = 0;
  for (; tap + 9 <= p->taps; tap += 9) chosen_tile(9, V, p, f, tap);
  for (; tap + 3 <= p->taps; tap += 3) chosen_tile(3, V, p, f, tap);
  for (; tap < p->taps; tap++) chosen_tile(1, V, p, f, tap);
}

static void chosen_weights(const net_chosen *p) {
  ptrdiff_t f = 0;
  for (; f + CHOSEN_VECTORS * LANES <= p->filters; f += CHOSEN_VECTORS * LANES) {
    chosen_taps(CHOSEN_VECTORS, p, f);
  }
  for (; f + LANES <= p->filters; f += LANES) chosen_taps(1, p, f);
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

#else

#define chosen_weights NULL

#endif
