#ifndef HEIF_LIBRARY_H
#define HEIF_LIBRARY_H

#include <libheif/heif.h>

#include "library.h"

// Since 1.13.
#if LIBHEIF_NUMERIC_VERSION >= 0x010d0000
#define HEIF_THREAD_FUNCTIONS(F) F(heif_context_set_max_decoding_threads)
#else
#define HEIF_THREAD_FUNCTIONS(F)
#endif

#define HEIF_FUNCTIONS(F)                            \
  HEIF_THREAD_FUNCTIONS(F)                           \
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
  F(heif_encoder_set_parameter_integer)              \
  F(heif_encoding_options_alloc)                     \
  F(heif_encoding_options_free)                      \
  F(heif_context_encode_image)                       \
  F(heif_context_add_exif_metadata)                  \
  F(heif_context_add_XMP_metadata)                   \
  F(heif_context_write)

/// What a reader holds of the library.
typedef struct {
  struct heif_context *context;
  struct heif_image_handle *handle;
} heif_state;

/// The functions of libheif, once it is loaded.
extern struct codec_heif_library {
  HEIF_FUNCTIONS(LIBRARY_POINTER)
} codec_heif;

/// Whether libheif is there; else `result` says why not.
int codec_heif_load(codec_result *result);

/// Fails with what the library says.
int codec_heif_fail(struct heif_error error, codec_result *result);

#endif
