#ifndef C_IMAGE_CODECS_H
#define C_IMAGE_CODECS_H

// Picture formats with handles: open, read rows or write rows, close.
//
// Every call fences its own errors: it returns a code, and fills a codec_result with a message.
// This target holds the only setjmp of the package, and calls nothing outside C.

#include "byte_sink.h"
#include "byte_source.h"
#include "codec_result.h"
#include "color_transform.h"
#include "compression.h"
#include "descriptor.h"
#include "jpeg_reader.h"
#include "jpeg_writer.h"
#include "palette_order.h"
#include "png_filter.h"
#include "png_reader.h"
#include "png_writer.h"
#include "shortest_deflate.h"
#include "smallest_deflate.h"
#include "tiff_reader.h"
#include "tiff_strip.h"
#include "webp_reader.h"
#include "webp_writer.h"
#include "whole_reader.h"
#include "whole_writer.h"

#endif
