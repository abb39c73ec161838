#include "color_transform.h"

#include <stdlib.h>

#ifdef CONVFILTER_HAS_LCMS

#include "lcms_library.h"

struct codec_transform {
  const codec_lcms_library *lcms;
  cmsContext context;
  cmsHTRANSFORM transform;
};

int codec_has_lcms(void) { return 1; }

int codec_lcms_version(void) {
  codec_result result = {0};
  const codec_lcms_library *lcms = codec_lcms_load(&result);
  if (lcms == NULL) return 0;
  // 2140 is 2.14.
  const int version = lcms->cmsGetEncodedCMMversion();
  return version / 1000 << 16 | version % 1000 / 10 << 8 | version % 10;
}

static int colors_of(const codec_lcms_library *lcms, cmsHPROFILE profile) {
  switch (lcms->cmsGetColorSpace(profile)) {
    case cmsSigGrayData: return 1;
    case cmsSigRgbData: return 3;
    case cmsSigCmykData: return 4;
    default: return 0;
  }
}

int codec_profile_colors(codec_block profile, codec_result *result) {
  const codec_lcms_library *lcms = codec_lcms_load(result);
  if (lcms == NULL || profile.count > UINT32_MAX) return 0;
  cmsHPROFILE opened =
      lcms->cmsOpenProfileFromMemTHR(NULL, profile.bytes, (cmsUInt32Number)profile.count);
  if (opened == NULL) return 0;
  const int colors = colors_of(lcms, opened);
  lcms->cmsCloseProfile(opened);
  return colors;
}

/// The curve of sRGB, or that of PNG's gAMA.
static cmsToneCurve *curve_of(const codec_lcms_library *lcms, cmsContext context,
                              const codec_colors *colors) {
  if (colors->has_gamma && colors->gamma > 0) {
    return lcms->cmsBuildGamma(context, 100000.0 / colors->gamma);
  }
  // IEC 61966-2-1.
  const cmsFloat64Number srgb[5] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  return lcms->cmsBuildParametricToneCurve(context, 4, srgb);
}

/// A profile of colours without one.
static cmsHPROFILE made(const codec_lcms_library *lcms, cmsContext context,
                        const codec_colors *colors) {
  if (colors->colors == 3 && !colors->has_gamma && !colors->has_chromaticities) {
    return lcms->cmsCreate_sRGBProfileTHR(context);
  }
  cmsToneCurve *curve = curve_of(lcms, context, colors);
  if (curve == NULL) return NULL;
  cmsHPROFILE profile;
  if (colors->colors == 1) {
    profile = lcms->cmsCreateGrayProfileTHR(context, lcms->cmsD50_xyY(), curve);
  } else {
    static const int32_t srgb[8] = {31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000};
    const int32_t *c = colors->has_chromaticities ? colors->chromaticities : srgb;
    const cmsCIExyY white = {c[0] / 1e5, c[1] / 1e5, 1};
    const cmsCIExyYTRIPLE primaries = {{c[2] / 1e5, c[3] / 1e5, 1},
                                       {c[4] / 1e5, c[5] / 1e5, 1},
                                       {c[6] / 1e5, c[7] / 1e5, 1}};
    cmsToneCurve *const curves[3] = {curve, curve, curve};
    profile = lcms->cmsCreateRGBProfileTHR(context, &white, &primaries, curves);
  }
  lcms->cmsFreeToneCurve(curve);
  return profile;
}

static cmsHPROFILE open_profile(const codec_lcms_library *lcms, cmsContext context,
                                const codec_colors *colors, codec_result *result) {
  if (colors->profile.bytes == NULL) {
    cmsHPROFILE profile = made(lcms, context, colors);
    if (profile == NULL) codec_fail(result, CODEC_REFUSED, "its primary colours are no colours");
    return profile;
  }
  cmsHPROFILE profile = NULL;
  if (colors->profile.count <= UINT32_MAX) {
    profile = lcms->cmsOpenProfileFromMemTHR(context, colors->profile.bytes,
                                             (cmsUInt32Number)colors->profile.count);
  }
  if (profile == NULL) {
    codec_fail(result, CODEC_REFUSED, "it is no ICC profile that Little CMS can read");
  } else if (colors_of(lcms, profile) != colors->colors) {
    codec_fail(result, CODEC_REFUSED, "it is for other colours than the picture has");
    lcms->cmsCloseProfile(profile);
    return NULL;
  }
  return profile;
}

