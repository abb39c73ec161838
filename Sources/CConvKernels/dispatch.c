#include "micro_kernels.h"
#include "set_extensions.h"

extern const conv_table conv_table_baseline, conv_table_neon, conv_table_avx2, conv_table_avx512;

#if defined(__x86_64__)
static void (*const extensions[])(conv_table *) = {
    conv_extend_avx512_vnni, conv_extend_avx512_bf16, conv_extend_avx512_amx};
enum { extension_count = sizeof extensions / sizeof *extensions };
static conv_table extended[extension_count];

// Before the program begins: each is the table before it with bodies of its own.
__attribute__((constructor)) static void extend(void) {
  const conv_table *before = &conv_table_avx512;
  for (size_t i = 0; i < extension_count; i++) {
    extended[i] = *before;
    extensions[i](&extended[i]);
    before = &extended[i];
  }
}
#endif

// One row for each file set_<name>.c, from the narrowest to the widest.
static const conv_table *const tables[] = {
    &conv_table_baseline,
#if defined(__aarch64__)
    &conv_table_neon,
#elif defined(__x86_64__)
    &conv_table_avx2,
    &conv_table_avx512,
    &extended[0],
    &extended[1],
    &extended[2],
#endif
};

const conv_table *const *conv_tables(size_t *count) {
  *count = sizeof tables / sizeof *tables;
  return tables;
}

static bool covers(conv_extensions has, conv_extensions needs) {
  return has.vnni >= needs.vnni && has.vbmi >= needs.vbmi && has.bf16 >= needs.bf16 &&
         has.amx >= needs.amx;
}

bool conv_table_runs(const conv_table *table) {
  return conv_has_instruction_set(table->needs.set) &&
         covers(conv_detected_processor().extensions, table->needs.extensions);
}

const conv_table *conv_table_for(conv_processor processor) {
  size_t index = sizeof tables / sizeof *tables - 1;
  while (index > 0 && !(tables[index]->needs.set == processor.set &&
                        covers(processor.extensions, tables[index]->needs.extensions))) {
    index--;
  }
  return tables[index];
}

const conv_table *conv_current_table(void) { return conv_table_for(conv_current_processor()); }
