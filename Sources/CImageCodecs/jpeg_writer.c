#include "jpeg_writer.h"

// clang-format off
#include <stddef.h>
#include <stdio.h>
#include <jpeglib.h>
#include <jerror.h>
// clang-format on
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER = 64 * 1024 };

struct codec_jpeg_writer {
  struct jpeg_compress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_destination_mgr output;
  jmp_buf escape;
  codec_result *result;
  codec_sink *sink;
  uint8_t *row;  // a CMYK row, inverted
  int64_t handed_over;
  uint8_t buffer[BUFFER];
};

static void on_error(j_common_ptr common) {
  codec_jpeg_writer *writer = common->client_data;
  if (writer->result->code == CODEC_OK) {
    char message[JMSG_LENGTH_MAX];
    common->err->format_message(common, message);
    const int code =
        common->err->msg_code == JERR_OUT_OF_MEMORY ? CODEC_NO_MEMORY : CODEC_REFUSED;
    codec_fail(writer->result, code, "%s", message);
  }
  longjmp(writer->escape, 1);
}

static void on_message(j_common_ptr common, int level) {
  (void)common;
  (void)level;
}

static void on_text(j_common_ptr common) { (void)common; }

static void on_start(j_compress_ptr jpeg) {
  codec_jpeg_writer *writer = jpeg->client_data;
  writer->output.next_output_byte = writer->buffer;
  writer->output.free_in_buffer = BUFFER;
}

static void hand_over(codec_jpeg_writer *writer, size_t count) {
  if (codec_sink_write(writer->sink, writer->buffer, count, writer->result) != CODEC_OK) {
    longjmp(writer->escape, 1);
  }
  writer->handed_over += (int64_t)count;
}

static boolean on_full(j_compress_ptr jpeg) {
  hand_over(jpeg->client_data, BUFFER);
  on_start(jpeg);
  return TRUE;
}

static void on_stop(j_compress_ptr jpeg) {
  codec_jpeg_writer *writer = jpeg->client_data;
  hand_over(writer, BUFFER - writer->output.free_in_buffer);
  on_start(jpeg);
}

static void set_tables(codec_jpeg_writer *writer, const codec_jpeg_layout *layout) {
  struct jpeg_compress_struct *jpeg = &writer->jpeg;
  if (layout->tables_present == 0) {
    jpeg_set_quality(jpeg, layout->quality, TRUE);
    return;
  }
  for (int t = 0; t < 4; t++) {
    if ((layout->tables_present & (1u << t)) == 0) continue;
    if (jpeg->quant_tbl_ptrs[t] == NULL) {
      jpeg->quant_tbl_ptrs[t] = jpeg_alloc_quant_table((j_common_ptr)jpeg);
    }
    memcpy(jpeg->quant_tbl_ptrs[t]->quantval, layout->tables[t], sizeof layout->tables[t]);
    jpeg->quant_tbl_ptrs[t]->sent_table = FALSE;
  }
  for (int c = 0; c < jpeg->num_components; c++) {
    jpeg->comp_info[c].quant_tbl_no = layout->table_of[c];
  }
}

/// Sets everything up to the first row; in the shadow of `escape`.
static void start(codec_jpeg_writer *writer, const codec_jpeg_layout *layout,
                  const codec_jpeg_segment *segments, size_t segment_count) {
  static const J_COLOR_SPACE spaces[] = {JCS_UNKNOWN, JCS_GRAYSCALE, JCS_RGB,
                                         JCS_YCbCr,   JCS_CMYK,      JCS_YCCK};
  struct jpeg_compress_struct *jpeg = &writer->jpeg;
  jpeg_create_compress(jpeg);
  writer->output.init_destination = on_start;
  writer->output.empty_output_buffer = on_full;
  writer->output.term_destination = on_stop;
  jpeg->dest = &writer->output;
  jpeg->image_width = layout->width;
  jpeg->image_height = layout->height;
  jpeg->input_components = layout->channels;
  jpeg->in_color_space = layout->channels == 1   ? JCS_GRAYSCALE
                         : layout->channels == 3 ? JCS_RGB
                                                 : JCS_CMYK;
  jpeg_set_defaults(jpeg);
  jpeg_set_colorspace(jpeg, spaces[layout->space]);
  jpeg->dct_method = JDCT_ISLOW;
  set_tables(writer, layout);
  for (int c = 0; c < jpeg->num_components; c++) {
    jpeg->comp_info[c].h_samp_factor = layout->sampling_h[c];
    jpeg->comp_info[c].v_samp_factor = layout->sampling_v[c];
  }
  jpeg->density_unit = (UINT8)layout->density_unit;
  jpeg->X_density = (UINT16)layout->density_x;
  jpeg->Y_density = (UINT16)layout->density_y;
  jpeg->restart_interval = layout->restart_interval;
  jpeg->restart_in_rows = layout->restart_rows;
  if (layout->progressive) jpeg_simple_progression(jpeg);
  if (layout->channels == 4) {
    writer->row = malloc((size_t)layout->width * 4);
    if (writer->row == NULL) {
      codec_fail(writer->result, CODEC_NO_MEMORY, "no memory for a row");
      longjmp(writer->escape, 1);
    }
  }
  jpeg_start_compress(jpeg, TRUE);
  for (size_t i = 0; i < segment_count; i++) {
    jpeg_write_marker(jpeg, segments[i].marker, segments[i].bytes, (unsigned)segments[i].count);
  }
}

