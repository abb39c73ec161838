#include "CConvKernels.h"
