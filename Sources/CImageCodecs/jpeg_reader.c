#include <stdlib.h>
#include <string.h>

#include "jpeg_reader_parts.h"

/// Scans that are always granted: what writers make, twice over.
enum { FREE_SCANS = 20 };

static void on_progress(j_common_ptr common) {
  codec_jpeg_reader *reader = common->client_data;
  const int64_t walked = reader->jpeg.input_scan_number * reader->blocks;
  if (reader->jpeg.input_scan_number > FREE_SCANS && walked > reader->limits.scan_blocks) {
    codec_fail_limit(reader->result, CODEC_LIMIT_SCANS, walked, reader->limits.scan_blocks);
    codec_jpeg_escape(reader, CODEC_LIMIT_SCANS, "");
  }
}

/// Reads the header; in the shadow of `escape`.
static void read_header(codec_jpeg_reader *reader) {
  struct jpeg_decompress_struct *jpeg = &reader->jpeg;
  jpeg_create_decompress(jpeg);
  codec_jpeg_set_input(reader);
  codec_jpeg_keep_segments(reader);
  reader->progress.progress_monitor = on_progress;
  jpeg->progress = &reader->progress;
  jpeg_read_header(jpeg, TRUE);
  reader->header_done = 1;
  codec_jpeg_take_header(reader);
  jpeg->dct_method = JDCT_ISLOW;
  jpeg->do_fancy_upsampling = TRUE;
  if (jpeg->num_components == 4) {
    reader->row = malloc((size_t)jpeg->image_width * 4);
    if (reader->row == NULL) codec_jpeg_escape(reader, CODEC_NO_MEMORY, "no memory for a row");
  }
}

static void forget_library(codec_jpeg_reader *reader) {
  if (reader->jpeg.err != NULL) jpeg_destroy_decompress(&reader->jpeg);
  memset(&reader->jpeg, 0, sizeof reader->jpeg);
}

static int attempt(codec_jpeg_reader *reader, codec_result *result) {
  reader->result = result;
  codec_jpeg_set_errors(reader);
  if (setjmp(reader->escape) == 0) read_header(reader);
  return result->code;
}

codec_jpeg_reader *codec_jpeg_reader_open(codec_source *source, const codec_limits *limits,
                                          int tolerate, int keep_cmyk, codec_result *result) {
  codec_jpeg_reader *reader = calloc(1, sizeof *reader);
  if (reader == NULL) {
    codec_source_close(source);
    codec_fail(result, CODEC_NO_MEMORY, "no memory for a reader");
    return NULL;
  }
  reader->source = source;
  reader->limits = *limits;
  reader->tolerate = tolerate;
  reader->keep_cmyk = keep_cmyk;
  if (attempt(reader, result) != CODEC_OK && reader->height_absent &&
      codec_source_rewind(source) && codec_jpeg_mend_height(source, limits)) {
    forget_library(reader);
    reader->held = reader->segments_count = reader->span_count = 0;
    memset(result, 0, sizeof *result);
    attempt(reader, result);
  }
  if (result->code != CODEC_OK) {
    codec_jpeg_reader_close(reader);
    return NULL;
  }
  return reader;
}

codec_jpeg_header codec_jpeg_reader_header(const codec_jpeg_reader *reader) {
  return reader->header;
}

int codec_jpeg_reader_reduce(codec_jpeg_reader *reader, unsigned denominator,
                             codec_result *result) {
  struct jpeg_decompress_struct *jpeg = &reader->jpeg;
  reader->result = result;
  if (setjmp(reader->escape) == 0) {
    jpeg->scale_num = 1;
    jpeg->scale_denom = denominator;
    jpeg_calc_output_dimensions(jpeg);
    reader->header.width = jpeg->output_width;
    reader->header.height = jpeg->output_height;
  }
  return result->code;
}

size_t codec_jpeg_reader_segment_count(const codec_jpeg_reader *reader) {
  return reader->span_count;
}

