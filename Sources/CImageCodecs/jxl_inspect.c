#include <stdlib.h>
#include <string.h>

#include "boxes.h"
#include "jxl_reader_parts.h"

#ifdef CONVFILTER_HAS_JXL

/// What the picture looks like.
static int take_info(codec_whole_reader *reader, JxlDecoder *decoder, codec_result *result) {
  JxlBasicInfo info;
  if (codec_jxl.JxlDecoderGetBasicInfo(decoder, &info) != JXL_DEC_SUCCESS) {
    return codec_jxl_fail(JXL_DEC_ERROR, result);
  }
  codec_whole_header *header = &reader->header;
  header->width = info.xsize;
  header->height = info.ysize;
  header->channels = (int)info.num_color_channels + (info.alpha_bits > 0);
  header->sample_bytes = info.bits_per_sample > 8 ? 2 : 1;
  header->lossless = info.uses_original_profile != 0;
  header->animated = info.have_animation != 0;
  if (header->animated && info.animation.tps_numerator > 0 && info.animation.tps_denominator > 0) {
    header->plays = info.animation.num_loops > INT32_MAX ? 0 : (int)info.animation.num_loops;
    header->times_a_second = info.animation.tps_numerator;
    reader->tick = info.animation.tps_denominator;
  }
  if (info.num_color_channels != 1 && info.num_color_channels != 3) {
    return codec_fail(result, CODEC_UNSUPPORTED, "%u colours", info.num_color_channels);
  }
  if (info.exponent_bits_per_sample > 0) {
    codec_warn(&reader->warnings, "holds floats: they are brought to 16 bits");
  }
  int alphas = 0;
  for (uint32_t i = 0; i < info.num_extra_channels; i++) {
    JxlExtraChannelInfo extra;
    if (codec_jxl.JxlDecoderGetExtraChannelInfo(decoder, i, &extra) != JXL_DEC_SUCCESS) break;
    if (extra.type == JXL_CHANNEL_BLACK) {
      return codec_fail(result, CODEC_UNSUPPORTED, "CMYK");
    }
    if (extra.type != JXL_CHANNEL_ALPHA || alphas++ > 0) {
      codec_warn(&reader->others, extra.type == JXL_CHANNEL_DEPTH ? "a depth map"
                                                                   : "a channel besides colours");
    }
  }
  // The library works with floats, and keeps a few of each pixel: measured with 0.7, 18 bytes.
  return codec_whole_check(reader, 20, result);
}

/// The profile of what comes out, unless it is sRGB.
static int take_profile(codec_whole_reader *reader, JxlDecoder *decoder, codec_result *result) {
  JxlColorEncoding encoding;
#if JPEGXL_MAJOR_VERSION > 0 || JPEGXL_MINOR_VERSION >= 9
#define PROFILE_OF(decoder) decoder
#else
#define PROFILE_OF(decoder) decoder, NULL
#endif
  if (codec_jxl.JxlDecoderGetColorAsEncodedProfile(
          PROFILE_OF(decoder), JXL_COLOR_PROFILE_TARGET_DATA, &encoding) == JXL_DEC_SUCCESS &&
      encoding.transfer_function == JXL_TRANSFER_FUNCTION_SRGB &&
      encoding.white_point == JXL_WHITE_POINT_D65 &&
      (encoding.color_space == JXL_COLOR_SPACE_GRAY ||
       encoding.primaries == JXL_PRIMARIES_SRGB)) {
    return CODEC_OK;
  }
  size_t count = 0;
  if (codec_jxl.JxlDecoderGetICCProfileSize(PROFILE_OF(decoder), JXL_COLOR_PROFILE_TARGET_DATA,
                                            &count) != JXL_DEC_SUCCESS ||
      count == 0) {
    codec_warn(&reader->warnings, "its colours have no profile");
    return CODEC_OK;
  }
  uint8_t *bytes = codec_whole_block(reader, 0, count, result);
  if (bytes == NULL) return result->code;
  if (codec_jxl.JxlDecoderGetColorAsICCProfile(PROFILE_OF(decoder), JXL_COLOR_PROFILE_TARGET_DATA,
                                               bytes, count) != JXL_DEC_SUCCESS) {
    reader->header.icc = (codec_block){NULL, 0};
  }
  return CODEC_OK;
}

enum { BOX_STEP = 16 * 1024 };

/// A box that is being read: which block, and how much of it there is.
typedef struct {
  int index;
  size_t count;
} box;

/// Ends a box that is being read.
static void end_box(codec_whole_reader *reader, JxlDecoder *decoder, box *open) {
  if (open->index < 0) return;
  const size_t left = codec_jxl.JxlDecoderReleaseBoxBuffer(decoder);
  codec_block *block = open->index == 1 ? &reader->header.exif : &reader->header.xmp;
  block->count = block->count > left ? block->count - left : 0;
  open->index = -1;
}

/// Makes room for more of a box.
static int grow_box(codec_whole_reader *reader, JxlDecoder *decoder, box *open,
                    codec_result *result) {
  const size_t left = open->count == 0 ? 0 : codec_jxl.JxlDecoderReleaseBoxBuffer(decoder);
  const size_t done = open->count - left;
  uint8_t *bytes = codec_whole_block(reader, open->index, done + BOX_STEP, result);
  if (bytes == NULL) return result->code;
  open->count = done + BOX_STEP;
  codec_jxl.JxlDecoderSetBoxBuffer(decoder, bytes + done, BOX_STEP);
  return CODEC_OK;
}

