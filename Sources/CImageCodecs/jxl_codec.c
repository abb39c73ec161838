#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "whole_parts.h"

#ifdef CONVFILTER_HAS_JXL

#include <jxl/decode.h>
#include <jxl/encode.h>

#include "library.h"

#define JXL_FUNCTIONS(F)                 \
  F(JxlDecoderVersion)                   \
  F(JxlDecoderCreate)                    \
  F(JxlDecoderDestroy)                   \
  F(JxlDecoderSubscribeEvents)           \
  F(JxlDecoderSetDecompressBoxes)        \
  F(JxlDecoderSetUnpremultiplyAlpha)     \
  F(JxlDecoderSetInput)                  \
  F(JxlDecoderCloseInput)                \
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
  F(JxlDecoderSetImageOutBuffer)         \
  F(JxlDecoderImageOutBufferSize)        \
  F(JxlDecoderFlushImage)                \
  F(JxlEncoderCreate)                    \
  F(JxlEncoderDestroy)                   \
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

static struct {
  JXL_FUNCTIONS(LIBRARY_POINTER)
} table;
static char message[LIBRARY_MESSAGE];

#define TEXT_OF(number) #number
#define NAME_OF(major, minor) "libjxl.so." TEXT_OF(major) "." TEXT_OF(minor)
#define DYLIB_OF(major, minor) "libjxl." TEXT_OF(major) "." TEXT_OF(minor) ".dylib"

static void load(void) {
  static const codec_library_slot slots[] = {JXL_FUNCTIONS(LIBRARY_FETCH)};
  static const char *const names[] = {NAME_OF(JPEGXL_MAJOR_VERSION, JPEGXL_MINOR_VERSION),
                                      DYLIB_OF(JPEGXL_MAJOR_VERSION, JPEGXL_MINOR_VERSION),
                                      "libjxl.so", NULL};
  codec_library_load(names, slots, sizeof slots / sizeof *slots, message);
}

static int is_loaded(codec_result *result) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  if (message[0] == 0) return 1;
  codec_fail(result, CODEC_NO_LIBRARY, "%s", message);
  return 0;
}

int codec_jxl_is_there(void) { return 1; }

int codec_jxl_version(void) {
  codec_result result = {0};
  if (!is_loaded(&result)) return 0;
  const uint32_t version = table.JxlDecoderVersion();
  return (int)(version / 1000000 << 16 | version / 1000 % 1000 << 8 | version % 1000);
}

static int fail(JxlDecoderStatus status, codec_result *result) {
  if (status == JXL_DEC_NEED_MORE_INPUT) {
    return codec_fail(result, CODEC_TRUNCATED, "the file ends within the picture's data");
  }
  return codec_fail(result, CODEC_DAMAGED, "libjxl cannot decode it");
}

static JxlDecoder *open_decoder(const codec_whole_reader *reader, int events,
                                codec_result *result) {
  JxlDecoder *decoder = table.JxlDecoderCreate(NULL);
  if (decoder == NULL) {
    codec_fail(result, CODEC_NO_MEMORY, "no memory for a decoder");
    return NULL;
  }
  table.JxlDecoderSubscribeEvents(decoder, events);
  table.JxlDecoderSetUnpremultiplyAlpha(decoder, JXL_TRUE);
  table.JxlDecoderSetInput(decoder, reader->file, reader->file_count);
  table.JxlDecoderCloseInput(decoder);
  return decoder;
}

