#include "filter_tables.h"

const conv_filter_table *conv_filter_table_for(conv_instruction_set set,
                                               conv_extensions extensions) {
  if (!conv_has_instruction_set(set)) return NULL;
  switch (set) {
    case conv_baseline: return &conv_filter_baseline;
#if defined(__aarch64__)
    case conv_neon: return &conv_filter_neon;
#endif
#if defined(__x86_64__)
    case conv_avx2: return &conv_filter_avx2;
    case conv_avx512:
      return extensions.vnni ? &conv_filter_avx512_vnni : &conv_filter_avx512;
#endif
    default: return NULL;
  }
}

const conv_filter_table *conv_filter_kernels(void) {
  conv_processor processor = conv_current_processor();
  return conv_filter_table_for(processor.set, processor.extensions);
}
