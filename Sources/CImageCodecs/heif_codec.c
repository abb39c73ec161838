#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "whole_parts.h"

#ifdef CONVFILTER_HAS_HEIF

#include <libheif/heif.h>

#include "library.h"

#define HEIF_FUNCTIONS(F)                            \
  F(heif_get_version_number)                         \
  F(heif_context_alloc)                              \
  F(heif_context_free)                               \
  F(heif_context_read_from_memory_without_copy)      \
  F(heif_context_get_number_of_top_level_images)     \
  F(heif_context_get_list_of_top_level_image_IDs)    \
  F(heif_context_get_primary_image_ID)               \
  F(heif_context_get_image_handle)                   \
  F(heif_context_set_maximum_image_size_limit)       \
  F(heif_image_handle_release)                       \
  F(heif_image_handle_get_width)                     \
  F(heif_image_handle_get_height)                    \
  F(heif_image_handle_has_alpha_channel)             \
  F(heif_image_handle_is_premultiplied_alpha)        \
  F(heif_image_handle_get_luma_bits_per_pixel)       \
  F(heif_image_handle_has_depth_image)               \
  F(heif_image_handle_get_number_of_auxiliary_images) \
  F(heif_image_handle_get_number_of_metadata_blocks) \
  F(heif_image_handle_get_list_of_metadata_block_IDs) \
  F(heif_image_handle_get_metadata_type)             \
  F(heif_image_handle_get_metadata_content_type)     \
  F(heif_image_handle_get_metadata_size)             \
  F(heif_image_handle_get_metadata)                  \
  F(heif_image_handle_get_raw_color_profile_size)    \
  F(heif_image_handle_get_raw_color_profile)         \
  F(heif_image_handle_get_nclx_color_profile)        \
  F(heif_nclx_color_profile_alloc)                   \
  F(heif_nclx_color_profile_free)                    \
  F(heif_decode_image)                               \
  F(heif_image_get_width)                            \
  F(heif_image_get_height)                           \
  F(heif_image_get_bits_per_pixel_range)             \
  F(heif_image_get_plane_readonly)                   \
  F(heif_image_release)                              \
  F(heif_image_create)                               \
  F(heif_image_add_plane)                            \
  F(heif_image_get_plane)                            \
  F(heif_image_set_raw_color_profile)                \
  F(heif_image_set_nclx_color_profile)               \
  F(heif_context_get_encoder_for_format)             \
  F(heif_encoder_release)                            \
  F(heif_encoder_set_lossy_quality)                  \
  F(heif_encoder_set_lossless)                       \
  F(heif_encoder_set_parameter_string)               \
  F(heif_encoding_options_alloc)                     \
  F(heif_encoding_options_free)                      \
  F(heif_context_encode_image)                       \
  F(heif_context_add_exif_metadata)                  \
  F(heif_context_add_XMP_metadata)                   \
  F(heif_context_write)

static struct {
  HEIF_FUNCTIONS(LIBRARY_POINTER)
} table;
static char message[LIBRARY_MESSAGE];

static void load(void) {
  static const codec_library_slot slots[] = {HEIF_FUNCTIONS(LIBRARY_FETCH)};
  static const char *const names[] = {"libheif.so.1", "libheif.1.dylib", "libheif.so", NULL};
  codec_library_load(names, slots, sizeof slots / sizeof *slots, message);
}

static int is_loaded(codec_result *result) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  if (message[0] == 0) return 1;
  codec_fail(result, CODEC_NO_LIBRARY, "%s", message);
  return 0;
}

int codec_heif_is_there(void) { return 1; }

int codec_heif_version(void) {
  codec_result result = {0};
  return is_loaded(&result) ? (int)(table.heif_get_version_number() >> 8) : 0;
}

static int fail(struct heif_error error, codec_result *result) {
  int code = CODEC_DAMAGED;
  switch (error.code) {
    case heif_error_Memory_allocation_error:
      code = error.subcode == heif_suberror_Security_limit_exceeded ? CODEC_DAMAGED
                                                                    : CODEC_NO_MEMORY;
      break;
    case heif_error_Unsupported_filetype:
    case heif_error_Unsupported_feature:
    case heif_error_Plugin_loading_error: code = CODEC_UNSUPPORTED; break;
    case heif_error_Encoder_plugin_error:
    case heif_error_Encoding_error:
    case heif_error_Usage_error: code = CODEC_REFUSED; break;
    default:
      if (error.subcode == heif_suberror_End_of_data) code = CODEC_TRUNCATED;
  }
  return codec_fail(result, code, "%.180s", error.message != NULL ? error.message : "libheif");
}

