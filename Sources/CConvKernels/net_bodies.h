// The bodies, written once; each net_<set>.c includes them with
//   LANES    floats in a register
//   GROUPS   rows of a tile / 3
//   NAME(x)  the name of x for this instruction set
// within its target attribute. Vectors are the compiler's own, so that no body names an instruction.

#include <string.h>

#include "net_kernels.h"

typedef float NAME(vec) __attribute__((vector_size(4 * LANES), aligned(4)));
typedef int32_t NAME(ivec) __attribute__((vector_size(4 * LANES), aligned(4)));
typedef uint8_t NAME(bvec) __attribute__((vector_size(LANES), aligned(1)));
#define vec NAME(vec)
#define ivec NAME(ivec)
#define bvec NAME(bvec)

#define inline_body static inline __attribute__((always_inline))
#define unrolled _Pragma("clang loop unroll(full)")

inline_body vec NAME(load)(const float *p) { return *(const vec *)p; }
inline_body void NAME(store)(float *p, vec v) { *(vec *)p = v; }
// x − 0 is x for every x, so this is a broadcast and no sum.
inline_body vec NAME(splat)(float x) { return x - (vec){}; }
inline_body vec NAME(select)(ivec mask, vec yes, vec no) {
  return (vec)(((ivec)yes & mask) | ((ivec)no & ~mask));
}
inline_body vec NAME(positive)(vec v) { return NAME(select)(v > 0, v, (vec){}); }
#define load NAME(load)
#define store NAME(store)
#define splat NAME(splat)
#define select NAME(select)
#define positive NAME(positive)

#include "net_product.h"
#include "net_sparse.h"
#include "net_maximum.h"
#include "net_gather.h"
#include "net_winograd.h"
#include "net_elementwise.h"
