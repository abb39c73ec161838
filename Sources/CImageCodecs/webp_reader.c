#include "webp_reader.h"

#include <stdlib.h>
#include <string.h>

#ifdef CONVFILTER_HAS_WEBP

#include "webp_reader_parts.h"

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

int codec_webp_fail(VP8StatusCode status, codec_result *result) {
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

/// Names chunks that are left out.
///
/// - has_frames: whether those within frames are looked at; frames within frames are none.
static void note_chunks(codec_webp_reader *reader, size_t from, size_t to, int has_frames) {
  static const char known[][5] = {"VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ICCP", "EXIF", "XMP "};
  const uint8_t *bytes = reader->file.bytes;
  for (size_t at = from; at < to && to - at >= 8;) {
    const uint8_t *kind = bytes + at;
    const size_t size = (size_t)kind[4] | (size_t)kind[5] << 8 | (size_t)kind[6] << 16 |
                        (size_t)kind[7] << 24;
    // What is cut off is another fault.
    if (size > to - at - 8) return;
    if (has_frames && memcmp(kind, "ANMF", 4) == 0) {
      if (size >= 16) note_chunks(reader, at + 8 + 16, at + 8 + size, 0);
    } else if (memcmp(kind, "C2PA", 4) == 0) {
      codec_warn_signature(&reader->warnings);
    } else if (!codec_kind_is_among(kind, known, sizeof known / sizeof known[0])) {
      codec_warn_unknown(&reader->warnings, "chunk", kind);
    }
    at += 8 + size + size % 2;
  }
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
  note_chunks(reader, 12, reader->file.size, 1);
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
    if (state == WEBP_DEMUX_PARSING_HEADER) return codec_webp_fail(VP8_STATUS_NOT_ENOUGH_DATA, result);
    return codec_fail(result, CODEC_DAMAGED, "its parts do not fit together");
  }
  if (state != WEBP_DEMUX_DONE && !reader->tolerate) {
    return codec_webp_fail(VP8_STATUS_NOT_ENOUGH_DATA, result);
  }
  return take_chunks(reader, result);
}

int codec_webp_check(codec_webp_reader *reader, int64_t bytes_per_pixel, codec_result *result) {
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

int codec_webp_reader_next(codec_webp_reader *reader, codec_result *result) {
  if (reader->animation == NULL || reader->shown >= reader->header.frames) return 0;
  return codec_webp_show_next(reader, result) == CODEC_OK;
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
      code = animated ? codec_webp_open_frame(reader, page, result) : codec_webp_open_picture(reader, result);
    }
  }
  if (code == CODEC_OK) return reader;
  codec_webp_reader_close(reader);
  return NULL;
}

void codec_webp_reader_use_threads(codec_webp_reader *reader, int threaded) {
  reader->threaded = threaded;
}

codec_webp_header codec_webp_reader_header(const codec_webp_reader *reader) {
  return reader->header;
}

const char *codec_webp_reader_warnings(const codec_webp_reader *reader) {
  return reader->warnings.text;
}

int codec_webp_reader_is_damaged(const codec_webp_reader *reader) { return reader->damaged; }
int codec_webp_reader_holds_more(const codec_webp_reader *reader) { return reader->holds_more; }

int codec_webp_reader_read(codec_webp_reader *reader, uint8_t *base, size_t pitch, size_t count,
                           codec_result *result) {
  const size_t width = reader->header.width, channels = (size_t)reader->header.channels;
  if (reader->canvas == NULL && !reader->started) {
    reader->started = 1;
    const int code = codec_webp_decode(reader, result);
    if (code != CODEC_OK) {
      free(reader->pixels);
      reader->pixels = NULL;
      return code;
    }
  }
  if (reader->canvas == NULL && reader->pixels == NULL) return codec_webp_fail(VP8_STATUS_BITSTREAM_ERROR, result);
  for (size_t i = 0; i < count; i++, reader->next++) {
    uint8_t *row = base + i * pitch;
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

void codec_webp_reader_use_threads(codec_webp_reader *reader, int threaded) {
  (void)reader, (void)threaded;
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

int codec_webp_reader_read(codec_webp_reader *reader, uint8_t *base, size_t pitch, size_t count,
                           codec_result *result) {
  (void)reader, (void)base, (void)pitch, (void)count;
  return codec_fail(result, CODEC_NO_LIBRARY, "built without libwebp");
}

void codec_webp_reader_close(codec_webp_reader *reader) { (void)reader; }

#endif
