#ifdef CONVFILTER_HAS_WEBP

#include "webp_reader_parts.h"

int codec_webp_show_next(codec_webp_reader *reader, codec_result *result) {
  uint8_t *canvas;
  int time;
  if (!reader->webp->WebPAnimDecoderGetNext(reader->animation, &canvas, &time)) {
    if (!reader->tolerate || reader->canvas == NULL) {
      return codec_fail(result, CODEC_DAMAGED, "libwebp cannot decode frame %d", reader->shown + 1);
    }
    codec_warn(&reader->warnings, "a frame that cannot be decoded shows the one before");
    reader->damaged = 1;
    time = reader->time;
  } else {
    reader->canvas = canvas;
  }
  reader->header.duration = time > reader->time ? time - reader->time : 0;
  reader->time = time;
  reader->next = 0;
  reader->shown++;
  return CODEC_OK;
}

static int is_opaque(const codec_webp_reader *reader) {
  const size_t pixels = (size_t)reader->header.width * reader->header.height;
  for (size_t i = 0; i < pixels; i++) {
    if (reader->canvas[4 * i + 3] != 255) return 0;
  }
  return 1;
}

/// Whether no frame leaves a pixel transparent, where the first leaves none.
static int stays_opaque(codec_webp_reader *reader) {
  WebPIterator frame;
  int opaque = 1, cleared = 0;
  if (!reader->webp->WebPDemuxGetFrame(reader->demuxer, 1, &frame)) return 0;
  do {
    // The place of a frame is empty only while another one is seen.
    if (cleared || (frame.frame_num > 1 && frame.has_alpha && frame.blend_method == WEBP_MUX_NO_BLEND)) {
      opaque = 0;
    }
    cleared = frame.dispose_method == WEBP_MUX_DISPOSE_BACKGROUND;
  } while (opaque && reader->webp->WebPDemuxNextFrame(&frame));
  reader->webp->WebPDemuxReleaseIterator(&frame);
  return opaque;
}

int codec_webp_open_frame(codec_webp_reader *reader, int page, codec_result *result) {
  const codec_webp_library *webp = reader->webp;
  reader->header.width = webp->WebPDemuxGetI(reader->demuxer, WEBP_FF_CANVAS_WIDTH);
  reader->header.height = webp->WebPDemuxGetI(reader->demuxer, WEBP_FF_CANVAS_HEIGHT);
  reader->header.plays = (int)webp->WebPDemuxGetI(reader->demuxer, WEBP_FF_LOOP_COUNT);
  // Two canvases, and a frame being decoded.
  int code = codec_webp_check(reader, 3 * 4 + 5, result);
  if (code != CODEC_OK) return code;
  WebPIterator frame;
  if (webp->WebPDemuxGetFrame(reader->demuxer, 1, &frame)) {
    WebPBitstreamFeatures features;
    reader->header.lossless =
        webp->WebPGetFeaturesInternal(frame.fragment.bytes, frame.fragment.size, &features,
                                      WEBP_DECODER_ABI_VERSION) == VP8_STATUS_OK &&
        features.format == 2;
    webp->WebPDemuxReleaseIterator(&frame);
  }
  WebPAnimDecoderOptions options;
  webp->WebPAnimDecoderOptionsInitInternal(&options, WEBP_DEMUX_ABI_VERSION);
  options.color_mode = MODE_RGBA;
  reader->animation =
      webp->WebPAnimDecoderNewInternal(&reader->file, &options, WEBP_DEMUX_ABI_VERSION);
  if (reader->animation == NULL) {
    return codec_fail(result, CODEC_DAMAGED, "libwebp cannot decode the animation");
  }
  do {
    code = codec_webp_show_next(reader, result);
  } while (code == CODEC_OK && reader->shown < page);
  if (code != CODEC_OK) return code;
  reader->header.channels = is_opaque(reader) && (page > 0 || stays_opaque(reader)) ? 3 : 4;
  return CODEC_OK;
}

#endif
