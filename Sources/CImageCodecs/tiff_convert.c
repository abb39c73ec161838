#ifdef CONVFILTER_HAS_TIFF

#include <math.h>
#include <string.h>

#include "tiff_reader_parts.h"

/// A sample of `bits` (1…16) bits; fewer than 8, and 9 to 15, lie packed, the high bit first: in two or three bytes,
/// of which up to two may lie behind the row.
static inline unsigned sample_at(const uint8_t *row, size_t index, int bits) {
  if (bits == 8) return row[index];
  if (bits == 16) {
    uint16_t sample;
    memcpy(&sample, row + 2 * index, 2);
    return sample;
  }
  const size_t first = index * (size_t)bits;
  const uint8_t *from = row + (first >> 3);
  const unsigned three = (unsigned)from[0] << 16 | (unsigned)from[1] << 8 | from[2];
  return three >> (24 - bits - (int)(first & 7)) & ((1u << bits) - 1);
}

static inline void put(uint8_t *row, size_t index, int bytes, unsigned value) {
  if (bytes == 1) {
    row[index] = (uint8_t)value;
  } else {
    const uint16_t sample = (uint16_t)value;
    memcpy(row + 2 * index, &sample, 2);
  }
}

/// What a plane holds of sample `s` of pixel `x`.
static inline unsigned take(const codec_tiff_reader *reader, const uint8_t *const *planes, size_t x,
                            int s) {
  const int bits = reader->header.bits;
  return reader->separate ? sample_at(planes[s], x, bits)
                          : sample_at(planes[0], x * (size_t)reader->samples + (size_t)s, bits);
}

static void convert_palette(const codec_tiff_reader *reader, const uint8_t *row, uint8_t *out) {
  for (size_t x = 0; x < reader->header.width; x++) {
    const size_t index = reader->separate ? x : x * (size_t)reader->samples;
    const unsigned place = sample_at(row, index, reader->header.bits);
    memcpy(out + 3 * x, reader->palette + 3 * place, 3);
  }
}

/// A float of 16 bits, exactly.
static float half_at(const uint8_t *bytes) {
  uint16_t half;
  memcpy(&half, bytes, 2);
  const int exponent = half >> 10 & 31, fraction = half & 1023;
  const float size = exponent == 31  ? (fraction != 0 ? NAN : INFINITY)
                     : exponent == 0 ? ldexpf((float)fraction, -24)
                                     : ldexpf((float)(fraction + 1024), exponent - 25);
  return half >> 15 ? -size : size;
}

/// The nearest float; notes whether it is another number.
static inline float narrow(codec_tiff_reader *reader, double exact) {
  const float value = (float)exact;
  reader->rounded |= exact == exact && exact != (double)value;
  return value;
}

/// The number at `from` as a float, the nearest one.
static float number_at(codec_tiff_reader *reader, const uint8_t *from) {
  union {
    int32_t i32;
    int64_t i64;
    uint32_t u32;
    uint64_t u64;
    float f32;
    double f64;
  } n;
  const int bits = reader->header.bits;
  memcpy(&n, from, (size_t)bits / 8);
  switch (reader->kind) {
    case SAMPLEFORMAT_IEEEFP:
      return bits == 32 ? n.f32 : bits == 64 ? narrow(reader, n.f64) : half_at(from);
    case SAMPLEFORMAT_INT:
      if (bits == 32) return narrow(reader, n.i32);
      reader->rounded |= (float)n.i64 >= 0x1p63f || (int64_t)(float)n.i64 != n.i64;
      return (float)n.i64;
    default:
      if (bits == 32) return narrow(reader, n.u32);
      reader->rounded |= (float)n.u64 >= 0x1p64f || (uint64_t)(float)n.u64 != n.u64;
      return (float)n.u64;
  }
}

/// A number with a sign, of 1 to 16 bits.
static float signed_at(const uint8_t *row, size_t index, int bits) {
  const int value = (int)sample_at(row, index, bits);
  return (float)(value >> (bits - 1) ? value - (1 << bits) : value);
}

/// A row of numbers as floats of 32 bits. Colours that are multiplied by alpha are divided by it; without
/// alpha they are 0.
static void convert_numbers(codec_tiff_reader *reader, const uint8_t *const *planes, uint8_t *out) {
  const size_t channels = (size_t)reader->header.channels;
  const int bits = reader->header.bits, few = bits <= 16 && reader->kind == SAMPLEFORMAT_INT;
  const size_t bytes = (size_t)bits / 8;
  for (size_t x = 0; x < reader->header.width; x++) {
    float values[4];
    for (size_t c = 0; c < channels; c++) {
      const size_t s = c < (size_t)reader->colors ? c : (size_t)reader->alpha;
      const uint8_t *row = planes[reader->separate ? s : 0];
      const size_t index = reader->separate ? x : x * (size_t)reader->samples + s;
      values[c] = few ? signed_at(row, index, bits) : number_at(reader, row + bytes * index);
    }
    for (size_t c = 0; c + 1 < channels && reader->premultiplied; c++) {
      const float alpha = values[channels - 1];
      values[c] = alpha == 0 ? 0 : values[c] / alpha;
    }
    memcpy(out + 4 * x * channels, values, 4 * channels);
  }
}

/// A sample that has been multiplied by alpha, without it.
static inline unsigned divided(unsigned value, unsigned alpha, unsigned full) {
  const unsigned whole =
      alpha == 0 ? 0 : (unsigned)(((uint64_t)value * full + alpha / 2) / alpha);
  return whole < full ? whole : full;
}

void codec_tiff_convert(codec_tiff_reader *reader, const uint8_t *const *planes,
                        uint8_t *out) {
  const codec_tiff_header *header = &reader->header;
  const size_t width = header->width, channels = (size_t)header->channels;
  if (header->space == CODEC_TIFF_PALETTE) {
    convert_palette(reader, planes[0], out);
    return;
  }
  if (reader->as_floats) {
    convert_numbers(reader, planes, out);
    return;
  }
  const int bits = header->bits, bytes = header->sample_bytes;
  const int plain = !reader->separate && reader->samples == header->channels &&
                    bits == 8 * bytes && !reader->inverted && !reader->premultiplied;
  const int light = header->space == CODEC_TIFF_CMYK && !header->inks;
  if (plain && !light) {
    memcpy(out, planes[0], width * channels * (size_t)bytes);
    return;
  }
  const unsigned top = (1u << bits) - 1, full = bytes == 1 ? 255 : 65535;
  for (size_t x = 0; x < width; x++) {
    unsigned values[4];
    const unsigned alpha =
        reader->alpha == 0 ? full : (take(reader, planes, x, reader->alpha) * full + top / 2) / top;
    for (int c = 0; c < reader->colors; c++) {
      const unsigned value = take(reader, planes, x, c);
      values[c] = ((reader->inverted ? top - value : value) * full + top / 2) / top;
      // Inks are taken out of it before they are mixed.
      if (light && reader->premultiplied) values[c] = divided(values[c], alpha, full);
    }
    int count = reader->colors;
    if (light) {
      const uint64_t black = full - values[3];
      for (int c = 0; c < 3; c++) {
        values[c] = (unsigned)(((full - values[c]) * black + full / 2) / full);
      }
      count = 3;
    }
    if (reader->alpha > 0) {
      for (int c = 0; c < count && reader->premultiplied && !light; c++) {
        values[c] = divided(values[c], alpha, full);
      }
      values[count++] = alpha;
    }
    for (size_t c = 0; c < channels; c++) put(out, x * channels + c, bytes, values[c]);
  }
}

#endif
