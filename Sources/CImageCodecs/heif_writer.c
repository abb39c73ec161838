#include "whole_parts.h"

#ifdef CONVFILTER_HAS_HEIF

#include "heif_library.h"

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

/// Adds a plane whose pixels are `out` neighbouring channels of the picture, from `first` on.
static int add_plane(const codec_whole_writer *writer, struct heif_image *image,
                     enum heif_channel channel, size_t first, size_t out, codec_result *result) {
  const codec_whole_layout *layout = &writer->layout;
  const struct heif_error error = codec_heif.heif_image_add_plane(
      image, channel, (int)layout->width, (int)layout->height, 8);
  if (error.code != heif_error_Ok) return codec_heif_fail(error, result);
  int pitch = 0;
  uint8_t *plane = codec_heif.heif_image_get_plane(image, channel, &pitch);
  const size_t channels = (size_t)layout->channels;
  for (size_t y = 0; y < layout->height; y++) {
    const uint8_t *from = writer->pixels + y * writer->row_bytes + first;
    uint8_t *to = plane + y * (size_t)pitch;
    for (size_t x = 0; x < layout->width; x++) {
      for (size_t c = 0; c < out; c++) to[x * out + c] = from[x * channels + c];
    }
  }
  return CODEC_OK;
}

/// The picture as the library wants it: gray as planes, RGB interleaved, with alpha or without.
static int make_image(const codec_whole_writer *writer, struct heif_image **image,
                      codec_result *result) {
  const codec_whole_layout *layout = &writer->layout;
  const int is_gray = layout->channels < 3, has_alpha = layout->channels % 2 == 0;
  struct heif_error error = codec_heif.heif_image_create(
      (int)layout->width, (int)layout->height,
      is_gray ? heif_colorspace_monochrome : heif_colorspace_RGB,
      is_gray     ? heif_chroma_monochrome
      : has_alpha ? heif_chroma_interleaved_RGBA
                  : heif_chroma_interleaved_RGB,
      image);
  if (error.code != heif_error_Ok) return codec_heif_fail(error, result);
  if (!is_gray) {
    const size_t channels = (size_t)layout->channels;
    add_plane(writer, *image, heif_channel_interleaved, 0, channels, result);
  } else if (add_plane(writer, *image, heif_channel_Y, 0, 1, result) == CODEC_OK && has_alpha) {
    add_plane(writer, *image, heif_channel_Alpha, 1, 1, result);
  }
  if (result->code != CODEC_OK) return result->code;
  // The numbers of the options are not obeyed by libheif 1.15, those of the picture are.
  struct heif_color_profile_nclx *numbers = codec_heif.heif_nclx_color_profile_alloc();
  if (numbers == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for a writer");
  const int has_profile = layout->icc.count > 0;
  numbers->color_primaries = has_profile ? heif_color_primaries_unspecified
                                         : heif_color_primaries_ITU_R_BT_709_5;
  numbers->transfer_characteristics = has_profile
                                          ? heif_transfer_characteristic_unspecified
                                          : heif_transfer_characteristic_IEC_61966_2_1;
  if (layout->primaries > 0) {
    numbers->color_primaries = (enum heif_color_primaries)layout->primaries;
    numbers->transfer_characteristics = (enum heif_transfer_characteristics)layout->transfer;
  }
  numbers->matrix_coefficients = layout->lossless && !is_gray
                                     ? heif_matrix_coefficients_RGB_GBR
                                     : heif_matrix_coefficients_ITU_R_BT_601_6;
  numbers->full_range_flag = 1;
  error = codec_heif.heif_image_set_nclx_color_profile(*image, numbers);
  codec_heif.heif_nclx_color_profile_free(numbers);
  if (error.code != heif_error_Ok) return codec_heif_fail(error, result);
  if (has_profile) {
    error = codec_heif.heif_image_set_raw_color_profile(*image, "prof", layout->icc.bytes,
                                                        layout->icc.count);
    if (error.code != heif_error_Ok) return codec_heif_fail(error, result);
  }
  return CODEC_OK;
}

static int encode(const codec_whole_writer *writer, struct heif_context *context,
                  struct heif_encoder *encoder, const struct heif_image *image,
                  codec_result *result) {
  const codec_whole_layout *layout = &writer->layout;
  struct heif_encoding_options *options = codec_heif.heif_encoding_options_alloc();
  struct heif_image_handle *handle = NULL;
  struct heif_error error = {heif_error_Memory_allocation_error, heif_suberror_Unspecified, ""};
  if (options != NULL) {
    options->save_two_colr_boxes_when_ICC_and_nclx_available = 1;
    // One thread makes other bytes with libaom than several do, and more than 16 it does not take.
    const int threads = layout->threads < 2 ? 2 : layout->threads < 16 ? layout->threads : 16;
    // Other encoders may not know the word.
    codec_heif.heif_encoder_set_parameter_integer(encoder, "threads", threads);
    if (layout->lossless) {
      codec_heif.heif_encoder_set_lossless(encoder, 1);
      codec_heif.heif_encoder_set_parameter_string(encoder, "chroma", "444");
    } else {
      codec_heif.heif_encoder_set_lossy_quality(encoder, layout->quality);
    }
    error = codec_heif.heif_context_encode_image(context, image, encoder, options, &handle);
  }
  if (error.code == heif_error_Ok && layout->exif.count > 0) {
    error = codec_heif.heif_context_add_exif_metadata(context, handle, layout->exif.bytes,
                                                      (int)layout->exif.count);
  }
  if (error.code == heif_error_Ok && layout->xmp.count > 0) {
    error = codec_heif.heif_context_add_XMP_metadata(context, handle, layout->xmp.bytes,
                                                     (int)layout->xmp.count);
  }
  if (handle != NULL) codec_heif.heif_image_handle_release(handle);
  if (options != NULL) codec_heif.heif_encoding_options_free(options);
  return error.code == heif_error_Ok ? CODEC_OK : codec_heif_fail(error, result);
}

int codec_heif_write(codec_whole_writer *writer, codec_result *result) {
  if (!codec_heif_load(result)) return result->code;
  struct heif_context *context = codec_heif.heif_context_alloc();
  if (context == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for a writer");
  struct heif_encoder *encoder = NULL;
  struct heif_image *image = NULL;
  struct heif_error error =
      codec_heif.heif_context_get_encoder_for_format(context, heif_compression_AV1, &encoder);
  if (error.code != heif_error_Ok) {
    codec_fail(result, CODEC_NO_LIBRARY, "this libheif has no encoder of AV1");
  } else if (make_image(writer, &image, result) == CODEC_OK &&
             encode(writer, context, encoder, image, result) == CODEC_OK) {
    heif_target target = {writer->sink, result};
    struct heif_writer output = {1, on_write};
    error = codec_heif.heif_context_write(context, &output, &target);
    if (error.code != heif_error_Ok && result->code == CODEC_OK) codec_heif_fail(error, result);
  }
  if (image != NULL) codec_heif.heif_image_release(image);
  if (encoder != NULL) codec_heif.heif_encoder_release(encoder);
  codec_heif.heif_context_free(context);
  return result->code;
}

#else

int codec_heif_write(codec_whole_writer *writer, codec_result *result) {
  (void)writer;
  return codec_fail(result, CODEC_NO_LIBRARY, "built without libheif");
}

#endif