/// Whether the format has such boxes (ISO/IEC 18181-2), or they only fill a place.
static int is_known(const uint8_t *kind) {
  static const char known[][5] = {"JXL ", "ftyp", "jxll", "jxlc", "jxlp", "jxli", "jbrd",
                                  "Exif", "xml ", "jumb", "brob", "jhgm", "free", "skip"};
  return codec_kind_is_among(kind, known, sizeof known / sizeof known[0]);
}

static int begin_box(codec_whole_reader *reader, JxlDecoder *decoder, box *open,
                     codec_result *result) {
  end_box(reader, decoder, open);
  JxlBoxType type;
  if (codec_jxl.JxlDecoderGetBoxType(decoder, type, JXL_TRUE) != JXL_DEC_SUCCESS) {
    return codec_jxl_fail(JXL_DEC_ERROR, result);
  }
  if (memcmp(type, "jumb", 4) == 0) {
    codec_warn_signature(&reader->warnings);
  } else if (memcmp(type, "jhgm", 4) == 0) {
    codec_warn(&reader->others, "a gain map (HDR)");
  } else if (!is_known((const uint8_t *)type)) {
    codec_warn_unknown(&reader->warnings, "box", (const uint8_t *)type);
  }
  const int index = memcmp(type, "Exif", 4) == 0 ? 1 : memcmp(type, "xml ", 4) == 0 ? 2 : -1;
  // The first of each kind.
  if (index < 0 || reader->blocks[index] != NULL) return CODEC_OK;
  *open = (box){index, 0};
  return grow_box(reader, decoder, open, result);
}

/// Counts a frame, and takes note of its time.
static int take_frame(codec_whole_reader *reader, JxlDecoder *decoder, codec_result *result) {
  const size_t number = (size_t)reader->header.pages++;
  if (!reader->header.animated) return CODEC_OK;
  // Room for 16 at first, then for twice as many each time.
  if (number == 0 || (number >= 16 && (number & (number - 1)) == 0)) {
    int64_t *times = realloc(reader->times, (number < 16 ? 16 : 2 * number) * sizeof *times);
    if (times == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for frames");
    reader->times = times;
  }
  JxlFrameHeader frame;
  const int known = codec_jxl.JxlDecoderGetFrameHeader(decoder, &frame) == JXL_DEC_SUCCESS;
  reader->times[number] = known ? (int64_t)frame.duration * reader->tick : 0;
  return CODEC_OK;
}

/// Leaves out, and names, what stands behind the last box of a file of boxes: libjxl takes it for a broken box.
static void trim(codec_whole_reader *reader) {
  codec_box box;
  size_t at = 0;
  while (codec_box_next(reader->file, reader->file_count, &at, &box)) {
  }
  const size_t left = reader->file_count - at;
  // A known one that is longer than the file has been cut off.
  if (left >= 8 && is_known(reader->file + at + 4)) return;
  codec_jxl_note_behind(reader, left);
  reader->file_count = at;
}

/// Walks through the file without decoding pixels.
static int walk(codec_whole_reader *reader, JxlDecoder *decoder, codec_result *result) {
  box open = {-1, 0};
  int has_info = 0;
  // A file of a gigabyte has no more parts than this.
  for (int step = 0; step < 1 << 22; step++) {
    const JxlDecoderStatus status = codec_jxl.JxlDecoderProcessInput(decoder);
    int code = CODEC_OK;
    switch (status) {
      case JXL_DEC_BASIC_INFO:
        has_info = 1;
        code = take_info(reader, decoder, result);
        break;
      case JXL_DEC_COLOR_ENCODING: code = take_profile(reader, decoder, result); break;
      case JXL_DEC_FRAME: code = take_frame(reader, decoder, result); break;
      case JXL_DEC_BOX: code = begin_box(reader, decoder, &open, result); break;
      case JXL_DEC_BOX_NEED_MORE_OUTPUT: code = grow_box(reader, decoder, &open, result); break;
      case JXL_DEC_SUCCESS:
        end_box(reader, decoder, &open);
        return CODEC_OK;
      default:
        end_box(reader, decoder, &open);
        // What is missing behind the header is found missing again with the pixels.
        if (has_info && reader->tolerate) return CODEC_OK;
        return codec_jxl_fail(status, result);
    }
    if (code != CODEC_OK) return code;
  }
  return codec_jxl_fail(JXL_DEC_ERROR, result);
}

int codec_jxl_inspect(codec_whole_reader *reader, codec_result *result) {
  if (!codec_jxl_load(result)) return result->code;
  // A file that is no bare stream begins with a box of 12 bytes.
  if (reader->file_count > 12 && memcmp(reader->file + 4, "JXL ", 4) == 0) trim(reader);
  const int events = JXL_DEC_BASIC_INFO | JXL_DEC_COLOR_ENCODING | JXL_DEC_FRAME | JXL_DEC_BOX;
  JxlDecoder *decoder = codec_jxl_open_decoder(reader, events, result);
  if (decoder == NULL) return result->code;
  codec_jxl.JxlDecoderSetDecompressBoxes(decoder, JXL_TRUE);
  const int code = walk(reader, decoder, result);
  codec_jxl.JxlDecoderDestroy(decoder);
  if (code != CODEC_OK) return code;
  codec_whole_trim_exif(reader);
  if (reader->header.pages < 1) reader->header.pages = 1;
  if (reader->page > reader->header.pages) {
    return codec_fail_limit(result, CODEC_NO_PAGE, reader->page, reader->header.pages);
  }
  if (reader->times != NULL) reader->header.time = reader->times[reader->page - 1];
  return CODEC_OK;
}

#else

int codec_jxl_inspect(codec_whole_reader *reader, codec_result *result) {
  (void)reader;
  return codec_fail(result, CODEC_NO_LIBRARY, "built without libjxl");
}

#endif
