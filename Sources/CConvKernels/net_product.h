// The product: tiles of GROUPS · R rows by V vectors, all sums in registers; of single numbers, or of pairs
// of bfloat16 (see net_pairs.h).

typedef struct {
  const float *a[GROUPS];
  float *c[GROUPS];
  const float *mask[GROUPS];
  const float *b;
  const float *bias;
  // Rows of each group that an earlier group has computed too: not written again.
  int skip[GROUPS];
  // Columns of the last vector that exist.
  int tail;
  // Whether all columns exist and no row is skipped.
  bool whole;
  // What is fetched meanwhile: this tile's share of the next panel, so many bytes a step of the sum.
  const char *next;
  ptrdiff_t next_step;
} tile_place;

// What becomes of a sum, besides the bias.
BODY vec finished_sum(const net_product *p, vec sum) {
  if (p->relu) sum = positive(sum);
  if (p->ceiling > 0) {
    const vec ceiling = splat_float(p->ceiling);
    sum = pick(sum < ceiling, sum, ceiling);
  }
  return sum;
}

// Stores whole tiles, of which it is known beforehand what happens to all sums; false where it is
// for the general way to do.
BODY bool store_whole(const int G, const int R, const int V, const net_product *p,
                      const tile_place *at, vec sum[][3][2]) {
  if (p->mask) {
    if (p->bias || p->relu || p->ceiling > 0) return false;
    UNROLL for (int g = 0; g < G; g++) UNROLL for (int r = 0; r < R; r++) {
      const float *mask = at->mask[g] + r * p->mask_row;
      UNROLL for (int v = 0; v < V; v++) {
        store(at->c[g] + r * p->c_row + v * LANES,
              pick(load(mask + v * LANES) > 0, sum[g][r][v], (vec){}));
      }
    }
  } else if (p->bias) {
    vec bias[2];
    UNROLL for (int v = 0; v < V; v++) bias[v] = load(at->bias + v * LANES);
    UNROLL for (int g = 0; g < G; g++) UNROLL for (int r = 0; r < R; r++) {
      UNROLL for (int v = 0; v < V; v++) {
        store(at->c[g] + r * p->c_row + v * LANES, finished_sum(p, sum[g][r][v] + bias[v]));
      }
    }
  } else if (!p->relu && !(p->ceiling > 0)) {
    UNROLL for (int g = 0; g < G; g++) UNROLL for (int r = 0; r < R; r++) {
      UNROLL for (int v = 0; v < V; v++) {
        store(at->c[g] + r * p->c_row + v * LANES, sum[g][r][v]);
      }
    }
  } else {
    return false;
  }
  return true;
}

// Rows of group g lie at a[g], a[g] + a_row, …
BODY void tile(const bool pairs, const int G, const int R, const int V, const net_product *p,
               const tile_place *at) {
  vec sum[GROUPS][3][2];
  const int tail = at->tail;
  UNROLL for (int g = 0; g < G; g++) UNROLL for (int r = 0; r < R; r++) {
    float *row = at->c[g] + r * p->c_row;
    UNROLL for (int v = 0; v < V; v++) {
      // To be written while the products are made, not waited for at the end.
      __builtin_prefetch(row + v * LANES, 1);
      if (!p->accumulate) {
        sum[g][r][v] = (vec){};
      } else if (v < V - 1 || tail == LANES) {
        sum[g][r][v] = load(row + v * LANES);
      } else {
        vec part = {};
        memcpy(&part, row + v * LANES, tail * sizeof(float));
        sum[g][r][v] = part;
      }
    }
  }
  const ptrdiff_t a_row = p->a_row, a_step = p->a_step, b_step = p->b_step;
  const float *b = at->b;
  const char *next = at->next;
  const ptrdiff_t next_step = at->next_step;
  for (ptrdiff_t run = 0; run < p->run_count; run++) {
    const float *a[GROUPS];
    UNROLL for (int g = 0; g < G; g++) a[g] = at->a[g] + p->runs[run];
    for (ptrdiff_t k = p->run_length; k > 0; k--) {
      vec right[2];
      UNROLL for (int v = 0; v < V; v++) right[v] = load(b + v * LANES);
      if (pairs) {
        add_pairs(G, R, V, a, a_row, right, sum);
      } else {
        UNROLL for (int g = 0; g < G; g++) UNROLL for (int r = 0; r < R; r++) {
          vec left = splat_float(a[g][r * a_row]);
          UNROLL for (int v = 0; v < V; v++) sum[g][r][v] += left * right[v];
        }
      }
      // Hides the pointers from the optimiser, which would keep one for each row, on the stack.
      UNROLL for (int g = 0; g < G; g++) {
        a[g] += a_step;
        __asm__("" : "+r"(a[g]));
      }
      b += b_step;
      __builtin_prefetch(next, 0, 2);
      next += next_step;
    }
  }
  if (at->whole && store_whole(G, R, V, p, at, sum)) return;
  vec bias[2] = {};
  if (p->bias) {
    UNROLL for (int v = 0; v < V; v++) {
      if (v < V - 1 || tail == LANES) bias[v] = load(at->bias + v * LANES);
      else memcpy(&bias[v], at->bias + v * LANES, tail * sizeof(float));
    }
  }
  UNROLL for (int g = 0; g < G; g++) UNROLL for (int r = 0; r < R; r++) {
    if (r < at->skip[g]) continue;
    float *row = at->c[g] + r * p->c_row;
    UNROLL for (int v = 0; v < V; v++) {
      vec result = sum[g][r][v];
      if (p->bias) result += bias[v];
      result = finished_sum(p, result);
      const bool whole = v < V - 1 || tail == LANES;
      if (p->mask) {
        vec gate = {};
        const float *mask = at->mask[g] + r * p->mask_row + v * LANES;
        if (whole) gate = load(mask);
        else memcpy(&gate, mask, tail * sizeof(float));
        result = pick(gate > 0, result, (vec){});
      }
      if (whole) store(row + v * LANES, result);
      else memcpy(row + v * LANES, &result, tail * sizeof(float));
    }
  }
}