codec_jpeg_segment codec_jpeg_reader_segment(const codec_jpeg_reader *reader, size_t index) {
  const codec_jpeg_span span = reader->spans[index];
  return (codec_jpeg_segment){span.marker, reader->segments + span.start, span.count};
}

int codec_jpeg_reader_holds_more(const codec_jpeg_reader *reader) { return reader->holds_more; }

const char *codec_jpeg_reader_warnings(const codec_jpeg_reader *reader) {
  return reader->warnings.text;
}

int codec_jpeg_reader_is_damaged(const codec_jpeg_reader *reader) { return reader->damaged; }

/// Whether every scan that the picture needs has come; asked before the first row.
static int is_complete(const codec_jpeg_reader *reader) {
  const struct jpeg_decompress_struct *jpeg = &reader->jpeg;
  for (int c = 0; c < jpeg->num_components; c++) {
    if (jpeg->comp_info[c].quant_table == NULL) return 0;
    for (int k = 0; jpeg->coef_bits != NULL && k < DCTSIZE2; k++) {
      if (jpeg->coef_bits[c][k] != 0) return 0;
    }
  }
  return 1;
}


/// Reads rows; in the shadow of `escape`.
static void read_rows(codec_jpeg_reader *reader, uint8_t *base, size_t pitch, size_t count) {
  struct jpeg_decompress_struct *jpeg = &reader->jpeg;
  if (!reader->started) {
    reader->started = 1;
    jpeg_start_decompress(jpeg);
    if (reader->many_scans && reader->cut && !reader->damaged && !is_complete(reader)) {
      codec_jpeg_damage(reader, CODEC_TRUNCATED, "the file ends within the picture's data");
    }
  }
  while (reader->rows_done < count) {
    if (reader->row != NULL) {
      codec_jpeg_read_cmyk(reader, base + reader->rows_done * pitch);
      reader->rows_done++;
      continue;
    }
    JSAMPROW rows[16];
    const size_t part = count - reader->rows_done < 16 ? count - reader->rows_done : 16;
    for (size_t i = 0; i < part; i++) rows[i] = base + (reader->rows_done + i) * pitch;
    reader->rows_done += jpeg_read_scanlines(jpeg, rows, (JDIMENSION)part);
  }
  if (jpeg->output_scanline == jpeg->output_height && !reader->finished) {
    reader->finished = 1;
    jpeg_finish_decompress(jpeg);
    // Nothing is missing but the end marker as long as all blocks were there.
    if (reader->cut) {
      codec_warn(&reader->warnings, "the file ends without an end marker");
    } else {
      codec_source_skip(reader->source, reader->held - reader->input.bytes_in_buffer);
      reader->held = reader->input.bytes_in_buffer = 0;
      reader->holds_more = codec_source_holds_more_beside(
          reader->source, reader->expected_from, reader->expected_to);
    }
  }
}

int codec_jpeg_reader_read(codec_jpeg_reader *reader, uint8_t *base, size_t pitch, size_t count,
                           codec_result *result) {
  reader->result = result;
  reader->rows_done = 0;
  if (!reader->failed) {
    // The call of setjmp may be no part of a larger expression (C11, 7.13.1.1).
    if (setjmp(reader->escape) == 0) {
      read_rows(reader, base, pitch, count);
      return CODEC_OK;
    }
  }
  const int bearable = result->code == CODEC_OK || result->code == CODEC_DAMAGED ||
                       result->code == CODEC_TRUNCATED;
  if (!reader->tolerate || !bearable) return result->code;
  if (result->code != CODEC_OK) codec_warn(&reader->warnings, result->message);
  memset(result, 0, sizeof *result);
  reader->failed = 1;
  reader->damaged = 1;
  const size_t bytes = (size_t)reader->header.channels * reader->header.width;
  for (size_t i = reader->rows_done; i < count; i++) memset(base + i * pitch, 128, bytes);
  return CODEC_OK;
}

void codec_jpeg_reader_close(codec_jpeg_reader *reader) {
  if (reader == NULL) return;
  forget_library(reader);
  codec_source_close(reader->source);
  free(reader->segments);
  free(reader->spans);
  free(reader->row);
  free(reader);
}