codec_jpeg_writer *codec_jpeg_writer_open(codec_sink *sink, const codec_jpeg_layout *layout,
                                          const codec_jpeg_segment *segments,
                                          size_t segment_count, codec_result *result) {
  codec_jpeg_writer *writer = calloc(1, sizeof *writer);
  if (writer == NULL) {
    codec_fail(result, CODEC_NO_MEMORY, "no memory for a writer");
    return NULL;
  }
  writer->sink = sink;
  writer->result = result;
  jpeg_std_error(&writer->errors);
  writer->errors.error_exit = on_error;
  writer->errors.emit_message = on_message;
  writer->errors.output_message = on_text;
  writer->jpeg.err = &writer->errors;
  writer->jpeg.client_data = writer;
  if (setjmp(writer->escape) == 0) start(writer, layout, segments, segment_count);
  if (result->code != CODEC_OK) {
    codec_jpeg_writer_close(writer);
    return NULL;
  }
  return writer;
}

int codec_jpeg_writer_segment(codec_jpeg_writer *writer, codec_jpeg_segment segment,
                              codec_result *result) {
  writer->result = result;
  if (setjmp(writer->escape) == 0) {
    jpeg_write_marker(&writer->jpeg, segment.marker, segment.bytes, (unsigned)segment.count);
  }
  return result->code;
}

int64_t codec_jpeg_writer_offset(const codec_jpeg_writer *writer) {
  return writer->handed_over + (int64_t)(BUFFER - writer->output.free_in_buffer);
}

/// Writes rows of CMYK; in the shadow of `escape`.
static void write_cmyk(codec_jpeg_writer *writer, const uint8_t *const *rows, size_t count) {
  const size_t bytes = (size_t)writer->jpeg.image_width * 4;
  for (size_t i = 0; i < count; i++) {
    for (size_t k = 0; k < bytes; k++) writer->row[k] = (uint8_t)~rows[i][k];
    JSAMPROW row = writer->row;
    jpeg_write_scanlines(&writer->jpeg, &row, 1);
  }
}

int codec_jpeg_writer_write(codec_jpeg_writer *writer, const uint8_t *const *rows, size_t count,
                            codec_result *result) {
  writer->result = result;
  if (setjmp(writer->escape) == 0) {
    if (writer->row != NULL) {
      write_cmyk(writer, rows, count);
    } else {
      // libjpeg reads the rows only, whatever its type says.
      jpeg_write_scanlines(&writer->jpeg, (JSAMPARRAY)(uintptr_t)rows, (JDIMENSION)count);
    }
  }
  return result->code;
}

int codec_jpeg_writer_finish(codec_jpeg_writer *writer, codec_result *result) {
  writer->result = result;
  if (setjmp(writer->escape) == 0) jpeg_finish_compress(&writer->jpeg);
  if (result->code == CODEC_OK) codec_sink_flush(writer->sink, result);
  return result->code;
}

void codec_jpeg_writer_close(codec_jpeg_writer *writer) {
  if (writer == NULL) return;
  jpeg_destroy_compress(&writer->jpeg);
  free(writer->row);
  free(writer);
}
