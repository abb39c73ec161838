#ifndef JXL_LIBRARY_H
#define JXL_LIBRARY_H

#include <jxl/decode.h>
#include <jxl/encode.h>

#include "library.h"

#define JXL_FUNCTIONS(F)                 \
  F(JxlDecoderVersion)                   \
  F(JxlDecoderCreate)                    \
  F(JxlDecoderDestroy)                   \
  F(JxlDecoderSubscribeEvents)           \
  F(JxlDecoderSetDecompressBoxes)        \
  F(JxlDecoderSetUnpremultiplyAlpha)     \
  F(JxlDecoderSetInput)                  \
  F(JxlDecoderCloseInput)                \
  F(JxlDecoderProcessInput)              \
  F(JxlDecoderGetBasicInfo)              \
  F(JxlDecoderGetExtraChannelInfo)       \
  F(JxlDecoderGetColorAsEncodedProfile)  \
  F(JxlDecoderGetICCProfileSize)         \
  F(JxlDecoderGetColorAsICCProfile)      \
  F(JxlDecoderGetBoxType)                \
  F(JxlDecoderSetBoxBuffer)              \
  F(JxlDecoderReleaseBoxBuffer)          \
  F(JxlDecoderSkipFrames)                \
  F(JxlDecoderGetFrameHeader)            \
  F(JxlDecoderSetImageOutBuffer)         \
  F(JxlDecoderImageOutBufferSize)        \
  F(JxlDecoderFlushImage)                \
  F(JxlEncoderCreate)                    \
  F(JxlEncoderDestroy)                   \
  F(JxlEncoderInitBasicInfo)             \
  F(JxlEncoderSetBasicInfo)              \
  F(JxlEncoderSetCodestreamLevel)        \
  F(JxlEncoderGetRequiredCodestreamLevel) \
  F(JxlEncoderSetColorEncoding)          \
  F(JxlEncoderSetICCProfile)             \
  F(JxlColorEncodingSetToSRGB)           \
  F(JxlEncoderFrameSettingsCreate)       \
  F(JxlEncoderSetFrameLossless)          \
  F(JxlEncoderSetFrameDistance)          \
  F(JxlEncoderUseBoxes)                  \
  F(JxlEncoderAddBox)                    \
  F(JxlEncoderAddImageFrame)             \
  F(JxlEncoderCloseInput)                \
  F(JxlEncoderProcessOutput)             \
  F(JxlEncoderGetError)

/// The functions of libjxl, once it is loaded.
extern struct codec_jxl_library {
  JXL_FUNCTIONS(LIBRARY_POINTER)
} codec_jxl;

/// Whether libjxl is there; else `result` says why not.
int codec_jxl_load(codec_result *result);

#endif
