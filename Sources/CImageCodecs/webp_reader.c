#include "webp_reader.h"

#include <stdlib.h>
#include <string.h>

#ifdef CONVFILTER_HAS_WEBP

#include "webp_library.h"

struct codec_webp_reader {
  const codec_webp_library *webp;
  codec_source *source;
  codec_limits limits;
  codec_webp_header header;
  codec_warnings warnings;
  WebPData file;
  WebPDemuxer *demuxer;
  WebPChunkIterator chunks[3];  // ICC, EXIF, XMP
  WebPAnimDecoder *animation;
  const uint8_t *canvas;  // of the animation, RGBA
  uint8_t *pixels;
  size_t next;  // row
  int tolerate, damaged, holds_more, started;
  int shown, time;  // frames so far, and when the last of them ends
};

int codec_has_webp(void) { return 1; }

int codec_webp_version(void) {
  codec_result result = {0};
  const codec_webp_library *webp = codec_webp_load(&result);
  return webp == NULL ? 0 : webp->WebPGetDecoderVersion();
}

static int code_of(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY: return CODEC_NO_MEMORY;
    case VP8_STATUS_UNSUPPORTED_FEATURE: return CODEC_UNSUPPORTED;
    case VP8_STATUS_SUSPENDED:
    case VP8_STATUS_NOT_ENOUGH_DATA: return CODEC_TRUNCATED;
    default: return CODEC_DAMAGED;
  }
}

static int fail(VP8StatusCode status, codec_result *result) {
  const int code = code_of(status);
  const char *what = code == CODEC_NO_MEMORY     ? "no memory for the picture"
                     : code == CODEC_UNSUPPORTED ? "a feature that libwebp does not know"
                     : code == CODEC_TRUNCATED   ? "the file ends within the picture's data"
                                                 : "libwebp cannot decode it";
  return codec_fail(result, code, "%s", what);
}

/// Reads the whole file.
static int load(codec_webp_reader *reader, codec_result *result) {
  const int code = codec_source_load(reader->source, reader->limits.decoder_bytes, result);
  if (code != CODEC_OK) return code;
  size_t count;
  const uint8_t *bytes = codec_source_bytes(reader->source, &count);
  if (count >= 12) {
    const uint64_t size = 8 + ((uint64_t)bytes[4] | (uint64_t)bytes[5] << 8 |
                               (uint64_t)bytes[6] << 16 | (uint64_t)bytes[7] << 24);
    for (uint64_t i = size; i < count && !reader->holds_more; i++) reader->holds_more = bytes[i] != 0;
    if (size < count) count = (size_t)size;
  }
  reader->file = (WebPData){bytes, count};
  return CODEC_OK;
}

/// Finds the chunks of metadata.
static int take_chunks(codec_webp_reader *reader, codec_result *result) {
  static const char names[3][5] = {"ICCP", "EXIF", "XMP "};
  codec_block *blocks[3] = {&reader->header.icc, &reader->header.exif, &reader->header.xmp};
  int64_t total = 0;
  for (int i = 0; i < 3; i++) {
    if (!reader->webp->WebPDemuxGetChunk(reader->demuxer, names[i], 1, &reader->chunks[i])) continue;
    *blocks[i] = (codec_block){reader->chunks[i].chunk.bytes, reader->chunks[i].chunk.size};
    total += (int64_t)blocks[i]->count;
  }
  WebPChunkIterator signature;
  if (reader->webp->WebPDemuxGetChunk(reader->demuxer, "C2PA", 1, &signature)) {
    codec_warn(&reader->warnings,
               "content credentials (C2PA) sign the picture as it was: they are left out");
    reader->webp->WebPDemuxReleaseChunkIterator(&signature);
  }
  if (total > reader->limits.metadata_bytes) {
    return codec_fail_limit(result, CODEC_LIMIT_METADATA, total, reader->limits.metadata_bytes);
  }
  return CODEC_OK;
}

/// Opens the container; what is said there may be cut where damage is tolerated.
static int open_container(codec_webp_reader *reader, codec_result *result) {
  WebPDemuxState state = WEBP_DEMUX_PARSE_ERROR;
  reader->demuxer =
      reader->webp->WebPDemuxInternal(&reader->file, 1, &state, WEBP_DEMUX_ABI_VERSION);
  if (reader->demuxer == NULL) {
    if (state == WEBP_DEMUX_PARSING_HEADER) return fail(VP8_STATUS_NOT_ENOUGH_DATA, result);
    return codec_fail(result, CODEC_DAMAGED, "its parts do not fit together");
  }
  if (state != WEBP_DEMUX_DONE && !reader->tolerate) {
    return fail(VP8_STATUS_NOT_ENOUGH_DATA, result);
  }
  return take_chunks(reader, result);
}

