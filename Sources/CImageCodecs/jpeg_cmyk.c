#include "jpeg_reader_parts.h"

/// R = (255 − C) · (255 − K) / 255, rounded; `ink` is 0 where the samples are 255 − ink.
static void to_rgb(const uint8_t *cmyk, size_t width, int ink, uint8_t *rgb) {
  const uint8_t flip = ink ? 255 : 0;
  for (size_t x = 0; x < width; x++, cmyk += 4, rgb += 3) {
    const unsigned light = cmyk[3] ^ flip;
    for (int c = 0; c < 3; c++) {
      rgb[c] = (uint8_t)(((unsigned)(cmyk[c] ^ flip) * light + 127) / 255);
    }
  }
}

void codec_jpeg_read_cmyk(codec_jpeg_reader *reader, uint8_t *row) {
  const size_t width = reader->header.width;
  JSAMPROW rows[1] = {reader->row};
  jpeg_read_scanlines(&reader->jpeg, rows, 1);
  if (!reader->keep_cmyk) {
    to_rgb(reader->row, width, !reader->header.has_adobe, row);
  } else {
    const uint8_t flip = reader->header.has_adobe ? 255 : 0;
    for (size_t i = 0; i < 4 * width; i++) row[i] = reader->row[i] ^ flip;
  }
}