/// What a reader holds of the library.
typedef struct {
  struct heif_context *context;
  struct heif_image_handle *handle;
} heif_state;

void codec_heif_forget(codec_whole_reader *reader) {
  heif_state *state = reader->state;
  if (state == NULL) return;
  if (state->handle != NULL) table.heif_image_handle_release(state->handle);
  if (state->context != NULL) table.heif_context_free(state->context);
  free(state);
  reader->state = NULL;
}

/// Goes to the page: first the picture that the file shows, then the others in their order.
static int choose_page(codec_whole_reader *reader, heif_state *state, codec_result *result) {
  heif_item_id shown;
  struct heif_error error = table.heif_context_get_primary_image_ID(state->context, &shown);
  if (error.code != heif_error_Ok) return fail(error, result);
  int count = table.heif_context_get_number_of_top_level_images(state->context);
  heif_item_id *ids = calloc((size_t)(count > 0 ? count : 1), sizeof *ids);
  if (ids == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for a reader");
  count = table.heif_context_get_list_of_top_level_image_IDs(state->context, ids, count);
  heif_item_id wanted = shown;
  int number = 1;
  for (int i = 0; i < count; i++) {
    if (ids[i] != shown && ++number == reader->page) wanted = ids[i];
  }
  free(ids);
  reader->header.pages = number;
  if (reader->page > number) {
    return codec_fail_limit(result, CODEC_NO_PAGE, reader->page, number);
  }
  error = table.heif_context_get_image_handle(state->context, wanted, &state->handle);
  return error.code == heif_error_Ok ? CODEC_OK : fail(error, result);
}

/// EXIF and XMP, the first of each.
static int take_blocks(codec_whole_reader *reader, const struct heif_image_handle *handle,
                       codec_result *result) {
  heif_item_id ids[32];
  int count = table.heif_image_handle_get_number_of_metadata_blocks(handle, NULL);
  if (count > 32) count = 32;
  count = table.heif_image_handle_get_list_of_metadata_block_IDs(handle, NULL, ids, count);
  for (int i = 0; i < count; i++) {
    const char *type = table.heif_image_handle_get_metadata_type(handle, ids[i]);
    const char *content = table.heif_image_handle_get_metadata_content_type(handle, ids[i]);
    const int index = type == NULL                   ? -1
                      : strcmp(type, "Exif") == 0    ? 1
                      : strcmp(type, "mime") != 0    ? -1
                      : content == NULL              ? -1
                      : strcmp(content, "application/rdf+xml") == 0 ? 2
                                                                    : -1;
    if (index < 0 || reader->blocks[index] != NULL) continue;
    const size_t size = table.heif_image_handle_get_metadata_size(handle, ids[i]);
    uint8_t *bytes = codec_whole_block(reader, index, size, result);
    if (bytes == NULL) return result->code;
    const struct heif_error error = table.heif_image_handle_get_metadata(handle, ids[i], bytes);
    if (error.code != heif_error_Ok) return fail(error, result);
  }
  codec_whole_trim_exif(reader);
  return CODEC_OK;
}

/// The colour profile; numbers that stand for colours are named where they are not those of sRGB.
static int take_profile(codec_whole_reader *reader, const struct heif_image_handle *handle,
                        codec_result *result) {
  const size_t size = table.heif_image_handle_get_raw_color_profile_size(handle);
  if (size > 0) {
    uint8_t *bytes = codec_whole_block(reader, 0, size, result);
    if (bytes == NULL) return result->code;
    const struct heif_error error = table.heif_image_handle_get_raw_color_profile(handle, bytes);
    return error.code == heif_error_Ok ? CODEC_OK : fail(error, result);
  }
  struct heif_color_profile_nclx *numbers = NULL;
  // Numbers that stand for nothing are an error, and come all the same.
  const struct heif_error error =
      table.heif_image_handle_get_nclx_color_profile(handle, &numbers);
  if (numbers == NULL) return CODEC_OK;
  if (error.code != heif_error_Ok) {
    table.heif_nclx_color_profile_free(numbers);
    return CODEC_OK;
  }
  const int primaries = (int)numbers->color_primaries;
  const int transfer = (int)numbers->transfer_characteristics;
  // 2: not said. The curves of video (1, 6, 14, 15) are shown like that of sRGB (13).
  const int is_known = (primaries == 1 || primaries == 2) &&
                       (transfer == 13 || transfer == 2 || transfer == 1 || transfer == 6 ||
                        transfer == 14 || transfer == 15);
  if (!is_known) {
    char line[100];
    snprintf(line, sizeof line, "what its colours are (nclx %d/%d) is left out", primaries,
             transfer);
    codec_warn(&reader->warnings, line);
  }
  table.heif_nclx_color_profile_free(numbers);
  return CODEC_OK;
}

enum { LONGEST_SIDE = 65535 };

int codec_heif_inspect(codec_whole_reader *reader, codec_result *result) {
  if (!is_loaded(result)) return result->code;
  heif_state *state = calloc(1, sizeof *state);
  reader->state = state;
  if (state == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for a reader");
  state->context = table.heif_context_alloc();
  if (state->context == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for a reader");
  table.heif_context_set_maximum_image_size_limit(state->context, LONGEST_SIDE);
  const struct heif_error error = table.heif_context_read_from_memory_without_copy(
      state->context, reader->file, reader->file_count, NULL);
  if (error.code != heif_error_Ok) return fail(error, result);
  if (choose_page(reader, state, result) != CODEC_OK) return result->code;
  const struct heif_image_handle *handle = state->handle;
  codec_whole_header *header = &reader->header;
  const int width = table.heif_image_handle_get_width(handle);
  const int height = table.heif_image_handle_get_height(handle);
  header->width = width > 0 ? (uint32_t)width : 0;
  header->height = height > 0 ? (uint32_t)height : 0;
  header->channels = table.heif_image_handle_has_alpha_channel(handle) ? 4 : 3;
  header->sample_bytes = table.heif_image_handle_get_luma_bits_per_pixel(handle) > 8 ? 2 : 1;
  // The picture as it is coded, as RGB, and once more where it is turned.
  if (codec_whole_check(reader, (int64_t)header->sample_bytes * 8, result) != CODEC_OK) {
    return result->code;
  }
  // No part of the picture is larger than it, but for what is cut off at the borders of blocks.
  const int longest = width > height ? width : height;
  table.heif_context_set_maximum_image_size_limit(state->context, longest + 256);
  if (table.heif_image_handle_has_depth_image(handle)) codec_warn(&reader->others, "a depth map");
  // Alpha is one of them.
  const int others = table.heif_image_handle_get_number_of_auxiliary_images(handle, 6);
  if (others > 0) codec_warn(&reader->others, "pictures that belong to it (a gain map, say)");
  if (take_blocks(reader, handle, result) != CODEC_OK) return result->code;
  return take_profile(reader, handle, result);
}

/// Copies rows of 8 bits, or of more, which are brought to 16, rounded.
static void copy_rows(codec_whole_reader *reader, const uint8_t *plane, size_t stride, int bits,
                      int premultiplied) {
  const codec_whole_header *header = &reader->header;
  const size_t channels = (size_t)header->channels, row = codec_whole_row_bytes(reader);
  const size_t samples = header->width * channels;
  const uint32_t full = header->sample_bytes == 2 ? 65535 : 255;
  const uint32_t top = header->sample_bytes == 2 && bits >= 9 && bits <= 16 ? (1u << bits) - 1
                                                                            : full;
  for (size_t y = 0; y < header->height; y++) {
    uint8_t *out = reader->pixels + y * row;
    memcpy(out, plane + y * stride, row);
    uint32_t alpha = full;
    for (size_t i = samples; i > 0; i--) {
      const size_t place = i - 1;
      if (full == 255 && !premultiplied) break;
      uint16_t wide;
      memcpy(&wide, out + 2 * place * (full == 65535), 2 * (full == 65535));
      uint32_t value = full == 65535 ? wide : out[place];
      value = ((value < top ? value : top) * (uint64_t)full + top / 2) / top;
      if (channels == 4 && place % 4 == 3) {
        alpha = value;
      } else if (premultiplied) {
        value = alpha == 0 ? 0 : (uint32_t)(((uint64_t)value * full + alpha / 2) / alpha);
        if (value > full) value = full;
      }
      if (full == 65535) {
        wide = (uint16_t)value;
        memcpy(out + 2 * place, &wide, 2);
      } else {
        out[place] = (uint8_t)value;
      }
    }
  }
}

int codec_heif_decode(codec_whole_reader *reader, codec_result *result) {
  const heif_state *state = reader->state;
  const codec_whole_header *header = &reader->header;
  const int has_alpha = header->channels == 4;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  const enum heif_chroma wide =
      has_alpha ? heif_chroma_interleaved_RRGGBBAA_LE : heif_chroma_interleaved_RRGGBB_LE;
#else
  const enum heif_chroma wide =
      has_alpha ? heif_chroma_interleaved_RRGGBBAA_BE : heif_chroma_interleaved_RRGGBB_BE;
#endif
  const enum heif_chroma chroma = header->sample_bytes == 2 ? wide
                                  : has_alpha               ? heif_chroma_interleaved_RGBA
                                                            : heif_chroma_interleaved_RGB;
  struct heif_image *image = NULL;
  const struct heif_error error =
      table.heif_decode_image(state->handle, &image, heif_colorspace_RGB, chroma, NULL);
  if (error.code != heif_error_Ok) return fail(error, result);
  int stride = 0;
  const uint8_t *plane =
      table.heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
  const size_t row = codec_whole_row_bytes(reader);
  if (plane == NULL || stride < 0 || (size_t)stride < row ||
      table.heif_image_get_width(image, heif_channel_interleaved) != (int)header->width ||
      table.heif_image_get_height(image, heif_channel_interleaved) != (int)header->height) {
    codec_fail(result, CODEC_DAMAGED, "the picture has another size than the file says");
  } else {
    const int bits = table.heif_image_get_bits_per_pixel_range(image, heif_channel_interleaved);
    copy_rows(reader, plane, (size_t)stride, bits,
              has_alpha && table.heif_image_handle_is_premultiplied_alpha(state->handle));
  }
  table.heif_image_release(image);
  return result->code;
}

/// What the callback of the writer needs.
typedef struct {
  codec_sink *sink;
  codec_result *result;
} heif_target;

static struct heif_error on_write(struct heif_context *context, const void *bytes, size_t count,
                                  void *user) {
  (void)context;
  heif_target *target = user;
  codec_sink_write(target->sink, bytes, count, target->result);
  return (struct heif_error){
      target->result->code == CODEC_OK ? heif_error_Ok : heif_error_Encoding_error,
      heif_suberror_Unspecified, "writing failed"};
}

/// The picture as the library wants it: RGB, with alpha or without.
static int make_image(const codec_whole_writer *writer, struct heif_image **image,
                      codec_result *result) {
  const codec_whole_layout *layout = &writer->layout;
  const int has_alpha = layout->channels % 2 == 0;
  const int width = (int)layout->width, height = (int)layout->height;
  struct heif_error error = table.heif_image_create(
      width, height, heif_colorspace_RGB,
      has_alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, image);
  if (error.code != heif_error_Ok) return fail(error, result);
  error = table.heif_image_add_plane(*image, heif_channel_interleaved, width, height, 8);
  if (error.code != heif_error_Ok) return fail(error, result);
  int stride = 0;
  uint8_t *plane = table.heif_image_get_plane(*image, heif_channel_interleaved, &stride);
  const size_t out = has_alpha ? 4 : 3, channels = (size_t)layout->channels;
  for (size_t y = 0; y < layout->height; y++) {
    const uint8_t *from = writer->pixels + y * writer->row_bytes;
    uint8_t *to = plane + y * (size_t)stride;
    for (size_t x = 0; x < layout->width; x++) {
      for (size_t c = 0; c < 3; c++) to[x * out + c] = from[x * channels + (channels >= 3 ? c : 0)];
      if (has_alpha) to[x * 4 + 3] = from[x * channels + channels - 1];
    }
  }
  // The numbers of the options are not obeyed by libheif 1.15, those of the picture are.
  struct heif_color_profile_nclx *numbers = table.heif_nclx_color_profile_alloc();
  if (numbers == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for a writer");
  const int has_profile = layout->icc.count > 0;
  numbers->color_primaries = has_profile ? heif_color_primaries_unspecified
                                         : heif_color_primaries_ITU_R_BT_709_5;
  numbers->transfer_characteristics = has_profile
                                          ? heif_transfer_characteristic_unspecified
                                          : heif_transfer_characteristic_IEC_61966_2_1;
  numbers->matrix_coefficients = layout->lossless ? heif_matrix_coefficients_RGB_GBR
                                                  : heif_matrix_coefficients_ITU_R_BT_601_6;
  numbers->full_range_flag = 1;
  error = table.heif_image_set_nclx_color_profile(*image, numbers);
  table.heif_nclx_color_profile_free(numbers);
  if (error.code != heif_error_Ok) return fail(error, result);
  if (has_profile) {
    error = table.heif_image_set_raw_color_profile(*image, "prof", layout->icc.bytes,
                                                   layout->icc.count);
    if (error.code != heif_error_Ok) return fail(error, result);
  }
  return CODEC_OK;
}

static int encode(const codec_whole_writer *writer, struct heif_context *context,
                  struct heif_encoder *encoder, const struct heif_image *image,
                  codec_result *result) {
  const codec_whole_layout *layout = &writer->layout;
  struct heif_encoding_options *options = table.heif_encoding_options_alloc();
  struct heif_image_handle *handle = NULL;
  struct heif_error error = {heif_error_Memory_allocation_error, heif_suberror_Unspecified, ""};
  if (options != NULL) {
    options->save_two_colr_boxes_when_ICC_and_nclx_available = 1;
    if (layout->lossless) {
      table.heif_encoder_set_lossless(encoder, 1);
      table.heif_encoder_set_parameter_string(encoder, "chroma", "444");
    } else {
      table.heif_encoder_set_lossy_quality(encoder, layout->quality);
    }
    error = table.heif_context_encode_image(context, image, encoder, options, &handle);
  }
  if (error.code == heif_error_Ok && layout->exif.count > 0) {
    error = table.heif_context_add_exif_metadata(context, handle, layout->exif.bytes,
                                                 (int)layout->exif.count);
  }
  if (error.code == heif_error_Ok && layout->xmp.count > 0) {
    error = table.heif_context_add_XMP_metadata(context, handle, layout->xmp.bytes,
                                                (int)layout->xmp.count);
  }
  if (handle != NULL) table.heif_image_handle_release(handle);
  if (options != NULL) table.heif_encoding_options_free(options);
  return error.code == heif_error_Ok ? CODEC_OK : fail(error, result);
}

int codec_heif_write(codec_whole_writer *writer, codec_result *result) {
  if (!is_loaded(result)) return result->code;
  struct heif_context *context = table.heif_context_alloc();
  if (context == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for a writer");
  struct heif_encoder *encoder = NULL;
  struct heif_image *image = NULL;
  struct heif_error error =
      table.heif_context_get_encoder_for_format(context, heif_compression_AV1, &encoder);
  if (error.code != heif_error_Ok) {
    codec_fail(result, CODEC_NO_LIBRARY, "this libheif has no encoder of AV1");
  } else if (make_image(writer, &image, result) == CODEC_OK &&
             encode(writer, context, encoder, image, result) == CODEC_OK) {
    heif_target target = {writer->sink, result};
    struct heif_writer output = {1, on_write};
    error = table.heif_context_write(context, &output, &target);
    if (error.code != heif_error_Ok && result->code == CODEC_OK) fail(error, result);
  }
  if (image != NULL) table.heif_image_release(image);
  if (encoder != NULL) table.heif_encoder_release(encoder);
  table.heif_context_free(context);
  return result->code;
}

#else

int codec_heif_is_there(void) { return 0; }
int codec_heif_version(void) { return 0; }

enum { LONGEST_SIDE = 65535 };

int codec_heif_inspect(codec_whole_reader *reader, codec_result *result) {
  (void)reader;
  return codec_fail(result, CODEC_NO_LIBRARY, "built without libheif");
}

int codec_heif_decode(codec_whole_reader *reader, codec_result *result) {
  return codec_heif_inspect(reader, result);
}

void codec_heif_forget(codec_whole_reader *reader) { (void)reader; }

int codec_heif_write(codec_whole_writer *writer, codec_result *result) {
  (void)writer;
  return codec_fail(result, CODEC_NO_LIBRARY, "built without libheif");
}

#endif
