#include "whole_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "whole_parts.h"

int codec_has_whole(codec_whole_kind kind) {
  return kind == CODEC_JXL    ? codec_jxl_is_there()
         : kind == CODEC_HEIF ? codec_heif_is_there()
                              : codec_avif_is_there();
}

int codec_whole_version(codec_whole_kind kind) {
  return kind == CODEC_JXL    ? codec_jxl_version()
         : kind == CODEC_HEIF ? codec_heif_version()
                              : codec_avif_version();
}

size_t codec_whole_row_bytes(const codec_whole_reader *reader) {
  const codec_whole_header *header = &reader->header;
  return (size_t)header->width * (size_t)header->channels * (size_t)header->sample_bytes;
}

void codec_whole_copy_row(const codec_whole_reader *reader, const uint8_t *from, uint8_t *out) {
  const codec_whole_header *header = &reader->header;
  const size_t size = (size_t)header->sample_bytes, channels = (size_t)header->channels;
  if (channels > 2) {
    memcpy(out, from, codec_whole_row_bytes(reader));
    return;
  }
  const size_t pixel = (channels + 2) * size;
  for (size_t x = 0; x < header->width; x++) {
    memcpy(out + x * channels * size, from + x * pixel, size);
    if (channels == 2) memcpy(out + (2 * x + 1) * size, from + x * pixel + 3 * size, size);
  }
}

int codec_whole_check(codec_whole_reader *reader, int64_t work, codec_result *result) {
  const int64_t width = reader->header.width, height = reader->header.height;
  if (width == 0 || height == 0 || width > INT32_MAX || height > INT32_MAX) {
    return codec_fail(result, CODEC_DAMAGED, "a side of no pixels, or of too many");
  }
  if (codec_check_size(&reader->limits, width, height, result) != CODEC_OK) return result->code;
  const int64_t a_pixel = work + reader->header.channels * reader->header.sample_bytes;
  int64_t bytes;
  if (__builtin_mul_overflow(width * height, a_pixel, &bytes)) bytes = INT64_MAX;
  if (bytes > reader->limits.decoder_bytes) {
    return codec_fail_limit(result, CODEC_LIMIT_MEMORY, bytes, reader->limits.decoder_bytes);
  }
  reader->header.memory = bytes;
  return CODEC_OK;
}

uint8_t *codec_whole_block(codec_whole_reader *reader, int index, size_t count,
                           codec_result *result) {
  codec_block *blocks[3] = {&reader->header.icc, &reader->header.exif, &reader->header.xmp};
  int64_t total = (int64_t)count;
  for (int i = 0; i < 3; i++) total += i == index ? 0 : (int64_t)blocks[i]->count;
  if (count > INT32_MAX || total > reader->limits.metadata_bytes) {
    codec_fail_limit(result, CODEC_LIMIT_METADATA, total, reader->limits.metadata_bytes);
    return NULL;
  }
  uint8_t *bytes = realloc(reader->blocks[index], count > 0 ? count : 1);
  if (bytes == NULL) {
    codec_fail(result, CODEC_NO_MEMORY, "no memory for metadata");
    return NULL;
  }
  reader->blocks[index] = bytes;
  *blocks[index] = (codec_block){bytes, count};
  return bytes;
}

void codec_whole_trim_exif(codec_whole_reader *reader) {
  codec_block *exif = &reader->header.exif;
  if (exif->count < 4) {
    *exif = (codec_block){NULL, 0};
    return;
  }
  const uint8_t *b = exif->bytes;
  const uint64_t skipped =
      4 + ((uint64_t)b[0] << 24 | (uint64_t)b[1] << 16 | (uint64_t)b[2] << 8 | b[3]);
  if (skipped >= exif->count) {
    *exif = (codec_block){NULL, 0};
    return;
  }
  *exif = (codec_block){b + skipped, exif->count - (size_t)skipped};
}

void codec_whole_note_colors(codec_whole_reader *reader, int primaries, int transfer) {
  // 2: not said. The curves of video (1, 6, 14, 15) are shown like that of sRGB (13).
  if ((primaries == 1 || primaries == 2) &&
      (transfer == 13 || transfer == 2 || transfer == 1 || transfer == 6 || transfer == 14 ||
       transfer == 15)) {
    return;
  }
  reader->header.primaries = primaries;
  reader->header.transfer = transfer;
}

/// Reads frames of AVIF; 0 where there are none, or where libavif does not read them.
static int inspect_frames(codec_whole_reader *reader, codec_result *result) {
  if (!codec_avif_is_there() || codec_heif_frames(reader->file, reader->file_count) < 2) return 0;
  reader->kind = CODEC_AVIF;
  const int code = codec_avif_inspect(reader, result);
  if (code != CODEC_NO_LIBRARY && code != CODEC_UNSUPPORTED) return 1;
  // The still picture may be read all the same.
  codec_avif_forget(reader);
  for (int i = 0; i < 3; i++) {
    free(reader->blocks[i]);
    reader->blocks[i] = NULL;
  }
  reader->header = (codec_whole_header){0};
  reader->warnings = (codec_warnings){0};
  *result = (codec_result){0};
  reader->kind = CODEC_HEIF;
  return 0;
}

