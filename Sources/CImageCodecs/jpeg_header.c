#include <string.h>

#include "jpeg_reader_parts.h"

/// The colours of the file and of the rows that come out.
static void choose_space(codec_jpeg_reader *reader) {
  struct jpeg_decompress_struct *jpeg = &reader->jpeg;
  codec_jpeg_header *header = &reader->header;
  switch (jpeg->jpeg_color_space) {
    case JCS_GRAYSCALE: header->space = CODEC_JPEG_GRAY; break;
    case JCS_RGB: header->space = CODEC_JPEG_RGB; break;
    case JCS_YCbCr: header->space = CODEC_JPEG_YCC; break;
    case JCS_CMYK: header->space = CODEC_JPEG_CMYK; break;
    case JCS_YCCK: header->space = CODEC_JPEG_YCCK; break;
    default:
      codec_fail(reader->result, CODEC_UNSUPPORTED, "%d components", jpeg->num_components);
      codec_jpeg_escape(reader, CODEC_UNSUPPORTED, "");
  }
  const int cmyk = jpeg->num_components == 4;
  header->channels = cmyk && !reader->keep_cmyk ? 3 : jpeg->num_components;
  jpeg->out_color_space = cmyk                         ? JCS_CMYK
                          : jpeg->num_components == 1 ? JCS_GRAYSCALE
                                                      : JCS_RGB;
}

static void take_header(codec_jpeg_reader *reader) {
  struct jpeg_decompress_struct *jpeg = &reader->jpeg;
  codec_jpeg_header *header = &reader->header;
  header->width = jpeg->image_width;
  header->height = jpeg->image_height;
  header->components = jpeg->num_components;
  header->progressive = jpeg->progressive_mode;
  header->arithmetic = jpeg->arith_code;
  header->has_adobe = jpeg->saw_Adobe_marker;
  header->has_jfif = jpeg->saw_JFIF_marker;
  header->restart_interval = jpeg->restart_interval;
  header->density_unit = jpeg->density_unit;
  header->density_x = jpeg->X_density;
  header->density_y = jpeg->Y_density;
  for (int c = 0; c < jpeg->num_components && c < 4; c++) {
    header->sampling_h[c] = jpeg->comp_info[c].h_samp_factor;
    header->sampling_v[c] = jpeg->comp_info[c].v_samp_factor;
    header->table_of[c] = jpeg->comp_info[c].quant_tbl_no;
  }
  for (int t = 0; t < 4; t++) {
    if (jpeg->quant_tbl_ptrs[t] == NULL) continue;
    header->tables_present |= 1u << t;
    memcpy(header->tables[t], jpeg->quant_tbl_ptrs[t]->quantval, sizeof header->tables[t]);
  }
}

/// Checks limits before libjpeg allocates anything of the picture's size.
static void check_limits(codec_jpeg_reader *reader) {
  struct jpeg_decompress_struct *jpeg = &reader->jpeg;
  codec_result *result = reader->result;
  int code = codec_check_size(&reader->limits, jpeg->image_width, jpeg->image_height, result);
  if (code != CODEC_OK) codec_jpeg_escape(reader, code, "");
  for (int c = 0; c < jpeg->num_components; c++) {
    reader->blocks += (int64_t)jpeg->comp_info[c].width_in_blocks *
                      (int64_t)jpeg->comp_info[c].height_in_blocks;
  }
  const int64_t coefficients = reader->blocks * DCTSIZE2 * (int64_t)sizeof(JCOEF);
  reader->many_scans = jpeg_has_multiple_scans(jpeg);
  if (reader->many_scans && coefficients > reader->limits.decoder_bytes) {
    code = codec_fail_limit(result, CODEC_LIMIT_MEMORY, coefficients,
                            reader->limits.decoder_bytes);
    codec_jpeg_escape(reader, code, "");
  }
}

void codec_jpeg_take_header(codec_jpeg_reader *reader) {
  choose_space(reader);
  take_header(reader);
  check_limits(reader);
}
