#include <stdlib.h>
#include <string.h>

#include "whole_parts.h"

#ifdef CONVFILTER_HAS_JXL

#include "jxl_library.h"

/// The distance that `cjxl` makes of a quality.
static float distance_of(int quality) {
  const float q = (float)quality;
  return quality >= 100 ? 0
         : quality >= 30 ? 0.1f + (100 - q) * 0.09f
                         : 53.0f / 3000.0f * q * q - 23.0f / 20.0f * q + 25.0f;
}

static int refuse(const char *what, codec_result *result) {
  return codec_fail(result, CODEC_REFUSED, "libjxl does not take %s", what);
}

/// Says what the picture looks like.
static int describe(const codec_whole_layout *layout, JxlEncoder *encoder, codec_result *result) {
  const int colors = layout->channels >= 3 ? 3 : 1;
  JxlBasicInfo info;
  codec_jxl.JxlEncoderInitBasicInfo(&info);
  info.xsize = layout->width;
  info.ysize = layout->height;
  info.bits_per_sample = (uint32_t)layout->sample_bytes * 8;
  info.num_color_channels = (uint32_t)colors;
  if (layout->channels % 2 == 0) {
    info.num_extra_channels = 1;
    info.alpha_bits = info.bits_per_sample;
  }
  info.uses_original_profile = layout->lossless;
  if (codec_jxl.JxlEncoderSetBasicInfo(encoder, &info) != JXL_ENC_SUCCESS) {
    return refuse("the size of the picture", result);
  }
  // 16 bits without loss are of level 10.
  if (codec_jxl.JxlEncoderGetRequiredCodestreamLevel(encoder) == 10) {
    codec_jxl.JxlEncoderSetCodestreamLevel(encoder, 10);
  }
  if (layout->icc.count > 0) {
    if (codec_jxl.JxlEncoderSetICCProfile(encoder, layout->icc.bytes, layout->icc.count) !=
        JXL_ENC_SUCCESS) {
      return refuse("the colour profile", result);
    }
    return CODEC_OK;
  }
  JxlColorEncoding encoding;
  codec_jxl.JxlColorEncodingSetToSRGB(&encoding, colors == 1);
  return codec_jxl.JxlEncoderSetColorEncoding(encoder, &encoding) == JXL_ENC_SUCCESS
             ? CODEC_OK
             : refuse("sRGB", result);
}

/// EXIF and XMP.
static int add_boxes(const codec_whole_layout *layout, JxlEncoder *encoder, codec_result *result) {
  if (layout->exif.count + layout->xmp.count == 0) return CODEC_OK;
  int done = codec_jxl.JxlEncoderUseBoxes(encoder) == JXL_ENC_SUCCESS;
  if (layout->exif.count > 0) {
    uint8_t *exif = calloc(1, layout->exif.count + 4);
    if (exif == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for metadata");
    memcpy(exif + 4, layout->exif.bytes, layout->exif.count);
    done = done && codec_jxl.JxlEncoderAddBox(encoder, "Exif", exif, layout->exif.count + 4,
                                              JXL_FALSE) == JXL_ENC_SUCCESS;
    free(exif);
  }
  if (layout->xmp.count > 0) {
    done = done && codec_jxl.JxlEncoderAddBox(encoder, "xml ", layout->xmp.bytes, layout->xmp.count,
                                              JXL_FALSE) == JXL_ENC_SUCCESS;
  }
  return done ? CODEC_OK : refuse("what is said of the picture", result);
}

static int add_picture(const codec_whole_writer *writer, JxlEncoder *encoder,
                       codec_result *result) {
  const codec_whole_layout *layout = &writer->layout;
  JxlEncoderFrameSettings *settings = codec_jxl.JxlEncoderFrameSettingsCreate(encoder, NULL);
  if (settings == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for an encoder");
  if (layout->lossless) {
    codec_jxl.JxlEncoderSetFrameLossless(settings, JXL_TRUE);
  } else {
    codec_jxl.JxlEncoderSetFrameDistance(settings, distance_of(layout->quality));
  }
  const JxlPixelFormat format = {
      (uint32_t)layout->channels, layout->sample_bytes == 2 ? JXL_TYPE_UINT16 : JXL_TYPE_UINT8,
      JXL_NATIVE_ENDIAN, 0};
  if (codec_jxl.JxlEncoderAddImageFrame(settings, &format, writer->pixels,
                                        writer->row_bytes * layout->height) != JXL_ENC_SUCCESS) {
    return refuse("the picture", result);
  }
  codec_jxl.JxlEncoderCloseInput(encoder);
  return CODEC_OK;
}

int codec_jxl_write(codec_whole_writer *writer, codec_result *result) {
  if (!codec_jxl_load(result)) return result->code;
  JxlEncoder *encoder = codec_jxl.JxlEncoderCreate(NULL);
  if (encoder == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for an encoder");
  const codec_whole_layout *layout = &writer->layout;
  void *runner = codec_jxl_runner_open(layout->threads, layout->width, layout->height);
  if (runner != NULL) {
    codec_jxl.JxlEncoderSetParallelRunner(encoder, codec_jxl_threads.JxlThreadParallelRunner,
                                          runner);
  }
  int code = describe(layout, encoder, result);
  if (code == CODEC_OK) code = add_boxes(layout, encoder, result);
  if (code == CODEC_OK) code = add_picture(writer, encoder, result);
  static const size_t step = 64 * 1024;
  uint8_t *bytes = malloc(step);
  if (bytes == NULL) code = codec_fail(result, CODEC_NO_MEMORY, "no memory for the file");
  JxlEncoderStatus status = JXL_ENC_NEED_MORE_OUTPUT;
  while (code == CODEC_OK && status == JXL_ENC_NEED_MORE_OUTPUT) {
    uint8_t *next = bytes;
    size_t left = step;
    status = codec_jxl.JxlEncoderProcessOutput(encoder, &next, &left);
    code = codec_sink_write(writer->sink, bytes, step - left, result);
    if (code == CODEC_OK && status == JXL_ENC_ERROR) {
      const JxlEncoderError error = codec_jxl.JxlEncoderGetError(encoder);
      code = error == JXL_ENC_ERR_OOM
                 ? codec_fail(result, CODEC_NO_MEMORY, "no memory for the picture")
                 : codec_fail(result, CODEC_REFUSED, "error %d of libjxl", (int)error);
    }
  }
  free(bytes);
  codec_jxl.JxlEncoderDestroy(encoder);
  codec_jxl_runner_close(runner);
  return code;
}

#else

int codec_jxl_write(codec_whole_writer *writer, codec_result *result) {
  (void)writer;
  return codec_fail(result, CODEC_NO_LIBRARY, "built without libjxl");
}

#endif
