#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "whole_parts.h"

#ifdef CONVFILTER_HAS_HEIF

#include "heif_library.h"

/// What a reader holds of the library.
typedef struct {
  struct heif_context *context;
  struct heif_image_handle *handle;
} heif_state;

void codec_heif_forget(codec_whole_reader *reader) {
  heif_state *state = reader->state;
  if (state == NULL) return;
  if (state->handle != NULL) codec_heif.heif_image_handle_release(state->handle);
  if (state->context != NULL) codec_heif.heif_context_free(state->context);
  free(state);
  reader->state = NULL;
}

/// Goes to the page: first the picture that the file shows, then the others in their order.
static int choose_page(codec_whole_reader *reader, heif_state *state, codec_result *result) {
  heif_item_id shown;
  struct heif_error error = codec_heif.heif_context_get_primary_image_ID(state->context, &shown);
  if (error.code != heif_error_Ok) return codec_heif_fail(error, result);
  int count = codec_heif.heif_context_get_number_of_top_level_images(state->context);
  heif_item_id *ids = calloc((size_t)(count > 0 ? count : 1), sizeof *ids);
  if (ids == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for a reader");
  count = codec_heif.heif_context_get_list_of_top_level_image_IDs(state->context, ids, count);
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
  error = codec_heif.heif_context_get_image_handle(state->context, wanted, &state->handle);
  return error.code == heif_error_Ok ? CODEC_OK : codec_heif_fail(error, result);
}

/// EXIF and XMP, the first of each.
static int take_blocks(codec_whole_reader *reader, const struct heif_image_handle *handle,
                       codec_result *result) {
  heif_item_id ids[32];
  int count = codec_heif.heif_image_handle_get_number_of_metadata_blocks(handle, NULL);
  if (count > 32) count = 32;
  count = codec_heif.heif_image_handle_get_list_of_metadata_block_IDs(handle, NULL, ids, count);
  for (int i = 0; i < count; i++) {
    const char *type = codec_heif.heif_image_handle_get_metadata_type(handle, ids[i]);
    const char *content = codec_heif.heif_image_handle_get_metadata_content_type(handle, ids[i]);
    const int index = type == NULL                   ? -1
                      : strcmp(type, "Exif") == 0    ? 1
                      : strcmp(type, "mime") != 0    ? -1
                      : content == NULL              ? -1
                      : strcmp(content, "application/rdf+xml") == 0 ? 2
                                                                    : -1;
    if (index < 0 || reader->blocks[index] != NULL) continue;
    const size_t size = codec_heif.heif_image_handle_get_metadata_size(handle, ids[i]);
    uint8_t *bytes = codec_whole_block(reader, index, size, result);
    if (bytes == NULL) return result->code;
    const struct heif_error error =
        codec_heif.heif_image_handle_get_metadata(handle, ids[i], bytes);
    if (error.code != heif_error_Ok) return codec_heif_fail(error, result);
  }
  codec_whole_trim_exif(reader);
  return CODEC_OK;
}

/// The colour profile; numbers that stand for colours are named where they are not those of sRGB.
static int take_profile(codec_whole_reader *reader, const struct heif_image_handle *handle,
                        codec_result *result) {
  const size_t size = codec_heif.heif_image_handle_get_raw_color_profile_size(handle);
  if (size > 0) {
    uint8_t *bytes = codec_whole_block(reader, 0, size, result);
    if (bytes == NULL) return result->code;
    const struct heif_error error =
        codec_heif.heif_image_handle_get_raw_color_profile(handle, bytes);
    return error.code == heif_error_Ok ? CODEC_OK : codec_heif_fail(error, result);
  }
  struct heif_color_profile_nclx *numbers = NULL;
  // Numbers that stand for nothing are an error, and come all the same.
  const struct heif_error error =
      codec_heif.heif_image_handle_get_nclx_color_profile(handle, &numbers);
  if (numbers == NULL) return CODEC_OK;
  if (error.code != heif_error_Ok) {
    codec_heif.heif_nclx_color_profile_free(numbers);
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
  codec_heif.heif_nclx_color_profile_free(numbers);
  return CODEC_OK;
}

enum { LONGEST_SIDE = 65535 };

/// Takes over what is said of the page.
static int take_page(codec_whole_reader *reader, codec_result *result) {
  heif_state *state = reader->state;
  if (choose_page(reader, state, result) != CODEC_OK) return result->code;
  const struct heif_image_handle *handle = state->handle;
  codec_whole_header *header = &reader->header;
  const int width = codec_heif.heif_image_handle_get_width(handle);
  const int height = codec_heif.heif_image_handle_get_height(handle);
  header->width = width > 0 ? (uint32_t)width : 0;
  header->height = height > 0 ? (uint32_t)height : 0;
  header->channels = codec_heif.heif_image_handle_has_alpha_channel(handle) ? 4 : 3;
  header->sample_bytes = codec_heif.heif_image_handle_get_luma_bits_per_pixel(handle) > 8 ? 2 : 1;
  // The picture as it is coded, as RGB, and once more where it is turned.
  if (codec_whole_check(reader, (int64_t)header->sample_bytes * 8, result) != CODEC_OK) {
    return result->code;
  }
  // No part of the picture is larger than it, but for what is cut off at the borders of blocks.
  const int longest = width > height ? width : height;
  codec_heif.heif_context_set_maximum_image_size_limit(state->context, longest + 256);
  if (codec_heif.heif_image_handle_has_depth_image(handle)) {
    codec_warn(&reader->others, "a depth map");
  }
  // Alpha is one of them.
  const int others = codec_heif.heif_image_handle_get_number_of_auxiliary_images(handle, 6);
  if (others > 0) codec_warn(&reader->others, "pictures that belong to it (a gain map, say)");
  if (take_blocks(reader, handle, result) != CODEC_OK) return result->code;
  return take_profile(reader, handle, result);
}

int codec_heif_next(codec_whole_reader *reader, codec_result *result) {
  heif_state *state = reader->state;
  codec_heif.heif_image_handle_release(state->handle);
  state->handle = NULL;
  for (int i = 0; i < 3; i++) {
    free(reader->blocks[i]);
    reader->blocks[i] = NULL;
  }
  reader->header.icc = reader->header.exif = reader->header.xmp = (codec_block){NULL, 0};
  codec_heif.heif_context_set_maximum_image_size_limit(state->context, LONGEST_SIDE);
  return take_page(reader, result);
}

int codec_heif_inspect(codec_whole_reader *reader, codec_result *result) {
  if (!codec_heif_load(result)) return result->code;
  heif_state *state = calloc(1, sizeof *state);
  reader->state = state;
  if (state == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for a reader");
  state->context = codec_heif.heif_context_alloc();
  if (state->context == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for a reader");
  codec_heif.heif_context_set_maximum_image_size_limit(state->context, LONGEST_SIDE);
  const struct heif_error error = codec_heif.heif_context_read_from_memory_without_copy(
      state->context, reader->file, reader->file_count, NULL);
  if (error.code != heif_error_Ok) return codec_heif_fail(error, result);
  return take_page(reader, result);
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
      codec_heif.heif_decode_image(state->handle, &image, heif_colorspace_RGB, chroma, NULL);
  if (error.code != heif_error_Ok) return codec_heif_fail(error, result);
  int stride = 0;
  const uint8_t *plane =
      codec_heif.heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
  const size_t row = codec_whole_row_bytes(reader);
  if (plane == NULL || stride < 0 || (size_t)stride < row ||
      codec_heif.heif_image_get_width(image, heif_channel_interleaved) != (int)header->width ||
      codec_heif.heif_image_get_height(image, heif_channel_interleaved) != (int)header->height) {
    codec_fail(result, CODEC_DAMAGED, "the picture has another size than the file says");
  } else {
    const int bits =
        codec_heif.heif_image_get_bits_per_pixel_range(image, heif_channel_interleaved);
    copy_rows(reader, plane, (size_t)stride, bits,
              has_alpha && codec_heif.heif_image_handle_is_premultiplied_alpha(state->handle));
  }
  codec_heif.heif_image_release(image);
  return result->code;
}

#else

int codec_heif_inspect(codec_whole_reader *reader, codec_result *result) {
  (void)reader;
  return codec_fail(result, CODEC_NO_LIBRARY, "built without libheif");
}

int codec_heif_decode(codec_whole_reader *reader, codec_result *result) {
  return codec_heif_inspect(reader, result);
}

int codec_heif_next(codec_whole_reader *reader, codec_result *result) {
  return codec_heif_inspect(reader, result);
}

void codec_heif_forget(codec_whole_reader *reader) { (void)reader; }

#endif
