#ifndef WEBP_LIBRARY_H
#define WEBP_LIBRARY_H

#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include "library.h"

#define WEBP_FUNCTIONS(F)         \
  F(WebPGetDecoderVersion)        \
  F(WebPGetFeaturesInternal)      \
  F(WebPInitDecoderConfigInternal) \
  F(WebPDecode)                   \
  F(WebPIDecode)                  \
  F(WebPIUpdate)                  \
  F(WebPIDecGetRGB)               \
  F(WebPIDelete)                  \
  F(WebPConfigInitInternal)       \
  F(WebPValidateConfig)           \
  F(WebPPictureInitInternal)      \
  F(WebPPictureAlloc)             \
  F(WebPPictureFree)              \
  F(WebPPictureImportRGB)         \
  F(WebPPictureImportRGBA)        \
  F(WebPEncode)                   \
  F(WebPMemoryWriterInit)         \
  F(WebPMemoryWriterClear)        \
  F(WebPMemoryWrite)              \
  F(WebPFree)

#define WEBP_DEMUX_FUNCTIONS(F)          \
  F(WebPDemuxInternal)                   \
  F(WebPDemuxDelete)                     \
  F(WebPDemuxGetI)                       \
  F(WebPDemuxGetFrame)                   \
  F(WebPDemuxNextFrame)                  \
  F(WebPDemuxReleaseIterator)            \
  F(WebPDemuxGetChunk)                   \
  F(WebPDemuxReleaseChunkIterator)       \
  F(WebPAnimDecoderOptionsInitInternal)  \
  F(WebPAnimDecoderNewInternal)          \
  F(WebPAnimDecoderGetNext)              \
  F(WebPAnimDecoderHasMoreFrames)        \
  F(WebPAnimDecoderDelete)

#define WEBP_MUX_FUNCTIONS(F) \
  F(WebPNewInternal)          \
  F(WebPMuxSetImage)          \
  F(WebPMuxSetChunk)          \
  F(WebPMuxAssemble)          \
  F(WebPMuxDelete)

typedef struct {
  WEBP_FUNCTIONS(LIBRARY_POINTER)
  WEBP_DEMUX_FUNCTIONS(LIBRARY_POINTER)
  WEBP_MUX_FUNCTIONS(LIBRARY_POINTER)
} codec_webp_library;

/// The functions of libwebp, or NULL and the reason in `result`.
const codec_webp_library *codec_webp_load(codec_result *result);

#endif
