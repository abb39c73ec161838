#ifndef AVIF_LIBRARY_H
#define AVIF_LIBRARY_H

#include <avif/avif.h>

#include "library.h"

#define AVIF_FUNCTIONS(F)      \
  F(avifVersion)               \
  F(avifResultToString)        \
  F(avifDecoderCreate)         \
  F(avifDecoderDestroy)        \
  F(avifDecoderSetSource)      \
  F(avifDecoderSetIOMemory)    \
  F(avifDecoderParse)          \
  F(avifDecoderNthImage)       \
  F(avifDecoderNthImageTiming) \
  F(avifRGBImageSetDefaults)   \
  F(avifImageYUVToRGB)

/// The functions of libavif, once it is loaded.
extern struct codec_avif_library {
  AVIF_FUNCTIONS(LIBRARY_POINTER)
} codec_avif;

/// Whether libavif is there; else `result` says why not.
int codec_avif_load(codec_result *result);

#endif
