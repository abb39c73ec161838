#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boxes.h"
#include "whole_parts.h"

#ifdef CONVFILTER_HAS_HEIF

#include "heif_library.h"

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
    if (index < 0) {
      char kind[5] = "";
      if (type != NULL) strncat(kind, type, 4);
      codec_warn_unknown(&reader->warnings, "item", (const uint8_t *)kind);
    }
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

/// The colour profile, or numbers that stand for colours where they are not those of sRGB.
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
  codec_whole_note_colors(reader, (int)numbers->color_primaries,
                          (int)numbers->transfer_characteristics);
  codec_heif.heif_nclx_color_profile_free(numbers);
  return CODEC_OK;
}

/// Whether all pictures of the file have luma only, as what their decoders are told says, and no profile of
/// colours (ISO/IEC 14496-15, 8.3.3.1.2; AV1-ISOBMFF, 2.3.3).
static int is_gray(const codec_whole_reader *reader) {
  codec_box meta, properties, container, box;
  if (!codec_box_find(reader->file, reader->file_count, "meta", &meta) || meta.count < 4 ||
      !codec_box_find(meta.content + 4, meta.count - 4, "iprp", &properties) ||
      !codec_box_find(properties.content, properties.count, "ipco", &container)) {
    return 0;
  }
  int found = 0;
  for (size_t at = 0; codec_box_next(container.content, container.count, &at, &box);) {
    if (memcmp(box.kind, "av1C", 4) == 0) {
      if (box.count < 4 || (box.content[2] >> 4 & 1) == 0) return 0;
      found = 1;
    } else if (memcmp(box.kind, "hvcC", 4) == 0) {
      if (box.count < 17 || (box.content[16] & 3) != 0) return 0;
      found = 1;
    } else if (memcmp(box.kind, "colr", 4) == 0 && box.count > 24) {
      if (memcmp(box.content + 4 + 16, "GRAY", 4) != 0) return 0;
    }
  }
  return found;
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
  const int has_alpha = codec_heif.heif_image_handle_has_alpha_channel(handle);
  header->channels = (is_gray(reader) ? 1 : 3) + (has_alpha ? 1 : 0);
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
  reader->header.primaries = reader->header.transfer = 0;
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
  const int64_t frames = codec_heif_frames(reader->file, reader->file_count);
  if (error.code != heif_error_Ok && frames > 0) {
    return codec_fail(result, CODEC_UNSUPPORTED, "an animation without a still picture");
  }
  if (error.code != heif_error_Ok) return codec_heif_fail(error, result);
  if (frames > 0) {
    char line[80];
    snprintf(line, sizeof line, "an animation of %lld frames", (long long)frames);
    codec_warn(&reader->others, line);
  }
  return take_page(reader, result);
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
