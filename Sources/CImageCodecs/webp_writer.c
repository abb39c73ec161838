#include "webp_writer.h"

#include <stdlib.h>
#include <string.h>

#ifdef CONVFILTER_HAS_WEBP

#include "webp_library.h"

struct codec_webp_writer {
  const codec_webp_library *webp;
  codec_sink *sink;
  codec_webp_layout layout;
  WebPConfig config;
  WebPPicture picture;
  uint8_t *blocks[3];  // copies of ICC, EXIF, XMP
  uint8_t *rgb;        // rows as the library takes them
  size_t rgb_rows;
  uint32_t next;
};

static int has_alpha(const codec_webp_writer *writer) { return writer->layout.channels % 2 == 0; }

/// What went wrong in a call of libwebp.
static int fail(const WebPPicture *picture, codec_result *result) {
  switch (picture->error_code) {
    case VP8_ENC_ERROR_OUT_OF_MEMORY:
    case VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY:
      return codec_fail(result, CODEC_NO_MEMORY, "no memory for the picture");
    case VP8_ENC_ERROR_PARTITION0_OVERFLOW:
    case VP8_ENC_ERROR_PARTITION_OVERFLOW:
      return codec_fail(result, CODEC_REFUSED, "too large for WebP at this quality");
    default: return codec_fail(result, CODEC_REFUSED, "error %d of libwebp", picture->error_code);
  }
}

static int set_up(codec_webp_writer *writer, codec_result *result) {
  const codec_webp_library *webp = writer->webp;
  const codec_webp_layout *layout = &writer->layout;
  const float quality = layout->lossless ? 75 : (float)layout->quality;
  if (!webp->WebPConfigInitInternal(&writer->config, WEBP_PRESET_DEFAULT, quality,
                                    WEBP_ENCODER_ABI_VERSION) ||
      !webp->WebPPictureInitInternal(&writer->picture, WEBP_ENCODER_ABI_VERSION)) {
    return codec_fail(result, CODEC_NO_LIBRARY, "libwebp is of another version");
  }
  writer->config.lossless = layout->lossless;
  writer->config.thread_level = layout->threaded;
  // Colours behind full transparency stay as they are.
  writer->config.exact = layout->lossless;
  writer->picture.width = (int)layout->width;
  writer->picture.height = (int)layout->height;
  writer->picture.use_argb = layout->lossless;
  writer->picture.colorspace = has_alpha(writer) ? WEBP_YUV420A : WEBP_YUV420;
  if (!webp->WebPPictureAlloc(&writer->picture)) return fail(&writer->picture, result);
  return CODEC_OK;
}

codec_webp_writer *codec_webp_writer_open(codec_sink *sink, const codec_webp_layout *layout,
                                          codec_result *result) {
  const codec_webp_library *webp = codec_webp_load(result);
  if (webp == NULL) return NULL;
  codec_webp_writer *writer = calloc(1, sizeof *writer);
  if (writer == NULL) {
    codec_fail(result, CODEC_NO_MEMORY, "no memory for a writer");
    return NULL;
  }
  writer->webp = webp;
  writer->sink = sink;
  writer->layout = *layout;
  codec_block *blocks[3] = {&writer->layout.icc, &writer->layout.exif, &writer->layout.xmp};
  if (!codec_copy_blocks(blocks, writer->blocks)) {
    codec_fail(result, CODEC_NO_MEMORY, "no memory for metadata");
  }
  if (result->code == CODEC_OK) set_up(writer, result);
  if (result->code == CODEC_OK) return writer;
  codec_webp_writer_close(writer);
  return NULL;
}

