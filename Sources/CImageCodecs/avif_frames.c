#include <stdlib.h>
#include <string.h>

#include "boxes.h"
#include "whole_parts.h"

// Frames of AVIF, which libheif passes over.

#ifdef CONVFILTER_HAS_AVIF

#include "avif_library.h"

static int fail(avifResult code, codec_result *result) {
  const int kind = code == AVIF_RESULT_TRUNCATED_DATA || code == AVIF_RESULT_IO_ERROR
                       ? CODEC_TRUNCATED
                   : code == AVIF_RESULT_OUT_OF_MEMORY ? CODEC_NO_MEMORY
                   : code == AVIF_RESULT_NO_CODEC_AVAILABLE ||
                           code == AVIF_RESULT_NOT_IMPLEMENTED ||
                           code == AVIF_RESULT_UNSUPPORTED_DEPTH ||
                           // Frames of another codec.
                           code == AVIF_RESULT_INVALID_FTYP || code == AVIF_RESULT_NO_CONTENT ||
                           code == AVIF_RESULT_NO_AV1_ITEMS_FOUND
                       ? CODEC_UNSUPPORTED
                       : CODEC_DAMAGED;
  return codec_fail(result, kind, "%.150s", codec_avif.avifResultToString(code));
}

/// How often the frames are shown, 0 for ever: where nothing is said, too, as browsers take it.
///
/// - SeeAlso: ISO/IEC 23008-12, 9.6.1: a list of edits that is repeated fills the track.
static int plays(const uint8_t *file, size_t count) {
  codec_box box, edits, head;
  if (!codec_box_find(file, count, "moov", &box) ||
      !codec_box_find(box.content, box.count, "trak", &box) ||
      !codec_box_find(box.content, box.count, "tkhd", &head) ||
      !codec_box_find(box.content, box.count, "edts", &edits) ||
      !codec_box_find(edits.content, edits.count, "elst", &edits) || edits.count < 8) {
    return 0;
  }
  if ((edits.content[3] & 1) == 0) return 1;
  const int is_long = head.count > 0 && head.content[0] == 1;
  const int edit_is_long = edits.content[0] == 1;
  if (head.count < (is_long ? 36 : 24) || edits.count < (edit_is_long ? 16 : 12)) return 0;
  const uint64_t all = codec_box_number(head.content + (is_long ? 28 : 20), is_long ? 8 : 4);
  const uint64_t once = codec_box_number(edits.content + 8, edit_is_long ? 8 : 4);
  if (all == (is_long ? UINT64_MAX : UINT32_MAX) || once == 0) return 0;
  const uint64_t times = all / once + (all % once != 0);
  return times > INT32_MAX ? 0 : times < 1 ? 1 : (int)times;
}

static int take_block(codec_whole_reader *reader, int index, const avifRWData *data,
                      codec_result *result) {
  if (data->size == 0) return CODEC_OK;
  uint8_t *bytes = codec_whole_block(reader, index, data->size, result);
  if (bytes != NULL) memcpy(bytes, data->data, data->size);
  return result->code;
}

/// How long the page is shown.
static int take_time(codec_whole_reader *reader, codec_result *result) {
  avifImageTiming timing;
  const avifResult code = codec_avif.avifDecoderNthImageTiming(
      reader->state, (uint32_t)reader->page - 1, &timing);
  if (code != AVIF_RESULT_OK) return fail(code, result);
  const int is_known = timing.timescale > 0 && timing.timescale <= INT32_MAX &&
                       timing.durationInTimescales <= INT32_MAX;
  reader->header.times_a_second = is_known ? (int64_t)timing.timescale : 1;
  reader->header.time = is_known ? (int64_t)timing.durationInTimescales : 0;
  return CODEC_OK;
}

