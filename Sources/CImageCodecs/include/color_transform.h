#ifndef COLOR_TRANSFORM_H
#define COLOR_TRANSFORM_H

#include "codec_result.h"

/// Whether the program was built with Little CMS.
int codec_has_lcms(void);

/// The version of Little CMS, 0xMMmmrr; 0 where it cannot be loaded.
int codec_lcms_version(void);

/// What the colours of pixels are.
typedef struct {
  /// 1 gray, 3 RGB, 4 CMYK (amounts of ink).
  int colors;
  /// An ICC profile; without one sRGB, or gray with the curve of sRGB.
  codec_block profile;
  /// Where there is no profile: 100,000 times the exponent of PNG's gAMA, and x and y of white, red, green and
  /// blue (cHRM).
  int has_gamma, has_chromaticities;
  int32_t gamma;
  int32_t chromaticities[8];
} codec_colors;

/// Colours of pixels, from what one profile means by them to another's.
typedef struct codec_transform codec_transform;

/// The colours of an ICC profile: 1, 3 or 4; 0 for others, and for what is none.
int codec_profile_colors(codec_block profile, codec_result *result);

/// - has_alpha: whether a sample of alpha follows the colours, before and after.
/// - sample_bytes: 1, 2, or 4 for floats.
codec_transform *codec_transform_open(const codec_colors *from, const codec_colors *to,
                                      int has_alpha, int sample_bytes, codec_result *result);

/// Converts pixels; on any thread.
void codec_transform_run(const codec_transform *transform, const uint8_t *from, uint8_t *to,
                         size_t pixels);

void codec_transform_close(codec_transform *transform);

#endif
