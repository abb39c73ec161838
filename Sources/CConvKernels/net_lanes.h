// Vectors of floats: the compiler's own, so that hardly a body names an instruction.

// Floats in a register, and rows of a tile / 3: as many as the registers hold.
#define LANES (CONV_BYTES / 4)
#if CONV_BYTES == 64 || defined(__aarch64__)
#define GROUPS 4
#else
#define GROUPS 2
#endif

typedef float vec __attribute__((vector_size(CONV_BYTES), aligned(4)));
typedef int32_t ivec __attribute__((vector_size(CONV_BYTES), aligned(4)));
typedef uint8_t bvec __attribute__((vector_size(LANES), aligned(1)));

BODY vec load(const float *p) { return *(const vec *)p; }
BODY void store(float *p, vec v) { *(vec *)p = v; }
// x − 0 is x for every x, so this is a broadcast and no sum.
BODY vec splat_float(float x) { return x - (vec){}; }
BODY vec pick(ivec mask, vec yes, vec no) {
  return (vec)(((ivec)yes & mask) | ((ivec)no & ~mask));
}
BODY vec positive(vec v) { return pick(v > 0, v, (vec){}); }
// Of `count` numbers, or of all where they are more.
BODY vec load_part(const float *p, ptrdiff_t count) {
  if (count >= LANES) return load(p);
  vec v = {};
  memcpy(&v, p, count * sizeof(float));
  return v;
}

BODY void store_part(float *p, vec v, ptrdiff_t count) {
  if (count >= LANES) store(p, v);
  else memcpy(p, &v, count * sizeof(float));
}
