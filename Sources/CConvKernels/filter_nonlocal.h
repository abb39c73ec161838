// Means weighted by how alike the surroundings of two pixels are: whole numbers, in any order.

#define NONLOCAL(name, sample, sum, total)                                                        \
  BODY sum name##_square(sample a, sample b) {                                                    \
    uint32_t apart = a > b ? (uint32_t)a - b : (uint32_t)b - a;                                   \
    return apart * apart;                                                                         \
  }                                                                                               \
  static void name##_slide(const sample *add, const sample *add_other, const sample *take,        \
                           const sample *take_other, void *columns, size_t count) {               \
    sum *restrict own = columns;                                                                  \
    for (size_t x = 0; x < count; x++) {                                                          \
      own[x] += name##_square(add[x], add_other[x]) - name##_square(take[x], take_other[x]);      \
    }                                                                                             \
  }                                                                                               \
  static void name##_start(const sample *add, const sample *add_other, void *columns,             \
                           size_t count) {                                                        \
    sum *restrict own = columns;                                                                  \
    for (size_t x = 0; x < count; x++) own[x] += name##_square(add[x], add_other[x]);             \
  }                                                                                               \
  static void name##_add(const uint32_t *weights, const sample *samples, void *sums,              \
                         size_t count) {                                                          \
    total *restrict own = sums;                                                                   \
    for (size_t x = 0; x < count; x++) own[x] += weights[x] * (total)samples[x];                  \
  }                                                                                               \
  static void name##_finish(const void *sums, const uint32_t *weights, sample *out, size_t step,  \
                            size_t count) {                                                       \
    const total *own = sums;                                                                      \
    for (size_t x = 0; x < count; x++) {                                                          \
      out[x * step] = (sample)((own[x] + weights[x] / 2) / weights[x]);                           \
    }                                                                                             \
  }

NONLOCAL(nonlocal_u8, uint8_t, uint32_t, uint32_t)
NONLOCAL(nonlocal_u16, uint16_t, uint64_t, uint64_t)

BODY void weigh_u8_of(const uint32_t *columns, const size_t side, uint32_t shift,
                      const uint32_t *table, uint32_t *weights, size_t count) {
  for (size_t x = 0; x < count; x += lane_count) {
    ulanes sum = {};
    for (size_t i = 0; i < side; i++) sum += (ulanes)load_lanes(columns + x + i);
    reals found = looked_up((const float *)table, (lanes)(sum >> shift));
    memcpy(weights + x, &found, sizeof found);
  }
}

static void nonlocal_u8_weigh(const void *columns, size_t side, uint32_t shift,
                              const uint32_t *table, uint32_t *weights, size_t count) {
  switch (side) {
    case 3: weigh_u8_of(columns, 3, shift, table, weights, count); return;
    case 5: weigh_u8_of(columns, 5, shift, table, weights, count); return;
    case 7: weigh_u8_of(columns, 7, shift, table, weights, count); return;
    default: weigh_u8_of(columns, side, shift, table, weights, count);
  }
}

static void nonlocal_u16_weigh(const void *columns, size_t side, uint32_t shift,
                               const uint32_t *table, uint32_t *weights, size_t count) {
  const uint64_t *own = columns;
  for (size_t x = 0; x < count; x++) {
    uint64_t sum = 0;
    for (size_t i = 0; i < side; i++) sum += own[x + i];
    weights[x] = table[sum >> shift];
  }
}