/// What the picture looks like.
static int take_info(codec_whole_reader *reader, JxlDecoder *decoder, codec_result *result) {
  JxlBasicInfo info;
  if (table.JxlDecoderGetBasicInfo(decoder, &info) != JXL_DEC_SUCCESS) {
    return fail(JXL_DEC_ERROR, result);
  }
  codec_whole_header *header = &reader->header;
  header->width = info.xsize;
  header->height = info.ysize;
  header->channels = (int)info.num_color_channels + (info.alpha_bits > 0);
  header->sample_bytes = info.bits_per_sample > 8 ? 2 : 1;
  header->lossless = info.uses_original_profile != 0;
  if (info.num_color_channels != 1 && info.num_color_channels != 3) {
    return codec_fail(result, CODEC_UNSUPPORTED, "%u colours", info.num_color_channels);
  }
  if (info.exponent_bits_per_sample > 0) {
    codec_warn(&reader->warnings, "holds floats: they are brought to 16 bits");
  }
  int alphas = 0;
  for (uint32_t i = 0; i < info.num_extra_channels; i++) {
    JxlExtraChannelInfo extra;
    if (table.JxlDecoderGetExtraChannelInfo(decoder, i, &extra) != JXL_DEC_SUCCESS) break;
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
  if (table.JxlDecoderGetColorAsEncodedProfile(PROFILE_OF(decoder), JXL_COLOR_PROFILE_TARGET_DATA,
                                               &encoding) == JXL_DEC_SUCCESS &&
      encoding.transfer_function == JXL_TRANSFER_FUNCTION_SRGB &&
      encoding.white_point == JXL_WHITE_POINT_D65 &&
      (encoding.color_space == JXL_COLOR_SPACE_GRAY ||
       encoding.primaries == JXL_PRIMARIES_SRGB)) {
    return CODEC_OK;
  }
  size_t count = 0;
  if (table.JxlDecoderGetICCProfileSize(PROFILE_OF(decoder), JXL_COLOR_PROFILE_TARGET_DATA,
                                        &count) != JXL_DEC_SUCCESS ||
      count == 0) {
    codec_warn(&reader->warnings, "its colours have no profile");
    return CODEC_OK;
  }
  uint8_t *bytes = codec_whole_block(reader, 0, count, result);
  if (bytes == NULL) return result->code;
  if (table.JxlDecoderGetColorAsICCProfile(PROFILE_OF(decoder), JXL_COLOR_PROFILE_TARGET_DATA,
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
  const size_t left = table.JxlDecoderReleaseBoxBuffer(decoder);
  codec_block *block = open->index == 1 ? &reader->header.exif : &reader->header.xmp;
  block->count = block->count > left ? block->count - left : 0;
  open->index = -1;
}

/// Makes room for more of a box.
static int grow_box(codec_whole_reader *reader, JxlDecoder *decoder, box *open,
                    codec_result *result) {
  const size_t left = open->count == 0 ? 0 : table.JxlDecoderReleaseBoxBuffer(decoder);
  const size_t done = open->count - left;
  uint8_t *bytes = codec_whole_block(reader, open->index, done + BOX_STEP, result);
  if (bytes == NULL) return result->code;
  open->count = done + BOX_STEP;
  table.JxlDecoderSetBoxBuffer(decoder, bytes + done, BOX_STEP);
  return CODEC_OK;
}

static int begin_box(codec_whole_reader *reader, JxlDecoder *decoder, box *open,
                     codec_result *result) {
  end_box(reader, decoder, open);
  JxlBoxType type;
  if (table.JxlDecoderGetBoxType(decoder, type, JXL_TRUE) != JXL_DEC_SUCCESS) {
    return fail(JXL_DEC_ERROR, result);
  }
  const int index = memcmp(type, "Exif", 4) == 0 ? 1 : memcmp(type, "xml ", 4) == 0 ? 2 : -1;
  // The first of each kind.
  if (index < 0 || reader->blocks[index] != NULL) return CODEC_OK;
  *open = (box){index, 0};
  return grow_box(reader, decoder, open, result);
}

/// Walks through the file without decoding pixels.
static int walk(codec_whole_reader *reader, JxlDecoder *decoder, codec_result *result) {
  box open = {-1, 0};
  int has_info = 0;
  // A file of a gigabyte has no more parts than this.
  for (int step = 0; step < 1 << 22; step++) {
    const JxlDecoderStatus status = table.JxlDecoderProcessInput(decoder);
    int code = CODEC_OK;
    switch (status) {
      case JXL_DEC_BASIC_INFO:
        has_info = 1;
        code = take_info(reader, decoder, result);
        break;
      case JXL_DEC_COLOR_ENCODING: code = take_profile(reader, decoder, result); break;
      case JXL_DEC_FRAME: reader->header.pages++; break;
      case JXL_DEC_BOX: code = begin_box(reader, decoder, &open, result); break;
      case JXL_DEC_BOX_NEED_MORE_OUTPUT: code = grow_box(reader, decoder, &open, result); break;
      case JXL_DEC_SUCCESS:
        end_box(reader, decoder, &open);
        return CODEC_OK;
      default:
        end_box(reader, decoder, &open);
        // What is missing behind the header is found missing again with the pixels.
        if (has_info && reader->tolerate) return CODEC_OK;
        return fail(status, result);
    }
    if (code != CODEC_OK) return code;
  }
  return fail(JXL_DEC_ERROR, result);
}

int codec_jxl_inspect(codec_whole_reader *reader, codec_result *result) {
  if (!is_loaded(result)) return result->code;
  const int events = JXL_DEC_BASIC_INFO | JXL_DEC_COLOR_ENCODING | JXL_DEC_FRAME | JXL_DEC_BOX;
  JxlDecoder *decoder = open_decoder(reader, events, result);
  if (decoder == NULL) return result->code;
  table.JxlDecoderSetDecompressBoxes(decoder, JXL_TRUE);
  const int code = walk(reader, decoder, result);
  table.JxlDecoderDestroy(decoder);
  if (code != CODEC_OK) return code;
  codec_whole_trim_exif(reader);
  if (reader->header.pages < 1) reader->header.pages = 1;
  if (reader->page > reader->header.pages) {
    return codec_fail_limit(result, CODEC_NO_PAGE, reader->page, reader->header.pages);
  }
  return CODEC_OK;
}

int codec_jxl_decode(codec_whole_reader *reader, codec_result *result) {
  const codec_whole_header *header = &reader->header;
  const JxlPixelFormat format = {
      (uint32_t)header->channels, header->sample_bytes == 2 ? JXL_TYPE_UINT16 : JXL_TYPE_UINT8,
      JXL_NATIVE_ENDIAN, 0};
  const size_t bytes = codec_whole_row_bytes(reader) * header->height;
  JxlDecoder *decoder = open_decoder(reader, JXL_DEC_FULL_IMAGE, result);
  if (decoder == NULL) return result->code;
  if (reader->page > 1) table.JxlDecoderSkipFrames(decoder, (size_t)reader->page - 1);
  int has_buffer = 0;
  for (;;) {
    const JxlDecoderStatus status = table.JxlDecoderProcessInput(decoder);
    if (status == JXL_DEC_NEED_IMAGE_OUT_BUFFER && !has_buffer) {
      size_t needed = 0;
      table.JxlDecoderImageOutBufferSize(decoder, &format, &needed);
      has_buffer = needed <= bytes &&
                   table.JxlDecoderSetImageOutBuffer(decoder, &format, reader->pixels, bytes) ==
                       JXL_DEC_SUCCESS;
      if (!has_buffer) {
        fail(JXL_DEC_ERROR, result);
        break;
      }
      continue;
    }
    if (status == JXL_DEC_FULL_IMAGE) break;
    if (has_buffer && reader->tolerate) table.JxlDecoderFlushImage(decoder);
    fail(status, result);
    break;
  }
  table.JxlDecoderDestroy(decoder);
  return result->code;
}

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
  table.JxlEncoderInitBasicInfo(&info);
  info.xsize = layout->width;
  info.ysize = layout->height;
  info.bits_per_sample = (uint32_t)layout->sample_bytes * 8;
  info.num_color_channels = (uint32_t)colors;
  if (layout->channels % 2 == 0) {
    info.num_extra_channels = 1;
    info.alpha_bits = info.bits_per_sample;
  }
  info.uses_original_profile = layout->lossless;
  if (table.JxlEncoderSetBasicInfo(encoder, &info) != JXL_ENC_SUCCESS) {
    return refuse("the size of the picture", result);
  }
  // 16 bits without loss are of level 10.
  if (table.JxlEncoderGetRequiredCodestreamLevel(encoder) == 10) {
    table.JxlEncoderSetCodestreamLevel(encoder, 10);
  }
  if (layout->icc.count > 0) {
    if (table.JxlEncoderSetICCProfile(encoder, layout->icc.bytes, layout->icc.count) !=
        JXL_ENC_SUCCESS) {
      return refuse("the colour profile", result);
    }
    return CODEC_OK;
  }
  JxlColorEncoding encoding;
  table.JxlColorEncodingSetToSRGB(&encoding, colors == 1);
  return table.JxlEncoderSetColorEncoding(encoder, &encoding) == JXL_ENC_SUCCESS
             ? CODEC_OK
             : refuse("sRGB", result);
}

/// EXIF and XMP.
static int add_boxes(const codec_whole_layout *layout, JxlEncoder *encoder, codec_result *result) {
  if (layout->exif.count + layout->xmp.count == 0) return CODEC_OK;
  int done = table.JxlEncoderUseBoxes(encoder) == JXL_ENC_SUCCESS;
  if (layout->exif.count > 0) {
    uint8_t *exif = calloc(1, layout->exif.count + 4);
    if (exif == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for metadata");
    memcpy(exif + 4, layout->exif.bytes, layout->exif.count);
    done = done && table.JxlEncoderAddBox(encoder, "Exif", exif, layout->exif.count + 4,
                                          JXL_FALSE) == JXL_ENC_SUCCESS;
    free(exif);
  }
  if (layout->xmp.count > 0) {
    done = done && table.JxlEncoderAddBox(encoder, "xml ", layout->xmp.bytes, layout->xmp.count,
                                          JXL_FALSE) == JXL_ENC_SUCCESS;
  }
  return done ? CODEC_OK : refuse("what is said of the picture", result);
}

static int add_picture(const codec_whole_writer *writer, JxlEncoder *encoder,
                       codec_result *result) {
  const codec_whole_layout *layout = &writer->layout;
  JxlEncoderFrameSettings *settings = table.JxlEncoderFrameSettingsCreate(encoder, NULL);
  if (settings == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for an encoder");
  if (layout->lossless) {
    table.JxlEncoderSetFrameLossless(settings, JXL_TRUE);
  } else {
    table.JxlEncoderSetFrameDistance(settings, distance_of(layout->quality));
  }
  const JxlPixelFormat format = {
      (uint32_t)layout->channels, layout->sample_bytes == 2 ? JXL_TYPE_UINT16 : JXL_TYPE_UINT8,
      JXL_NATIVE_ENDIAN, 0};
  if (table.JxlEncoderAddImageFrame(settings, &format, writer->pixels,
                                    writer->row_bytes * layout->height) != JXL_ENC_SUCCESS) {
    return refuse("the picture", result);
  }
  table.JxlEncoderCloseInput(encoder);
  return CODEC_OK;
}

int codec_jxl_write(codec_whole_writer *writer, codec_result *result) {
  if (!is_loaded(result)) return result->code;
  JxlEncoder *encoder = table.JxlEncoderCreate(NULL);
  if (encoder == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for an encoder");
  int code = describe(&writer->layout, encoder, result);
  if (code == CODEC_OK) code = add_boxes(&writer->layout, encoder, result);
  if (code == CODEC_OK) code = add_picture(writer, encoder, result);
  static const size_t step = 64 * 1024;
  uint8_t *bytes = malloc(step);
  if (bytes == NULL) code = codec_fail(result, CODEC_NO_MEMORY, "no memory for the file");
  JxlEncoderStatus status = JXL_ENC_NEED_MORE_OUTPUT;
  while (code == CODEC_OK && status == JXL_ENC_NEED_MORE_OUTPUT) {
    uint8_t *next = bytes;
    size_t left = step;
    status = table.JxlEncoderProcessOutput(encoder, &next, &left);
    code = codec_sink_write(writer->sink, bytes, step - left, result);
    if (code == CODEC_OK && status == JXL_ENC_ERROR) {
      const JxlEncoderError error = table.JxlEncoderGetError(encoder);
      code = error == JXL_ENC_ERR_OOM
                 ? codec_fail(result, CODEC_NO_MEMORY, "no memory for the picture")
                 : codec_fail(result, CODEC_REFUSED, "error %d of libjxl", (int)error);
    }
  }
  free(bytes);
  table.JxlEncoderDestroy(encoder);
  return code;
}

#else

int codec_jxl_is_there(void) { return 0; }
int codec_jxl_version(void) { return 0; }

int codec_jxl_inspect(codec_whole_reader *reader, codec_result *result) {
  (void)reader;
  return codec_fail(result, CODEC_NO_LIBRARY, "built without libjxl");
}

int codec_jxl_decode(codec_whole_reader *reader, codec_result *result) {
  return codec_jxl_inspect(reader, result);
}

int codec_jxl_write(codec_whole_writer *writer, codec_result *result) {
  (void)writer;
  return codec_fail(result, CODEC_NO_LIBRARY, "built without libjxl");
}

#endif
