#include "whole_writer.h"

#include <stdlib.h>
#include <string.h>

#include "whole_parts.h"

codec_whole_writer *codec_whole_writer_open(codec_whole_kind kind, codec_sink *sink,
                                            const codec_whole_layout *layout,
                                            codec_result *result) {
  codec_whole_writer *writer = calloc(1, sizeof *writer);
  if (writer == NULL) {
    codec_fail(result, CODEC_NO_MEMORY, "no memory for a writer");
    return NULL;
  }
  writer->kind = kind;
  writer->sink = sink;
  writer->layout = *layout;
  writer->row_bytes =
      (size_t)layout->width * (size_t)layout->channels * (size_t)layout->sample_bytes;
  writer->pixels = malloc(writer->row_bytes * layout->height);
  codec_block *blocks[3] = {&writer->layout.icc, &writer->layout.exif, &writer->layout.xmp};
  if (writer->pixels != NULL && codec_copy_blocks(blocks, writer->blocks)) return writer;
  codec_fail(result, CODEC_NO_MEMORY, "no memory for the picture");
  codec_whole_writer_close(writer);
  return NULL;
}

int codec_whole_writer_write(codec_whole_writer *writer, const uint8_t *const *rows, size_t count,
                             codec_result *result) {
  (void)result;
  for (size_t i = 0; i < count; i++, writer->next++) {
    memcpy(writer->pixels + writer->next * writer->row_bytes, rows[i], writer->row_bytes);
  }
  return CODEC_OK;
}

int codec_whole_writer_finish(codec_whole_writer *writer, codec_result *result) {
  const int code = writer->kind == CODEC_JXL ? codec_jxl_write(writer, result)
                                             : codec_heif_write(writer, result);
  return code != CODEC_OK ? code : codec_sink_flush(writer->sink, result);
}

void codec_whole_writer_close(codec_whole_writer *writer) {
  if (writer == NULL) return;
  for (int i = 0; i < 3; i++) free(writer->blocks[i]);
  free(writer->pixels);
  free(writer);
}