/// The colours and the alpha of a pixel.
static uint32_t argb(const uint8_t *p, int channels) {
  switch (channels) {
    case 1: return 0xff000000u | (uint32_t)p[0] * 0x10101u;
    case 2: return (uint32_t)p[1] << 24 | (uint32_t)p[0] * 0x10101u;
    case 3: return 0xff000000u | (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
    default: return (uint32_t)p[3] << 24 | (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
  }
}

/// Rows as RGB or RGBA, one behind the other.
static int gather(codec_webp_writer *writer, const uint8_t *const *rows, size_t count,
                  codec_result *result) {
  const size_t width = writer->layout.width, channels = (size_t)writer->layout.channels;
  const size_t out = has_alpha(writer) ? 4 : 3;
  if (count > writer->rgb_rows) {
    free(writer->rgb);
    writer->rgb_rows = 0;
    writer->rgb = malloc(count * width * out);
    if (writer->rgb == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for rows");
    writer->rgb_rows = count;
  }
  for (size_t i = 0; i < count; i++) {
    uint8_t *target = writer->rgb + i * width * out;
    if (channels >= 3) {
      memcpy(target, rows[i], width * out);
      continue;
    }
    for (size_t x = 0; x < width; x++) {
      memset(target + x * out, rows[i][x * channels], 3);
      if (out == 4) target[x * 4 + 3] = rows[i][x * 2 + 1];
    }
  }
  return CODEC_OK;
}

static void copy_plane(uint8_t *target, int target_stride, const uint8_t *source,
                       int source_stride, size_t width, size_t height) {
  for (size_t y = 0; y < height; y++) {
    memcpy(target + y * (size_t)target_stride, source + y * (size_t)source_stride, width);
  }
}

/// Turns rows into luminance and colours of half the size, as the library does with a whole picture:
/// two rows at a time.
static int append_yuv(codec_webp_writer *writer, const uint8_t *const *rows, size_t count,
                      codec_result *result) {
  const codec_webp_library *webp = writer->webp;
  if (gather(writer, rows, count, result) != CODEC_OK) return result->code;
  WebPPicture part, *whole = &writer->picture;
  if (!webp->WebPPictureInitInternal(&part, WEBP_ENCODER_ABI_VERSION)) return fail(whole, result);
  const size_t width = writer->layout.width;
  part.width = (int)width;
  part.height = (int)count;
  part.use_argb = 0;
  const int done = has_alpha(writer)
                       ? webp->WebPPictureImportRGBA(&part, writer->rgb, (int)width * 4)
                       : webp->WebPPictureImportRGB(&part, writer->rgb, (int)width * 3);
  if (!done) return fail(&part, result);
  const size_t y = writer->next, half_width = (width + 1) / 2, half = (count + 1) / 2;
  copy_plane(whole->y + y * (size_t)whole->y_stride, whole->y_stride, part.y, part.y_stride, width, count);
  const size_t offset = y / 2 * (size_t)whole->uv_stride;
  copy_plane(whole->u + offset, whole->uv_stride, part.u, part.uv_stride, half_width, half);
  copy_plane(whole->v + offset, whole->uv_stride, part.v, part.uv_stride, half_width, half);
  for (size_t i = 0; whole->a != NULL && i < count; i++) {
    uint8_t *alpha = whole->a + (y + i) * (size_t)whole->a_stride;
    // Without transparency there is no plane.
    if (part.a == NULL) {
      memset(alpha, 255, width);
    } else {
      memcpy(alpha, part.a + i * (size_t)part.a_stride, width);
    }
  }
  webp->WebPPictureFree(&part);
  return CODEC_OK;
}

int codec_webp_writer_write(codec_webp_writer *writer, const uint8_t *const *rows, size_t count,
                            codec_result *result) {
  if (writer->layout.lossless) {
    const int channels = writer->layout.channels;
    for (size_t i = 0; i < count; i++) {
      uint32_t *row = writer->picture.argb +
                      (writer->next + i) * (size_t)writer->picture.argb_stride;
      for (size_t x = 0; x < writer->layout.width; x++) {
        row[x] = argb(rows[i] + x * (size_t)channels, channels);
      }
    }
  } else if (append_yuv(writer, rows, count, result) != CODEC_OK) {
    return result->code;
  }
  writer->next += (uint32_t)count;
  return CODEC_OK;
}

/// Puts a compressed picture and what is said of it into a container.
static int assemble(codec_webp_writer *writer, const WebPMemoryWriter *picture,
                    codec_result *result) {
  static const char names[3][5] = {"ICCP", "EXIF", "XMP "};
  const codec_block blocks[3] = {writer->layout.icc, writer->layout.exif, writer->layout.xmp};
  const codec_webp_library *webp = writer->webp;
  if (blocks[0].count + blocks[1].count + blocks[2].count == 0) {
    return codec_sink_write(writer->sink, picture->mem, picture->size, result);
  }
  WebPMux *mux = webp->WebPNewInternal(WEBP_MUX_ABI_VERSION);
  if (mux == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for the file");
  const WebPData image = {picture->mem, picture->size};
  WebPMuxError error = webp->WebPMuxSetImage(mux, &image, 0);
  for (int i = 0; i < 3 && error == WEBP_MUX_OK; i++) {
    const WebPData block = {blocks[i].bytes, blocks[i].count};
    if (block.size > 0) error = webp->WebPMuxSetChunk(mux, names[i], &block, 0);
  }
  WebPData file = {NULL, 0};
  if (error == WEBP_MUX_OK) error = webp->WebPMuxAssemble(mux, &file);
  if (error == WEBP_MUX_OK) {
    codec_sink_write(writer->sink, file.bytes, file.size, result);
  } else {
    codec_fail(result, error == WEBP_MUX_MEMORY_ERROR ? CODEC_NO_MEMORY : CODEC_REFUSED,
               "error %d of libwebpmux", (int)error);
  }
  webp->WebPFree((void *)(uintptr_t)file.bytes);
  webp->WebPMuxDelete(mux);
  return result->code;
}

int codec_webp_writer_finish(codec_webp_writer *writer, codec_result *result) {
  const codec_webp_library *webp = writer->webp;
  WebPMemoryWriter file;
  webp->WebPMemoryWriterInit(&file);
  writer->picture.writer = webp->WebPMemoryWrite;
  writer->picture.custom_ptr = &file;
  if (!webp->WebPEncode(&writer->config, &writer->picture)) {
    fail(&writer->picture, result);
  } else if (assemble(writer, &file, result) == CODEC_OK) {
    codec_sink_flush(writer->sink, result);
  }
  webp->WebPMemoryWriterClear(&file);
  return result->code;
}

void codec_webp_writer_close(codec_webp_writer *writer) {
  if (writer == NULL) return;
  writer->webp->WebPPictureFree(&writer->picture);
  for (int i = 0; i < 3; i++) free(writer->blocks[i]);
  free(writer->rgb);
  free(writer);
}

#else

codec_webp_writer *codec_webp_writer_open(codec_sink *sink, const codec_webp_layout *layout,
                                          codec_result *result) {
  (void)sink, (void)layout;
  codec_fail(result, CODEC_NO_LIBRARY, "built without libwebp");
  return NULL;
}

int codec_webp_writer_write(codec_webp_writer *writer, const uint8_t *const *rows, size_t count,
                            codec_result *result) {
  (void)writer, (void)rows, (void)count;
  return codec_fail(result, CODEC_NO_LIBRARY, "built without libwebp");
}

int codec_webp_writer_finish(codec_webp_writer *writer, codec_result *result) {
  (void)writer;
  return codec_fail(result, CODEC_NO_LIBRARY, "built without libwebp");
}

void codec_webp_writer_close(codec_webp_writer *writer) { (void)writer; }

#endif