/// How pixels lie in memory, as Little CMS says it.
static cmsUInt32Number layout_of(int colors, int has_alpha, int sample_bytes) {
  const cmsUInt32Number space = colors == 1 ? PT_GRAY : colors == 3 ? PT_RGB : PT_CMYK;
  return COLORSPACE_SH(space) | CHANNELS_SH((cmsUInt32Number)colors) |
         EXTRA_SH(has_alpha ? 1u : 0u) | BYTES_SH((cmsUInt32Number)sample_bytes) |
         FLOAT_SH(sample_bytes == 4 ? 1u : 0u);
}

codec_transform *codec_transform_open(const codec_colors *from, const codec_colors *to,
                                      int has_alpha, int sample_bytes, codec_result *result) {
  const codec_lcms_library *lcms = codec_lcms_load(result);
  codec_transform *transform = lcms == NULL ? NULL : calloc(1, sizeof *transform);
  if (transform == NULL) {
    if (lcms != NULL) codec_fail(result, CODEC_NO_MEMORY, "no memory for a profile");
    return NULL;
  }
  transform->lcms = lcms;
  transform->context = lcms->cmsCreateContext(NULL, NULL);
  cmsHPROFILE profiles[2] = {NULL, NULL};
  if (transform->context == NULL) {
    codec_fail(result, CODEC_NO_MEMORY, "no memory for a profile");
  } else {
    profiles[0] = open_profile(lcms, transform->context, from, result);
    if (profiles[0] != NULL) profiles[1] = open_profile(lcms, transform->context, to, result);
  }
  if (profiles[1] != NULL) {
    // Without its cache a transform serves several threads.
    // Of words the library would make a table of 33 points an axis, too coarse for dark colours.
    const cmsUInt32Number flags = cmsFLAGS_NOCACHE | (has_alpha ? cmsFLAGS_COPY_ALPHA : 0u) |
                                  (sample_bytes == 2 ? cmsFLAGS_NOOPTIMIZE : 0u);
    transform->transform = lcms->cmsCreateTransformTHR(
        transform->context, profiles[0], layout_of(from->colors, has_alpha, sample_bytes),
        profiles[1], layout_of(to->colors, has_alpha, sample_bytes), INTENT_PERCEPTUAL, flags);
    if (transform->transform == NULL) {
      codec_fail(result, CODEC_REFUSED, "Little CMS cannot convert through it");
    }
  }
  for (int i = 0; i < 2; i++) {
    if (profiles[i] != NULL) lcms->cmsCloseProfile(profiles[i]);
  }
  if (result->code == CODEC_OK) return transform;
  codec_transform_close(transform);
  return NULL;
}

void codec_transform_run(const codec_transform *transform, const uint8_t *from, uint8_t *to,
                         size_t pixels) {
  transform->lcms->cmsDoTransform(transform->transform, from, to, (cmsUInt32Number)pixels);
}

void codec_transform_close(codec_transform *transform) {
  if (transform == NULL) return;
  if (transform->transform != NULL) transform->lcms->cmsDeleteTransform(transform->transform);
  if (transform->context != NULL) transform->lcms->cmsDeleteContext(transform->context);
  free(transform);
}

#else

int codec_has_lcms(void) { return 0; }
int codec_lcms_version(void) { return 0; }

int codec_profile_colors(codec_block profile, codec_result *result) {
  (void)profile;
  codec_fail(result, CODEC_NO_LIBRARY, "the program was built without it");
  return 0;
}

codec_transform *codec_transform_open(const codec_colors *from, const codec_colors *to,
                                      int has_alpha, int sample_bytes, codec_result *result) {
  (void)from, (void)to, (void)has_alpha, (void)sample_bytes;
  codec_fail(result, CODEC_NO_LIBRARY, "the program was built without it");
  return NULL;
}

void codec_transform_run(const codec_transform *transform, const uint8_t *from, uint8_t *to,
                         size_t pixels) {
  (void)transform, (void)from, (void)to, (void)pixels;
}

void codec_transform_close(codec_transform *transform) { (void)transform; }

#endif
