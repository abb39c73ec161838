#define CONV_TABLE conv_filter_baseline
#define CONV_SET conv_baseline
#define CONV_BYTES 16
#include "filter_set.h"
