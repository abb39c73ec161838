// From sums to samples.

// Whether a value is clamped and divided, and how, is the same for a whole row: the branches are
// outside the loops of the compiled code.
BODY ulanes clamped(lanes sum, const conv_finish *finish) {
  if (finish->absolute) sum = __builtin_elementwise_abs(sum) + finish->addend;
  sum = __builtin_elementwise_max(sum, splat(0));
  return (ulanes)__builtin_elementwise_min(sum, splat(finish->top));
}

BODY lanes_u16 divided_narrow(ulanes value, const conv_finish *finish) {
  typedef uint32_t wide __attribute__((vector_size(CONV_BYTES)));
  lanes_u16 small = __builtin_convertvector(value, lanes_u16);
  wide product = __builtin_convertvector(small, wide) * (finish->multiplier & 0xffff);
  return __builtin_convertvector(product >> 16, lanes_u16) >> (uint16_t)finish->shift;
}

BODY ulanes divided(ulanes value, const conv_finish *finish) {
  if (finish->division == conv_divide_shift) return value >> (uint32_t)finish->shift;
  lanes_u64 product = __builtin_convertvector(value, lanes_u64) * (uint64_t)finish->multiplier;
  return __builtin_convertvector(product >> (uint64_t)finish->shift, ulanes);
}

// One vector of sums; `start` is in them already.
BODY void store_finished(lanes sum, size_t x, void *out, const conv_finish *finish) {
  switch (finish->store) {
    case conv_store_i32:
      memcpy((int32_t *)out + x, &sum, sizeof sum);
      return;
    case conv_store_i16: {
      lanes_i16 value = __builtin_convertvector(sum >> finish->shift, lanes_i16);
      memcpy((int16_t *)out + x, &value, sizeof value);
      return;
    }
    case conv_store_u16: {
      ulanes value = clamped(sum, finish);
      lanes_u16 small = finish->division == conv_divide_narrow
                            ? divided_narrow(value, finish)
                            : __builtin_convertvector(divided(value, finish), lanes_u16);
      memcpy((uint16_t *)out + x, &small, sizeof small);
      return;
    }
    case conv_store_u8: {
      ulanes value = clamped(sum, finish);
      lanes_u8 small = finish->division == conv_divide_narrow
                           ? __builtin_convertvector(divided_narrow(value, finish), lanes_u8)
                           : __builtin_convertvector(divided(value, finish), lanes_u8);
      memcpy((uint8_t *)out + x, &small, sizeof small);
      return;
    }
  }
}

BODY size_t stored_size(conv_store store) {
  return store == conv_store_u8 ? 1 : store == conv_store_i32 ? 4 : 2;
}

static void finish_i32(const int32_t *sums, size_t count, void *out, const conv_finish *finish) {
  size_t x = 0;
  for (; x + lane_count <= count; x += lane_count) {
    store_finished(load_lanes(sums + x) + finish->start, x, out, finish);
  }
  if (x < count) {
    int32_t rest[lane_count] = {0};
    int32_t stored[lane_count];
    memcpy(rest, sums + x, (count - x) * sizeof *sums);
    store_finished(load_lanes(rest) + finish->start, 0, stored, finish);
    size_t size = stored_size(finish->store);
    memcpy((char *)out + x * size, stored, (count - x) * size);
  }
}

static void finish_u16(const uint16_t *sums, size_t count, void *out, const conv_finish *finish) {
  size_t x = 0;
  for (; x + lane_count <= count; x += lane_count) {
    lanes_u16 value;
    memcpy(&value, sums + x, sizeof value);
    store_finished(__builtin_convertvector(value, lanes) + finish->start, x, out, finish);
  }
  if (x < count) {
    int32_t rest[lane_count] = {0};
    for (size_t i = x; i < count; i++) rest[i - x] = sums[i];
    finish_i32(rest, count - x, (char *)out + x * stored_size(finish->store), finish);
  }
}
