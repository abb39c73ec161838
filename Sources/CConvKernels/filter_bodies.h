// Bodies of the picture filters: all instruction sets give the same bytes.
#include "filter_lanes.h"
#include "filter_finish.h"
#include "filter_dot.h"
#include "filter_planes.h"
#include "filter_rows.h"
#include "filter_narrow.h"
#include "filter_long.h"
#include "filter_alpha.h"
