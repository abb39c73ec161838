#include <string.h>

#include "whole_parts.h"

#ifdef CONVFILTER_HAS_HEIF

#include "heif_library.h"

/// Copies rows of 8 bits, or of more, which are brought to 16, rounded.
static void copy_rows(codec_whole_reader *reader, const uint8_t *plane, size_t pitch, int bits,
                      int premultiplied) {
  const codec_whole_header *header = &reader->header;
  const size_t channels = (size_t)header->channels, row = codec_whole_row_bytes(reader);
  const size_t samples = header->width * channels;
  const uint32_t full = header->sample_bytes == 2 ? 65535 : 255;
  const uint32_t top = header->sample_bytes == 2 && bits >= 9 && bits <= 16 ? (1u << bits) - 1
                                                                            : full;
  for (size_t y = 0; y < header->height; y++) {
    uint8_t *out = reader->pixels + y * row;
    codec_whole_copy_row(reader, plane + y * pitch, out);
    uint32_t alpha = full;
    for (size_t i = samples; i > 0; i--) {
      const size_t place = i - 1;
      if (full == 255 && !premultiplied) break;
      uint16_t wide;
      memcpy(&wide, out + 2 * place * (full == 65535), 2 * (full == 65535));
      uint32_t value = full == 65535 ? wide : out[place];
      value = ((value < top ? value : top) * (uint64_t)full + top / 2) / top;
      if (channels % 2 == 0 && place % channels == channels - 1) {
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
  const int has_alpha = header->channels % 2 == 0;
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
#if LIBHEIF_NUMERIC_VERSION >= 0x010d0000
  // 0: tiles are decoded by the caller.
  codec_heif.heif_context_set_max_decoding_threads(state->context,
                                                   reader->threads > 1 ? reader->threads : 0);
#endif
  struct heif_image *image = NULL;
  const struct heif_error error =
      codec_heif.heif_decode_image(state->handle, &image, heif_colorspace_RGB, chroma, NULL);
  if (error.code != heif_error_Ok) return codec_heif_fail(error, result);
  int pitch = 0;
  const uint8_t *plane =
      codec_heif.heif_image_get_plane_readonly(image, heif_channel_interleaved, &pitch);
  const size_t row = header->width * (has_alpha ? 4u : 3u) * (size_t)header->sample_bytes;
  if (plane == NULL || pitch < 0 || (size_t)pitch < row ||
      codec_heif.heif_image_get_width(image, heif_channel_interleaved) != (int)header->width ||
      codec_heif.heif_image_get_height(image, heif_channel_interleaved) != (int)header->height) {
    codec_fail(result, CODEC_DAMAGED, "the picture has another size than the file says");
  } else {
    const int bits =
        codec_heif.heif_image_get_bits_per_pixel_range(image, heif_channel_interleaved);
    copy_rows(reader, plane, (size_t)pitch, bits,
              has_alpha && codec_heif.heif_image_handle_is_premultiplied_alpha(state->handle));
  }
  codec_heif.heif_image_release(image);
  return result->code;
}

#endif