int codec_avif_inspect(codec_whole_reader *reader, codec_result *result) {
  if (!codec_avif_load(result)) return result->code;
  avifDecoder *decoder = codec_avif.avifDecoderCreate();
  reader->state = decoder;
  if (decoder == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for a reader");
  decoder->strictFlags = AVIF_STRICT_DISABLED;
  avifResult code = codec_avif.avifDecoderSetSource(decoder, AVIF_DECODER_SOURCE_TRACKS);
  if (code == AVIF_RESULT_OK) {
    code = codec_avif.avifDecoderSetIOMemory(decoder, reader->file, reader->file_count);
  }
  if (code == AVIF_RESULT_OK) code = codec_avif.avifDecoderParse(decoder);
  if (code != AVIF_RESULT_OK) return fail(code, result);
  const avifImage *image = decoder->image;
  codec_whole_header *header = &reader->header;
  header->width = image->width;
  header->height = image->height;
  const int colors = image->yuvFormat == AVIF_PIXEL_FORMAT_YUV400 ? 1 : 3;
  header->channels = colors + (decoder->alphaPresent != 0);
  header->sample_bytes = image->depth > 8 ? 2 : 1;
  header->pages = decoder->imageCount;
  header->animated = 1;
  header->plays = plays(reader->file, reader->file_count);
  if (reader->page > header->pages) {
    return codec_fail_limit(result, CODEC_NO_PAGE, reader->page, header->pages);
  }
  // Up to eight frames that others refer to, and the one that is being made, of gray as RGB, too.
  if (codec_whole_check(reader, (int64_t)header->sample_bytes * 32, result) != CODEC_OK) {
    return result->code;
  }
  if (image->transformFlags != AVIF_TRANSFORM_NONE &&
      image->transformFlags != AVIF_TRANSFORM_PASP) {
    codec_warn(&reader->warnings, "how its frames are to be turned or cut is left out");
  }
  if (take_block(reader, 0, &image->icc, result) != CODEC_OK ||
      take_block(reader, 1, &image->exif, result) != CODEC_OK ||
      take_block(reader, 2, &image->xmp, result) != CODEC_OK) {
    return result->code;
  }
  if (image->icc.size == 0) {
    codec_whole_note_colors(reader, image->colorPrimaries, image->transferCharacteristics);
  }
  return take_time(reader, result);
}

int codec_avif_decode(codec_whole_reader *reader, codec_result *result) {
  avifDecoder *decoder = reader->state;
  const codec_whole_header *header = &reader->header;
  decoder->maxThreads = reader->threads;
  avifResult code = codec_avif.avifDecoderNthImage(decoder, (uint32_t)reader->page - 1);
  if (code != AVIF_RESULT_OK) return fail(code, result);
  const avifImage *image = decoder->image;
  if (image->width != header->width || image->height != header->height) {
    return codec_fail(result, CODEC_UNSUPPORTED, "frames of several sizes");
  }
  avifRGBImage pixels;
  codec_avif.avifRGBImageSetDefaults(&pixels, image);
  pixels.depth = header->sample_bytes == 2 ? 16 : 8;
  pixels.format = header->channels % 2 == 0 ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
  if (header->channels > 2) {
    pixels.pixels = reader->pixels;
    pixels.rowBytes = (uint32_t)codec_whole_row_bytes(reader);
    code = codec_avif.avifImageYUVToRGB(image, &pixels);
    return code == AVIF_RESULT_OK ? CODEC_OK : fail(code, result);
  }
  pixels.rowBytes = (uint32_t)(header->width * (size_t)(header->channels + 2) *
                               (size_t)header->sample_bytes);
  pixels.pixels = malloc(header->height * (size_t)pixels.rowBytes);
  if (pixels.pixels == NULL) {
    return codec_fail(result, CODEC_NO_MEMORY, "no memory for a picture of gray");
  }
  code = codec_avif.avifImageYUVToRGB(image, &pixels);
  for (size_t y = 0; code == AVIF_RESULT_OK && y < header->height; y++) {
    codec_whole_copy_row(reader, pixels.pixels + y * pixels.rowBytes,
                         reader->pixels + y * codec_whole_row_bytes(reader));
  }
  free(pixels.pixels);
  return code == AVIF_RESULT_OK ? CODEC_OK : fail(code, result);
}

int codec_avif_next(codec_whole_reader *reader, codec_result *result) {
  return take_time(reader, result);
}

void codec_avif_forget(codec_whole_reader *reader) {
  if (reader->state != NULL) codec_avif.avifDecoderDestroy(reader->state);
  reader->state = NULL;
}

#else

int codec_avif_inspect(codec_whole_reader *reader, codec_result *result) {
  (void)reader;
  return codec_fail(result, CODEC_NO_LIBRARY, "built without libavif");
}

int codec_avif_decode(codec_whole_reader *reader, codec_result *result) {
  return codec_avif_inspect(reader, result);
}

int codec_avif_next(codec_whole_reader *reader, codec_result *result) {
  return codec_avif_inspect(reader, result);
}

void codec_avif_forget(codec_whole_reader *reader) { (void)reader; }

#endif
