// The micro-kernels, compiled once for each instruction set: a table of tables for each.
#ifndef CONV_MICRO_KERNELS_H
#define CONV_MICRO_KERNELS_H

#include "filter_kernels.h"
#include "instruction_sets.h"
#include "net_kernels.h"
#include "png_kernels.h"
#include "resize_kernels.h"
#include "row_kernels.h"

typedef struct {
  // The level it was compiled for, and the extensions it uses.
  conv_processor needs;
  conv_filter_table filter;
  net_table net;
  conv_png_table png;
  conv_resize_table resize;
  conv_row_table rows;
} conv_table;

// All that were compiled, from the narrowest to the widest.
const conv_table *const *conv_tables(size_t *count);

// Whether this processor runs a table.
bool conv_table_runs(const conv_table *table);

// The widest of the processor's level, or the baseline's where the level has none of its own.
const conv_table *conv_table_for(conv_processor processor);

// That of the processor in use.
const conv_table *conv_current_table(void);

#endif
