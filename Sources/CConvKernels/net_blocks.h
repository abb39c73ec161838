// Products of blocks of bfloat16, as AMX makes them.
//
// The sum of a block is that of the instruction tdpbf16ps, with it and without: over the 16 pairs of a step
// the products of the lower halves are summed, and those of the upper ones; their sum is added to what was
// there. Products are exact, each sum is rounded to the nearest even, and denormal numbers are 0.

enum { block_rows = 16, block_row_bytes = 64 };

// 64 bytes of each of `rows` rows at each step: those of 16 rows are a block, and the blocks of a row of
// blocks lie one after the other.
static void pack_blocks(ptrdiff_t rows, const ptrdiff_t *row_places, ptrdiff_t steps,
                        const ptrdiff_t *step_places, const void *from, void *to) {
  typedef uint32_t row_vec __attribute__((vector_size(64), aligned(4)));
  for (ptrdiff_t row = 0; row < rows; row++) {
    const char *in = (const char *)from + row_places[row];
    char *out = (char *)to + (row / block_rows * steps * block_rows + row % block_rows) *
                                 block_row_bytes;
    for (ptrdiff_t step = 0; step < steps; step++) {
      *(row_vec *)(out + step * block_rows * block_row_bytes) =
          *(const row_vec *)(in + step_places[step]);
    }
  }
}

#if defined(CONV_AMX)

// What the register of the configuration holds.
typedef struct {
  uint8_t palette, start_row, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} __attribute__((packed)) block_setting;

// Two by two blocks of the result, of one row or one column where R or C is 1.
BODY void block_sums(const int R, const int C, const net_blocks *p, const char *a, const char *b,
                     float *c) {
  const ptrdiff_t row = p->c_row * (ptrdiff_t)sizeof(float);
  float *below = c + block_rows * p->c_row;
  if (p->accumulate) {
    _tile_loadd(0, c, row);
    if (C > 1) _tile_loadd(1, c + 16, row);
    if (R > 1) _tile_loadd(2, below, row);
    if (R > 1 && C > 1) _tile_loadd(3, below + 16, row);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
  }
  const ptrdiff_t a_row = p->a_row, b_row = p->b_row;
  for (ptrdiff_t step = 0; step < p->steps; step++) {
    const char *left = a + p->a_steps[step], *right = b + p->b_steps[step];
    _tile_loadd(6, right, b_row);
    _tile_loadd(4, left, a_row);
    _tile_dpbf16ps(0, 4, 6);
    if (C > 1) {
      _tile_loadd(7, right + p->b_block, b_row);
      _tile_dpbf16ps(1, 4, 7);
    }
    if (R > 1) {
      _tile_loadd(5, left + p->a_block, a_row);
      _tile_dpbf16ps(2, 5, 6);
    }
    if (R > 1 && C > 1) _tile_dpbf16ps(3, 5, 7);
  }
  _tile_stored(0, c, row);
  if (C > 1) _tile_stored(1, c + 16, row);
  if (R > 1) _tile_stored(2, below, row);
  if (R > 1 && C > 1) _tile_stored(3, below + 16, row);
}

static void block_product(const net_blocks *p) {
  for (ptrdiff_t i = 0; i < p->rows; i += 2) {
    const char *a = (const char *)p->a + i * p->a_block;
    for (ptrdiff_t j = 0; j < p->columns; j += 2) {
      const char *b = (const char *)p->b + j * p->b_block;
      float *c = p->c + block_rows * (i * p->c_row + j);
      const bool two_rows = i + 1 < p->rows, two_columns = j + 1 < p->columns;
      if (two_rows && two_columns) block_sums(2, 2, p, a, b, c);
      else if (two_rows) block_sums(2, 1, p, a, b, c);
      else if (two_columns) block_sums(1, 2, p, a, b, c);
      else block_sums(1, 1, p, a, b, c);
    }
  }
}

static void products_of_blocks(ptrdiff_t count, const net_blocks *p) {
  block_setting setting = {.palette = 1};
  for (int i = 0; i < 8; i++) {
    setting.row_bytes[i] = block_row_bytes;
    setting.rows[i] = block_rows;
  }
  _tile_loadconfig(&setting);
  for (; count > 0; count--, p++) block_product(p);
  _tile_release();
}

#else

// A vector of a row of the result with the pairs of one step.
BODY vec block_step(vec sum, const char *a, const char *b, ptrdiff_t b_row) {
  vec lower = {}, upper = {};
  for (int k = 0; k < block_rows; k++) {
    const uvec left = splat_pair((const float *)a + k), right = *(const uvec *)(b + k * b_row);
    lower += (vec)(left << 16) * (vec)(right << 16);
    upper += (vec)(left & 0xffff0000u) * (vec)(right & 0xffff0000u);
  }
  return sum + (lower + upper);
}

static void block_product(const net_blocks *p) {
  for (ptrdiff_t row = 0; row < block_rows * p->rows; row++) {
    const char *a =
        (const char *)p->a + row / block_rows * p->a_block + row % block_rows * p->a_row;
    for (ptrdiff_t column = 0; column < block_rows * p->columns; column += LANES) {
      const char *b =
          (const char *)p->b + column / block_rows * p->b_block + column % block_rows * 4;
      float *c = p->c + row * p->c_row + column;
      vec sum = p->accumulate ? load(c) : (vec){};
      for (ptrdiff_t step = 0; step < p->steps; step++) {
        sum = block_step(sum, a + p->a_steps[step], b + p->b_steps[step], p->b_row);
      }
      store(c, sum);
    }
  }
}

static void products_of_blocks(ptrdiff_t count, const net_blocks *p) {
  for (; count > 0; count--, p++) block_product(p);
}

#endif
