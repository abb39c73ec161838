// Samples as doubles, and doubles as the integers that sums are.

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