/// Checks what decoding takes, before any of it is allocated.
static int check(codec_webp_reader *reader, int64_t bytes_per_pixel, codec_result *result) {
  const int64_t width = reader->header.width, height = reader->header.height;
  const int code = codec_check_size(&reader->limits, width, height, result);
  if (code != CODEC_OK) return code;
  const int64_t bytes = width * height * bytes_per_pixel;
  if (bytes > reader->limits.decoder_bytes) {
    return codec_fail_limit(result, CODEC_LIMIT_MEMORY, bytes, reader->limits.decoder_bytes);
  }
  reader->header.memory = bytes;
  return CODEC_OK;
}

static int open_picture(codec_webp_reader *reader, codec_result *result) {
  WebPBitstreamFeatures features;
  const VP8StatusCode status = reader->webp->WebPGetFeaturesInternal(
      reader->file.bytes, reader->file.size, &features, WEBP_DECODER_ABI_VERSION);
  if (status != VP8_STATUS_OK) return fail(status, result);
  reader->header.width = (uint32_t)features.width;
  reader->header.height = (uint32_t)features.height;
  reader->header.channels = features.has_alpha ? 4 : 3;
  reader->header.lossless = features.format == 2;
  // Lossless pictures are decoded to four bytes a pixel first.
  return check(reader, reader->header.channels + (features.format == 1 ? 1 : 5), result);
}

/// Decodes a frame; damage of later ones is borne by showing the one before.
static int show_next(codec_webp_reader *reader, codec_result *result) {
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

/// Shows the frames up to `page`, or the first of all.
static int open_frame(codec_webp_reader *reader, int page, codec_result *result) {
  const codec_webp_library *webp = reader->webp;
  reader->header.width = webp->WebPDemuxGetI(reader->demuxer, WEBP_FF_CANVAS_WIDTH);
  reader->header.height = webp->WebPDemuxGetI(reader->demuxer, WEBP_FF_CANVAS_HEIGHT);
  reader->header.plays = (int)webp->WebPDemuxGetI(reader->demuxer, WEBP_FF_LOOP_COUNT);
  // Two canvases, and a frame being decoded.
  int code = check(reader, 3 * 4 + 5, result);
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
    code = show_next(reader, result);
  } while (code == CODEC_OK && reader->shown < page);
  if (code != CODEC_OK) return code;
  reader->header.channels = is_opaque(reader) && (page > 0 || stays_opaque(reader)) ? 3 : 4;
  return CODEC_OK;
}

int codec_webp_reader_next(codec_webp_reader *reader, codec_result *result) {
  if (reader->animation == NULL || reader->shown >= reader->header.frames) return 0;
  return show_next(reader, result) == CODEC_OK;
}

codec_webp_reader *codec_webp_reader_open(codec_source *source, const codec_limits *limits,
                                          int tolerate, int page, codec_result *result) {
  const codec_webp_library *webp = codec_webp_load(result);
  codec_webp_reader *reader = webp == NULL ? NULL : calloc(1, sizeof *reader);
  if (reader == NULL) {
    codec_source_close(source);
    if (webp != NULL) codec_fail(result, CODEC_NO_MEMORY, "no memory for a reader");
    return NULL;
  }
  *reader = (codec_webp_reader){
      .webp = webp, .source = source, .limits = *limits, .tolerate = tolerate};
  int code = load(reader, result);
  if (code == CODEC_OK) code = open_container(reader, result);
  if (code == CODEC_OK) {
    const int animated =
        (webp->WebPDemuxGetI(reader->demuxer, WEBP_FF_FORMAT_FLAGS) & ANIMATION_FLAG) != 0;
    const int frames = (int)webp->WebPDemuxGetI(reader->demuxer, WEBP_FF_FRAME_COUNT);
    reader->header.frames = animated && frames > 0 ? frames : 1;
    if (page > reader->header.frames) {
      code = codec_fail_limit(result, CODEC_NO_PAGE, page, reader->header.frames);
    } else {
      code = animated ? open_frame(reader, page, result) : open_picture(reader, result);
    }
  }
  if (code == CODEC_OK) return reader;
  codec_webp_reader_close(reader);
  return NULL;
}

codec_webp_header codec_webp_reader_header(const codec_webp_reader *reader) {
  return reader->header;
}