#define TILE(NAMED, PAIRS, G, R, V)                                                          \
  static void NAMED##_##R##_##V(const net_product *p, const tile_place *at) {                \
    tile(PAIRS, G, R, V, p, at);                                                             \
  }
#define TILES(NAMED, NINE, PAIRS)                                                            \
  TILE(NAMED, PAIRS, GROUPS, 1, 1) TILE(NAMED, PAIRS, GROUPS, 2, 1)                          \
  TILE(NAMED, PAIRS, GROUPS, 3, 1) TILE(NAMED, PAIRS, GROUPS, 1, 2)                          \
  TILE(NAMED, PAIRS, GROUPS, 2, 2) TILE(NAMED, PAIRS, GROUPS, 3, 2)                          \
  TILE(NINE, PAIRS, 3, 3, 1) TILE(NINE, PAIRS, 3, 3, 2)
// Nine rows: the taps of one channel.
TILES(tile, nine, false) TILES(pair_tile, pair_nine, true)
#undef TILES
#undef TILE

BODY const float *product_row(const net_product *p, ptrdiff_t row) {
  if (!p->a_block) return p->a + row * p->a_row;
  return p->a + row % p->a_block * p->a_row + row / p->a_block * p->a_far;
}

BODY void product_of(const bool pairs, const net_product *p) {
  tile_place at;
  ptrdiff_t panel = 0;
  // Panels that few tiles read would be waited for: the tiles share in fetching the next.
  const ptrdiff_t tiles = p->rows > 0 ? (p->rows + 3 * GROUPS - 1) / (3 * GROUPS) : 1;
  const ptrdiff_t steps = p->run_count * p->run_length;
  at.next_step = p->b_step * (ptrdiff_t)sizeof(float) / tiles;
  for (ptrdiff_t column = 0; column < p->columns; column += 2 * LANES, panel++) {
    ptrdiff_t left = p->columns - column;
    const bool two = left > LANES;
    ptrdiff_t tail = two ? left - LANES : left;
    at.tail = (int)(tail < LANES ? tail : LANES);
    at.b = p->b + panel * p->b_panel;
    at.bias = p->bias ? p->bias + column : NULL;
    at.next = (const char *)(left > 2 * LANES ? at.b + p->b_panel : at.b);
    for (ptrdiff_t row = 0; row < p->rows;) {
      const ptrdiff_t rest = p->rows - row;
      const ptrdiff_t per = rest > 2 * GROUPS || p->a_block ? 3 : rest > GROUPS ? 2 : 1;
      const ptrdiff_t now = rest < per * GROUPS ? rest : per * GROUPS;
      const int groups = GROUPS > 3 && now == 9 ? 3 : GROUPS;
      at.whole = at.tail == LANES && now == per * groups;
      for (int g = 0; g < groups; g++) {
        // A tile of fewer rows than sums: its last groups repeat rows.
        ptrdiff_t first = g * per < now - per ? g * per : now - per;
        if (first < 0) first = 0;
        const ptrdiff_t done = g * per < now ? g * per : now;
        at.skip[g] = (int)(done - first);
        at.a[g] = product_row(p, row + first);
        at.c[g] = p->c + (row + first) * p->c_row + column;
        at.mask[g] = p->mask ? p->mask + (row + first) * p->mask_row + column : NULL;
      }
      if (groups < GROUPS) {
        if (two) (pairs ? pair_nine_3_2 : nine_3_2)(p, &at);
        else (pairs ? pair_nine_3_1 : nine_3_1)(p, &at);
      } else if (two) {
        if (per == 3) (pairs ? pair_tile_3_2 : tile_3_2)(p, &at);
        else if (per == 2) (pairs ? pair_tile_2_2 : tile_2_2)(p, &at);
        else (pairs ? pair_tile_1_2 : tile_1_2)(p, &at);
      } else {
        if (per == 3) (pairs ? pair_tile_3_1 : tile_3_1)(p, &at);
        else if (per == 2) (pairs ? pair_tile_2_1 : tile_2_1)(p, &at);
        else (pairs ? pair_tile_1_1 : tile_1_1)(p, &at);
      }
      row += now;
      at.next += steps * at.next_step;
    }
  }
}

static void product(const net_product *p) { product_of(false, p); }
static void product_of_pairs(const net_product *p) { product_of(true, p); }
