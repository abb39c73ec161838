#ifndef TIFF_LIBRARY_H
#define TIFF_LIBRARY_H

#include <tiffio.h>

#include "library.h"

/// Since 4.5 errors and limits belong to a file; before, errors have no words here.
#define TIFF_HAS_OPTIONS (TIFFLIB_VERSION >= 20221213)

#if TIFF_HAS_OPTIONS
#define TIFF_OPEN_FUNCTIONS(F)             \
  F(TIFFOpenOptionsAlloc)                  \
  F(TIFFOpenOptionsFree)                   \
  F(TIFFOpenOptionsSetMaxSingleMemAlloc)   \
  F(TIFFOpenOptionsSetErrorHandlerExtR)    \
  F(TIFFOpenOptionsSetWarningHandlerExtR)  \
  F(TIFFClientOpenExt)
#else
#define TIFF_OPEN_FUNCTIONS(F) \
  F(TIFFSetErrorHandler)       \
  F(TIFFSetWarningHandler)     \
  F(TIFFClientOpen)
#endif

#define TIFF_FUNCTIONS(F)      \
  TIFF_OPEN_FUNCTIONS(F)       \
  F(TIFFClose)                 \
  F(TIFFGetVersion)            \
  F(TIFFGetField)              \
  F(TIFFGetFieldDefaulted)     \
  F(TIFFSetField)              \
  F(TIFFSetDirectory)          \
  F(TIFFReadDirectory)         \
  F(TIFFCurrentDirOffset)      \
  F(TIFFNumberOfDirectories)   \
  F(TIFFIsTiled)               \
  F(TIFFIsBigTIFF)             \
  F(TIFFIsCODECConfigured)     \
  F(TIFFScanlineSize64)        \
  F(TIFFReadScanline)          \
  F(TIFFStripSize64)           \
  F(TIFFComputeStrip)          \
  F(TIFFReadEncodedStrip)      \
  F(TIFFTileSize64)            \
  F(TIFFTileRowSize64)         \
  F(TIFFComputeTile)           \
  F(TIFFReadEncodedTile)       \
  F(TIFFReadRGBAImageOriented) \
  F(TIFFRGBAImageOK)

typedef struct {
  TIFF_FUNCTIONS(LIBRARY_POINTER)
} codec_tiff_library;

/// The functions of libtiff, or NULL and the reason in `result`.
const codec_tiff_library *codec_tiff_load(codec_result *result);

#endif
