#include <stdlib.h>
#include <string.h>

#include "jpeg_reader_parts.h"

static codec_jpeg_reader *reader_of(j_common_ptr common) {
  return (codec_jpeg_reader *)common->client_data;
}

_Noreturn void codec_jpeg_escape(codec_jpeg_reader *reader, int code, const char *message) {
  if (reader->result->code == CODEC_OK) codec_fail(reader->result, code, "%s", message);
  longjmp(reader->escape, 1);
}

void codec_jpeg_damage(codec_jpeg_reader *reader, int code, const char *message) {
  if (!reader->tolerate) codec_jpeg_escape(reader, code, message);
  reader->damaged = 1;
  codec_warn(&reader->warnings, message);
}

static int code_of(int message) {
  switch (message) {
    case JERR_OUT_OF_MEMORY: return CODEC_NO_MEMORY;
    case JERR_NO_BACKING_STORE: return CODEC_NO_MEMORY;
    case JERR_SOF_UNSUPPORTED:
    case JERR_BAD_PRECISION:
    case JERR_ARITH_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_IMAGE_TOO_BIG:
    case JERR_COMPONENT_COUNT:
    case JERR_NOT_COMPILED: return CODEC_UNSUPPORTED;
    case JERR_INPUT_EOF:
    case JERR_INPUT_EMPTY: return CODEC_TRUNCATED;
    default: return CODEC_DAMAGED;
  }
}

static void on_error(j_common_ptr common) {
  codec_jpeg_reader *reader = reader_of(common);
  char message[JMSG_LENGTH_MAX];
  common->err->format_message(common, message);
  if (common->err->msg_code == JERR_EMPTY_IMAGE) {
    reader->height_absent = reader->jpeg.image_height == 0 && reader->jpeg.image_width > 0;
  }
  codec_jpeg_escape(reader, code_of(common->err->msg_code), message);
}

/// Bytes that some writers leave before EOI; more of them are what a decoder that lost its way
/// leaves behind.
enum { PADDING = 8 };

static void on_message(j_common_ptr common, int level) {
  if (level >= 0) return;
  codec_jpeg_reader *reader = reader_of(common);
  char message[JMSG_LENGTH_MAX];
  common->err->format_message(common, message);
  common->err->num_warnings++;
  const int code = common->err->msg_code;
  const int harmless =
      code == JWRN_ADOBE_XFORM || code == JWRN_JFIF_MAJOR ||
      (code == JWRN_EXTRANEOUS_DATA && common->err->msg_parm.i[1] == 0xd9 &&
       common->err->msg_parm.i[0] <= PADDING);
  if (harmless) {
    codec_warn(&reader->warnings, message);
  } else if (reader->cut) {
    codec_jpeg_damage(reader, CODEC_TRUNCATED, "the file ends within the picture's data");
  } else {
    codec_jpeg_damage(reader, CODEC_DAMAGED, message);
  }
}

static void on_output(j_common_ptr common) { (void)common; }

void codec_jpeg_set_errors(codec_jpeg_reader *reader) {
  jpeg_std_error(&reader->errors);
  reader->errors.error_exit = on_error;
  reader->errors.emit_message = on_message;
  reader->errors.output_message = on_output;
  reader->jpeg.err = &reader->errors;
  reader->jpeg.client_data = reader;
}

static void on_start(j_decompress_ptr jpeg) { (void)jpeg; }

static boolean on_fill(j_decompress_ptr jpeg) {
  static const JOCTET end[2] = {0xff, JPEG_EOI};
  codec_jpeg_reader *reader = jpeg->client_data;
  codec_source_skip(reader->source, reader->held);
  const uint8_t *bytes;
  reader->held = codec_source_view(reader->source, &bytes);
  if (reader->held > 0) {
    reader->input.next_input_byte = bytes;
    reader->input.bytes_in_buffer = reader->held;
    return TRUE;
  }
  const int error = codec_source_error(reader->source);
  if (error != 0) {
    reader->result->system_error = error;
    codec_jpeg_escape(reader, CODEC_READ_FAILED, "reading failed");
  }
  if (!reader->header_done) {
    codec_jpeg_escape(reader, CODEC_TRUNCATED, "the file ends before the picture begins");
  }
  reader->cut = 1;
  reader->input.next_input_byte = end;
  reader->input.bytes_in_buffer = 2;
  return TRUE;
}

