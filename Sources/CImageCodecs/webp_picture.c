#ifdef CONVFILTER_HAS_WEBP

#include <stdlib.h>
#include <string.h>

#include "webp_reader_parts.h"

int codec_webp_open_picture(codec_webp_reader *reader, codec_result *result) {
  WebPBitstreamFeatures features;
  const VP8StatusCode status = reader->webp->WebPGetFeaturesInternal(
      reader->file.bytes, reader->file.size, &features, WEBP_DECODER_ABI_VERSION);
  if (status != VP8_STATUS_OK) return codec_webp_fail(status, result);
  reader->header.width = (uint32_t)features.width;
  reader->header.height = (uint32_t)features.height;
  reader->header.channels = features.has_alpha ? 4 : 3;
  reader->header.lossless = features.format == 2;
  // Lossless pictures are decoded to four bytes a pixel first.
  return codec_webp_check(reader, reader->header.channels + (features.format == 1 ? 1 : 5), result);
}

/// Decodes as many rows as there are data for; the others stay as they are.
static int decode_part(codec_webp_reader *reader, WebPDecoderConfig *config) {
  WebPIDecoder *decoder = reader->webp->WebPIDecode(NULL, 0, config);
  int rows = 0;
  if (decoder != NULL) {
    reader->webp->WebPIUpdate(decoder, reader->file.bytes, reader->file.size);
    reader->webp->WebPIDecGetRGB(decoder, &rows, NULL, NULL, NULL);
    reader->webp->WebPIDelete(decoder);
  }
  return rows;
}

int codec_webp_decode(codec_webp_reader *reader, codec_result *result) {
  const size_t row = (size_t)reader->header.width * (size_t)reader->header.channels;
  const size_t bytes = row * reader->header.height;
  reader->pixels = malloc(bytes);
  if (reader->pixels == NULL) return codec_webp_fail(VP8_STATUS_OUT_OF_MEMORY, result);
  WebPDecoderConfig config;
  if (!reader->webp->WebPInitDecoderConfigInternal(&config, WEBP_DECODER_ABI_VERSION)) {
    return codec_fail(result, CODEC_NO_LIBRARY, "libwebp is of another version");
  }
  config.output.colorspace = reader->header.channels == 4 ? MODE_RGBA : MODE_RGB;
  config.options.use_threads = reader->threaded;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = reader->pixels;
  config.output.u.RGBA.stride = (int)row;
  config.output.u.RGBA.size = bytes;
  const VP8StatusCode status =
      reader->webp->WebPDecode(reader->file.bytes, reader->file.size, &config);
  if (status == VP8_STATUS_OK) return CODEC_OK;
  const int code = codec_webp_fail(status, result);
  if (!reader->tolerate || (code != CODEC_TRUNCATED && code != CODEC_DAMAGED)) return code;
  codec_warn(&reader->warnings, result->message);
  memset(result, 0, sizeof *result);
  reader->damaged = 1;
  memset(reader->pixels, 128, bytes);
  int rows = decode_part(reader, &config);
  if (rows < 0 || (uint32_t)rows > reader->header.height) rows = 0;
  // What the decoder may have begun is not shown.
  memset(reader->pixels + (size_t)rows * row, 128, bytes - (size_t)rows * row);
  if (reader->header.channels == 4) {
    for (size_t i = (size_t)rows * row + 3; i < bytes; i += 4) reader->pixels[i] = 255;
  }
  return CODEC_OK;
}

#endif
