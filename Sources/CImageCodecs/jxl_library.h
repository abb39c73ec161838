#ifndef JXL_LIBRARY_H
#define JXL_LIBRARY_H

#include <jxl/decode.h>
#include <jxl/encode.h>
#include <jxl/thread_parallel_runner.h>

#include "library.h"

#define JXL_FUNCTIONS(F)                 \
  F(JxlDecoderVersion)                   \
  F(JxlDecoderCreate)                    \
  F(JxlDecoderDestroy)                   \
  F(JxlDecoderSetParallelRunner)         \
  F(JxlDecoderSubscribeEvents)           \
  F(JxlDecoderSetDecompressBoxes)        \
  F(JxlDecoderSetUnpremultiplyAlpha)     \
  F(JxlDecoderSetInput)                  \
  F(JxlDecoderCloseInput)                \
  F(JxlDecoderReleaseInput)              \
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
  F(JxlEncoderSetParallelRunner)         \
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

/// Those of libjxl_threads.
#define JXL_THREADS_FUNCTIONS(F)     \
  F(JxlThreadParallelRunner)         \
  F(JxlThreadParallelRunnerCreate)   \
  F(JxlThreadParallelRunnerDestroy)

/// The functions of libjxl, once it is loaded.
extern struct codec_jxl_library {
  JXL_FUNCTIONS(LIBRARY_POINTER)
} codec_jxl;

/// The functions of libjxl_threads, once a runner has been opened.
extern struct codec_jxl_threads_library {
  JXL_THREADS_FUNCTIONS(LIBRARY_POINTER)
} codec_jxl_threads;

/// Whether libjxl is there; else `result` says why not.
int codec_jxl_load(codec_result *result);

/// Threads that work on a picture of this size, no more than have a part of it each; NULL for one thread, and
/// where there is no libjxl_threads.
void *codec_jxl_runner_open(int threads, uint32_t width, uint32_t height);
void codec_jxl_runner_close(void *runner);

#endif