const char *codec_webp_reader_warnings(const codec_webp_reader *reader) {
  return reader->warnings.text;
}

int codec_webp_reader_is_damaged(const codec_webp_reader *reader) { return reader->damaged; }
int codec_webp_reader_holds_more(const codec_webp_reader *reader) { return reader->holds_more; }

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

/// Decodes the picture, before its first row is read.
static int decode(codec_webp_reader *reader, codec_result *result) {
  const size_t row = (size_t)reader->header.width * (size_t)reader->header.channels;
  const size_t bytes = row * reader->header.height;
  reader->pixels = malloc(bytes);
  if (reader->pixels == NULL) return fail(VP8_STATUS_OUT_OF_MEMORY, result);
  WebPDecoderConfig config;
  if (!reader->webp->WebPInitDecoderConfigInternal(&config, WEBP_DECODER_ABI_VERSION)) {
    return codec_fail(result, CODEC_NO_LIBRARY, "libwebp is of another version");
  }
  config.output.colorspace = reader->header.channels == 4 ? MODE_RGBA : MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = reader->pixels;
  config.output.u.RGBA.stride = (int)row;
  config.output.u.RGBA.size = bytes;
  const VP8StatusCode status =
      reader->webp->WebPDecode(reader->file.bytes, reader->file.size, &config);
  if (status == VP8_STATUS_OK) return CODEC_OK;
  const int code = fail(status, result);
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

int codec_webp_reader_read(codec_webp_reader *reader, uint8_t *base, size_t stride, size_t count,
                           codec_result *result) {
  const size_t width = reader->header.width, channels = (size_t)reader->header.channels;
  if (reader->canvas == NULL && !reader->started) {
    reader->started = 1;
    const int code = decode(reader, result);
    if (code != CODEC_OK) {
      free(reader->pixels);
      reader->pixels = NULL;
      return code;
    }
  }
  if (reader->canvas == NULL && reader->pixels == NULL) return fail(VP8_STATUS_BITSTREAM_ERROR, result);
  for (size_t i = 0; i < count; i++, reader->next++) {
    uint8_t *row = base + i * stride;
    if (reader->canvas == NULL) {
      memcpy(row, reader->pixels + reader->next * width * channels, width * channels);
      continue;
    }
    const uint8_t *from = reader->canvas + reader->next * width * 4;
    for (size_t x = 0; x < width; x++) memcpy(row + x * channels, from + x * 4, channels);
  }
  return CODEC_OK;
}

void codec_webp_reader_close(codec_webp_reader *reader) {
  if (reader == NULL) return;
  for (int i = 0; i < 3; i++) {
    if (reader->chunks[i].private_ != NULL) {
      reader->webp->WebPDemuxReleaseChunkIterator(&reader->chunks[i]);
    }
  }
  if (reader->animation != NULL) reader->webp->WebPAnimDecoderDelete(reader->animation);
  if (reader->demuxer != NULL) reader->webp->WebPDemuxDelete(reader->demuxer);
  free(reader->pixels);
  codec_source_close(reader->source);
  free(reader);
}

#else

int codec_webp_reader_next(codec_webp_reader *reader, codec_result *result) {
  (void)reader, (void)result;
  return 0;
}

int codec_has_webp(void) { return 0; }
int codec_webp_version(void) { return 0; }

codec_webp_reader *codec_webp_reader_open(codec_source *source, const codec_limits *limits,
                                          int tolerate, int page, codec_result *result) {
  (void)limits, (void)tolerate, (void)page;
  codec_source_close(source);
  codec_fail(result, CODEC_NO_LIBRARY, "built without libwebp");
  return NULL;
}

codec_webp_header codec_webp_reader_header(const codec_webp_reader *reader) {
  (void)reader;
  return (codec_webp_header){0};
}

const char *codec_webp_reader_warnings(const codec_webp_reader *reader) {
  (void)reader;
  return "";
}

int codec_webp_reader_is_damaged(const codec_webp_reader *reader) {
  (void)reader;
  return 0;
}

int codec_webp_reader_holds_more(const codec_webp_reader *reader) {
  (void)reader;
  return 0;
}

int codec_webp_reader_read(codec_webp_reader *reader, uint8_t *base, size_t stride, size_t count,
                           codec_result *result) {
  (void)reader, (void)base, (void)stride, (void)count;
  return codec_fail(result, CODEC_NO_LIBRARY, "built without libwebp");
}

void codec_webp_reader_close(codec_webp_reader *reader) { (void)reader; }

#endif