static void on_skip(j_decompress_ptr jpeg, long count) {
  struct jpeg_source_mgr *input = jpeg->src;
  while (count > 0) {
    if (input->bytes_in_buffer == 0) on_fill(jpeg);
    const size_t part =
        (size_t)count < input->bytes_in_buffer ? (size_t)count : input->bytes_in_buffer;
    input->next_input_byte += part;
    input->bytes_in_buffer -= part;
    count -= (long)part;
    if (((codec_jpeg_reader *)jpeg->client_data)->cut) return;
  }
}

static void on_stop(j_decompress_ptr jpeg) { (void)jpeg; }

void codec_jpeg_set_input(codec_jpeg_reader *reader) {
  reader->input.init_source = on_start;
  reader->input.fill_input_buffer = on_fill;
  reader->input.skip_input_data = on_skip;
  reader->input.resync_to_restart = jpeg_resync_to_restart;
  reader->input.term_source = on_stop;
  reader->input.bytes_in_buffer = 0;
  reader->jpeg.src = &reader->input;
}

static int next_byte(j_decompress_ptr jpeg) {
  if (jpeg->src->bytes_in_buffer == 0) on_fill(jpeg);
  jpeg->src->bytes_in_buffer--;
  return *jpeg->src->next_input_byte++;
}

/// Room for one more segment of `count` bytes, or leaves the current call.
static uint8_t *room_for(codec_jpeg_reader *reader, size_t count) {
  const int64_t kept = (int64_t)(reader->segments_count + count) +
                       (int64_t)((reader->span_count + 1) * sizeof(codec_jpeg_span));
  if (kept > reader->limits.metadata_bytes) {
    codec_fail_limit(reader->result, CODEC_LIMIT_METADATA, kept, reader->limits.metadata_bytes);
    codec_jpeg_escape(reader, CODEC_LIMIT_METADATA, "");
  }
  if (reader->segments_count + count > reader->segments_capacity) {
    const size_t capacity = 2 * (reader->segments_count + count) + 1024;
    uint8_t *larger = realloc(reader->segments, capacity);
    if (larger == NULL) codec_jpeg_escape(reader, CODEC_NO_MEMORY, "no memory for metadata");
    reader->segments = larger;
    reader->segments_capacity = capacity;
  }
  if (reader->span_count == reader->span_capacity) {
    const size_t capacity = 2 * reader->span_capacity + 16;
    codec_jpeg_span *more = realloc(reader->spans, capacity * sizeof *more);
    if (more == NULL) codec_jpeg_escape(reader, CODEC_NO_MEMORY, "no memory for metadata");
    reader->spans = more;
    reader->span_capacity = capacity;
  }
  return reader->segments + reader->segments_count;
}

/// What libjpeg would have taken from the JFIF and Adobe markers.
static void interpret(j_decompress_ptr jpeg, int marker, const uint8_t *bytes, size_t count) {
  if (marker == JPEG_APP0 && count >= 14 && memcmp(bytes, "JFIF", 5) == 0) {
    jpeg->saw_JFIF_marker = TRUE;
    jpeg->JFIF_major_version = bytes[5];
    jpeg->JFIF_minor_version = bytes[6];
    jpeg->density_unit = bytes[7];
    jpeg->X_density = (UINT16)(bytes[8] << 8 | bytes[9]);
    jpeg->Y_density = (UINT16)(bytes[10] << 8 | bytes[11]);
  } else if (marker == JPEG_APP0 + 14 && count >= 12 && memcmp(bytes, "Adobe", 5) == 0) {
    jpeg->saw_Adobe_marker = TRUE;
    jpeg->Adobe_transform = bytes[11];
  }
}

static boolean on_segment(j_decompress_ptr jpeg) {
  codec_jpeg_reader *reader = jpeg->client_data;
  const int marker = jpeg->unread_marker;
  const int high = next_byte(jpeg);
  const int length = high << 8 | next_byte(jpeg);
  const size_t count = length > 2 ? (size_t)length - 2 : 0;
  const int64_t offset = codec_jpeg_offset(reader);
  uint8_t *bytes = room_for(reader, count);
  for (size_t i = 0; i < count; i++) {
    bytes[i] = (uint8_t)next_byte(jpeg);
    if (reader->cut) return TRUE;
  }
  reader->spans[reader->span_count++] = (codec_jpeg_span){
      .marker = marker, .start = reader->segments_count, .count = count, .offset = offset};
  reader->segments_count += count;
  interpret(jpeg, marker, bytes, count);
  return TRUE;
}

void codec_jpeg_keep_segments(codec_jpeg_reader *reader) {
  for (int n = 0; n < 16; n++) {
    jpeg_set_marker_processor(&reader->jpeg, JPEG_APP0 + n, on_segment);
  }
  jpeg_set_marker_processor(&reader->jpeg, JPEG_COM, on_segment);
}
