#ifndef LCMS_LIBRARY_H
#define LCMS_LIBRARY_H

#include <lcms2.h>

#include "library.h"

#define LCMS_FUNCTIONS(F)        \
  F(cmsGetEncodedCMMversion)     \
  F(cmsCreateContext)            \
  F(cmsDeleteContext)            \
  F(cmsOpenProfileFromMemTHR)    \
  F(cmsCreate_sRGBProfileTHR)    \
  F(cmsCreateRGBProfileTHR)      \
  F(cmsCreateGrayProfileTHR)     \
  F(cmsCloseProfile)             \
  F(cmsGetColorSpace)            \
  F(cmsD50_xyY)                  \
  F(cmsBuildGamma)               \
  F(cmsBuildParametricToneCurve) \
  F(cmsFreeToneCurve)            \
  F(cmsCreateTransformTHR)       \
  F(cmsDeleteTransform)          \
  F(cmsDoTransform)

typedef struct {
  LCMS_FUNCTIONS(LIBRARY_POINTER)
} codec_lcms_library;

/// The functions of Little CMS, or NULL and the reason in `result`.
const codec_lcms_library *codec_lcms_load(codec_result *result);

#endif
