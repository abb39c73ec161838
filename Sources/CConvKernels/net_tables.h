// The table of one instruction set, of the names that net_bodies.h has just defined.
#include "net_kernels.h"

#define NET_TABLE(chosen)                                                                  \
  {LANES, 2 * LANES, 3 * GROUPS, NAME(product), NAME(sparse), NAME(maximum), chosen,       \
   NAME(gather), NAME(gathers), NAME(list), NAME(split), NAME(join), NAME(quads),          \
   NAME(transpose), NAME(adam), NAME(combine), NAME(column_sums), NAME(mask),              \
   NAME(winograd_weights), NAME(winograd_input), NAME(winograd_output)}

extern const net_table net_table_baseline;
#if defined(__x86_64__)
extern const net_table net_table_avx2, net_table_avx512;
#endif
