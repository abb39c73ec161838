#include "jxl_reader_parts.h"

#ifdef CONVFILTER_HAS_JXL

int codec_jxl_fail(JxlDecoderStatus status, codec_result *result) {
  if (status == JXL_DEC_NEED_MORE_INPUT) {
    return codec_fail(result, CODEC_TRUNCATED, "the file ends within the picture's data");
  }
  return codec_fail(result, CODEC_DAMAGED, "libjxl cannot decode it");
}

JxlDecoder *codec_jxl_open_decoder(const codec_whole_reader *reader, int events,
                                   codec_result *result) {
  JxlDecoder *decoder = codec_jxl.JxlDecoderCreate(NULL);
  if (decoder == NULL) {
    codec_fail(result, CODEC_NO_MEMORY, "no memory for a decoder");
    return NULL;
  }
  if (reader->runner != NULL) {
    codec_jxl.JxlDecoderSetParallelRunner(decoder, codec_jxl_threads.JxlThreadParallelRunner,
                                          reader->runner);
  }
  codec_jxl.JxlDecoderSubscribeEvents(decoder, events);
  codec_jxl.JxlDecoderSetUnpremultiplyAlpha(decoder, JXL_TRUE);
  codec_jxl.JxlDecoderSetInput(decoder, reader->file, reader->file_count);
  codec_jxl.JxlDecoderCloseInput(decoder);
  return decoder;
}

void codec_jxl_note_behind(codec_whole_reader *reader, size_t count) {
  for (size_t i = reader->file_count - count; i < reader->file_count; i++) {
    if (reader->file[i] == 0) continue;
    codec_warn(&reader->others, "data behind the picture");
    return;
  }
}

void codec_jxl_forget(codec_whole_reader *reader) {
  if (reader->state != NULL) codec_jxl.JxlDecoderDestroy(reader->state);
  reader->state = NULL;
  codec_jxl_runner_close(reader->runner);
  reader->runner = NULL;
}

/// A decoder that comes to the page next: the one that decoded the page before, or a new one.
static JxlDecoder *decoder_at_page(codec_whole_reader *reader, codec_result *result) {
  JxlDecoder *decoder = reader->state;
  reader->state = NULL;
  if (decoder != NULL && reader->upcoming == reader->page) return decoder;
  if (decoder != NULL) codec_jxl.JxlDecoderDestroy(decoder);
  if (reader->runner == NULL) {
    reader->runner =
        codec_jxl_runner_open(reader->threads, reader->header.width, reader->header.height);
  }
  decoder = codec_jxl_open_decoder(reader, JXL_DEC_FULL_IMAGE, result);
  if (decoder != NULL && reader->page > 1) {
    codec_jxl.JxlDecoderSkipFrames(decoder, (size_t)reader->page - 1);
  }
  return decoder;
}

int codec_jxl_decode(codec_whole_reader *reader, codec_result *result) {
  const codec_whole_header *header = &reader->header;
  const JxlPixelFormat format = {
      (uint32_t)header->channels, header->sample_bytes == 2 ? JXL_TYPE_UINT16 : JXL_TYPE_UINT8,
      JXL_NATIVE_ENDIAN, 0};
  const size_t bytes = codec_whole_row_bytes(reader) * header->height;
  JxlDecoder *decoder = decoder_at_page(reader, result);
  if (decoder == NULL) return result->code;
  int has_buffer = 0;
  for (;;) {
    const JxlDecoderStatus status = codec_jxl.JxlDecoderProcessInput(decoder);
    if (status == JXL_DEC_NEED_IMAGE_OUT_BUFFER && !has_buffer) {
      size_t needed = 0;
      codec_jxl.JxlDecoderImageOutBufferSize(decoder, &format, &needed);
      has_buffer = needed <= bytes &&
                   codec_jxl.JxlDecoderSetImageOutBuffer(decoder, &format, reader->pixels, bytes) ==
                       JXL_DEC_SUCCESS;
      if (!has_buffer) {
        codec_jxl_fail(JXL_DEC_ERROR, result);
        break;
      }
      continue;
    }
    if (status == JXL_DEC_FULL_IMAGE) {
      // Only behind the last picture libjxl comes to the end; the end of boxes is known.
      if (reader->page == header->pages && reader->file[0] == 0xff &&
          codec_jxl.JxlDecoderProcessInput(decoder) == JXL_DEC_SUCCESS) {
        codec_jxl_note_behind(reader, codec_jxl.JxlDecoderReleaseInput(decoder));
      }
      break;
    }
    if (has_buffer && reader->tolerate) codec_jxl.JxlDecoderFlushImage(decoder);
    codec_jxl_fail(status, result);
    break;
  }
  if (result->code == CODEC_OK && reader->page < reader->header.pages) {
    reader->state = decoder;
    reader->upcoming = reader->page + 1;
  } else {
    codec_jxl.JxlDecoderDestroy(decoder);
  }
  return result->code;
}

#else

void codec_jxl_forget(codec_whole_reader *reader) { (void)reader; }

int codec_jxl_decode(codec_whole_reader *reader, codec_result *result) {
  return codec_jxl_inspect(reader, result);
}

#endif