static int inspect(codec_whole_reader *reader, codec_result *result) {
  const int code = codec_source_load(reader->source, reader->limits.decoder_bytes, result);
  if (code != CODEC_OK) return code;
  reader->file = codec_source_bytes(reader->source, &reader->file_count);
  if (reader->kind == CODEC_JXL) return codec_jxl_inspect(reader, result);
  if (!inspect_frames(reader, result)) codec_heif_inspect(reader, result);
  if (result->code == CODEC_OK) codec_heif_note_boxes(reader);
  return result->code;
}

codec_whole_reader *codec_whole_reader_open(codec_whole_kind kind, codec_source *source,
                                            const codec_limits *limits, int tolerate, int page,
                                            codec_result *result) {
  codec_whole_reader *reader = calloc(1, sizeof *reader);
  if (reader == NULL) {
    codec_source_close(source);
    codec_fail(result, CODEC_NO_MEMORY, "no memory for a reader");
    return NULL;
  }
  reader->kind = kind;
  reader->source = source;
  reader->limits = *limits;
  reader->tolerate = tolerate;
  reader->page = page;
  reader->threads = 1;
  if (inspect(reader, result) == CODEC_OK) return reader;
  codec_whole_reader_close(reader);
  return NULL;
}

void codec_whole_reader_use_threads(codec_whole_reader *reader, int threads) {
  reader->threads = threads;
}

codec_whole_header codec_whole_reader_header(const codec_whole_reader *reader) {
  return reader->header;
}

const char *codec_whole_reader_warnings(const codec_whole_reader *reader) {
  return reader->warnings.text;
}

const char *codec_whole_reader_others(const codec_whole_reader *reader) {
  return reader->others.text;
}

int codec_whole_reader_is_damaged(const codec_whole_reader *reader) { return reader->damaged; }

/// Decodes the picture, before its first row is read.
static int decode(codec_whole_reader *reader, codec_result *result) {
  reader->decoded = 1;
  const size_t bytes = codec_whole_row_bytes(reader) * reader->header.height;
  reader->pixels = malloc(bytes);
  if (reader->pixels == NULL) {
    return codec_fail(result, CODEC_NO_MEMORY, "no memory for the picture");
  }
  // What damage leaves out is gray.
  memset(reader->pixels, 128, bytes);
  switch (reader->kind) {
    case CODEC_JXL: codec_jxl_decode(reader, result); break;
    case CODEC_HEIF: codec_heif_decode(reader, result); break;
    case CODEC_AVIF: codec_avif_decode(reader, result); break;
  }
  const int bearable = result->code == CODEC_DAMAGED || result->code == CODEC_TRUNCATED;
  if (reader->tolerate && bearable) {
    codec_warn(&reader->warnings, result->message);
    memset(result, 0, sizeof *result);
    reader->damaged = 1;
  }
  if (result->code != CODEC_OK) {
    free(reader->pixels);
    reader->pixels = NULL;
  }
  return result->code;
}

int codec_whole_reader_read(codec_whole_reader *reader, uint8_t *base, size_t pitch, size_t count,
                            codec_result *result) {
  if (!reader->decoded && decode(reader, result) != CODEC_OK) return result->code;
  if (reader->pixels == NULL) return codec_fail(result, CODEC_DAMAGED, "it could not be decoded");
  const size_t bytes = codec_whole_row_bytes(reader);
  for (size_t i = 0; i < count; i++, reader->next++) {
    memcpy(base + i * pitch, reader->pixels + reader->next * bytes, bytes);
  }
  return CODEC_OK;
}

int codec_whole_reader_next(codec_whole_reader *reader, codec_result *result) {
  if (reader->page >= reader->header.pages) return 0;
  reader->page++;
  free(reader->pixels);
  reader->pixels = NULL;
  reader->decoded = 0;
  reader->next = 0;
  if (reader->kind == CODEC_HEIF) return codec_heif_next(reader, result) == CODEC_OK;
  if (reader->kind == CODEC_AVIF) return codec_avif_next(reader, result) == CODEC_OK;
  // Frames have the size and the channels of the whole.
  if (reader->times != NULL) reader->header.time = reader->times[reader->page - 1];
  return 1;
}

void codec_whole_reader_close(codec_whole_reader *reader) {
  if (reader == NULL) return;
  switch (reader->kind) {
    case CODEC_JXL: codec_jxl_forget(reader); break;
    case CODEC_HEIF: codec_heif_forget(reader); break;
    case CODEC_AVIF: codec_avif_forget(reader); break;
  }
  free(reader->times);
  for (int i = 0; i < 3; i++) free(reader->blocks[i]);
  free(reader->pixels);
  codec_source_close(reader->source);
  free(reader);
}
