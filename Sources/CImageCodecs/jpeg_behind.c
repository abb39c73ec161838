#include "jpeg_reader_parts.h"

int64_t codec_jpeg_offset(const codec_jpeg_reader *reader) {
  return codec_source_offset(reader->source) +
         (int64_t)(reader->held - reader->input.bytes_in_buffer);
}

int64_t codec_jpeg_reader_segment_offset(const codec_jpeg_reader *reader, size_t index) {
  return reader->spans[index].offset;
}

int64_t codec_jpeg_reader_offset(const codec_jpeg_reader *reader) {
  return codec_jpeg_offset(reader);
}

int64_t codec_jpeg_reader_file_length(const codec_jpeg_reader *reader) {
  return codec_source_length(reader->source);
}

int codec_jpeg_reader_copy(const codec_jpeg_reader *reader, int64_t offset, uint8_t *bytes,
                           size_t count) {
  return codec_source_copy(reader->source, offset, bytes, count);
}

void codec_jpeg_reader_expect(codec_jpeg_reader *reader, int64_t from, int64_t to) {
  reader->expected_from = from;
  reader->expected_to = to;
}
