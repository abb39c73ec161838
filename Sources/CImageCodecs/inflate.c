#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "compression.h"

#ifdef CONVFILTER_HAS_ISAL
#include <isa-l.h>

struct codec_inflater {
  struct inflate_state state;
  codec_wrap wrap;
  uint8_t header[2];  // of zlib
  int header_count;
  int ended;
  const char *message;
};

codec_inflater *codec_inflater_open(codec_wrap wrap) {
  codec_inflater *inflater = malloc(sizeof *inflater);
  if (inflater == NULL) return NULL;
  isal_inflate_init(&inflater->state);
  // The header of zlib is read here, as zlib would: ISA-L's own reader is laxer.
  inflater->state.crc_flag = wrap == CODEC_WRAP_ZLIB ? ISAL_ZLIB_NO_HDR_VER : ISAL_GZIP;
  inflater->wrap = wrap;
  inflater->header_count = 0;
  inflater->ended = 0;
  inflater->message = "";
  return inflater;
}

static const char *header_fault(const uint8_t header[2]) {
  if ((header[0] * 256 + header[1]) % 31 != 0) return "incorrect header check";
  if ((header[0] & 15) != 8) return "unknown compression method";
  if (header[0] >> 4 > 7) return "invalid window size";
  if ((header[1] & 0x20) != 0) return "missing LZ dictionary";
  return NULL;
}

static const char *isal_message(int code) {
  switch (code) {
    case ISAL_INVALID_BLOCK: return "invalid deflate block";
    case ISAL_INVALID_SYMBOL: return "invalid deflate symbol";
    case ISAL_INVALID_LOOKBACK: return "invalid distance too far back";
    case ISAL_INVALID_WRAPPER: return "incorrect header check";
    case ISAL_UNSUPPORTED_METHOD: return "unknown compression method";
    case ISAL_INCORRECT_CHECKSUM: return "incorrect data check";
    default: return "missing LZ dictionary";
  }
}

codec_inflate_state codec_inflater_run(codec_inflater *inflater, const uint8_t **input,
                                       size_t *input_count, uint8_t **output,
                                       size_t *output_count) {
  struct inflate_state *state = &inflater->state;
  while (inflater->wrap == CODEC_WRAP_ZLIB && inflater->header_count < 2) {
    if (*input_count == 0) return CODEC_INFLATE_WANTS_INPUT;
    inflater->header[inflater->header_count++] = *(*input)++;
    --*input_count;
    if (inflater->header_count == 2) {
      inflater->message = header_fault(inflater->header);
      if (inflater->message != NULL) return CODEC_INFLATE_FAILED;
      inflater->message = "";
      state->hist_bits = (uint32_t)(inflater->header[0] >> 4) + 8;
    }
  }
  const size_t most = 1u << 30;
  const size_t in = *input_count < most ? *input_count : most;
  const size_t out = *output_count < most ? *output_count : most;
  state->next_in = (uint8_t *)*input;
  state->avail_in = (uint32_t)in;
  state->next_out = *output;
  state->avail_out = (uint32_t)out;
  const int code = isal_inflate(state);
  // At the end ISA-L gives back the bytes that it held (eight at most), those of an earlier call
  // too. After a failure its count of bytes means nothing.
  int64_t taken = (int64_t)in - (int64_t)state->avail_in;
  if (code < 0 && (taken < 0 || taken > (int64_t)in)) taken = 0;
  if (taken < 0 && (inflater->wrap == CODEC_WRAP_ZLIB || taken < -8)) taken = 0;
  *input += taken;
  *input_count = (size_t)((int64_t)*input_count - taken);
  *output += out - state->avail_out;
  *output_count -= out - state->avail_out;
  if (code < 0 || code == ISAL_NEED_DICT) {
    inflater->message = isal_message(code);
    return CODEC_INFLATE_FAILED;
  }
  if (state->block_state == ISAL_BLOCK_FINISH) return CODEC_INFLATE_ENDED;
  return *output_count == 0 ? CODEC_INFLATE_WANTS_OUTPUT : CODEC_INFLATE_WANTS_INPUT;
}

void codec_inflater_close(codec_inflater *inflater) { free(inflater); }

#else

struct codec_inflater {
  z_stream stream;
  const char *message;
};

codec_inflater *codec_inflater_open(codec_wrap wrap) {
  codec_inflater *inflater = calloc(1, sizeof *inflater);
  if (inflater == NULL) return NULL;
  inflater->message = "";
  // 0: the window that the header names; 16: gzip.
  if (inflateInit2(&inflater->stream, wrap == CODEC_WRAP_ZLIB ? 0 : 16 + 15) != Z_OK) {
    free(inflater);
    return NULL;
  }
  return inflater;
}

codec_inflate_state codec_inflater_run(codec_inflater *inflater, const uint8_t **input,
                                       size_t *input_count, uint8_t **output,
                                       size_t *output_count) {
  z_stream *stream = &inflater->stream;
  const size_t most = 1u << 30;
  const size_t in = *input_count < most ? *input_count : most;
  const size_t out = *output_count < most ? *output_count : most;
  stream->next_in = (Bytef *)*input;
  stream->avail_in = (uInt)in;
  stream->next_out = *output;
  stream->avail_out = (uInt)out;
  const int code = inflate(stream, Z_NO_FLUSH);
  *input += in - stream->avail_in;
  *input_count -= in - stream->avail_in;
  *output += out - stream->avail_out;
  *output_count -= out - stream->avail_out;
  if (code == Z_STREAM_END) return CODEC_INFLATE_ENDED;
  if (code != Z_OK && code != Z_BUF_ERROR) {
    inflater->message = code == Z_NEED_DICT      ? "missing LZ dictionary"
                        : code == Z_MEM_ERROR    ? "no memory"
                        : stream->msg != NULL    ? stream->msg
                                                 : "invalid data";
    return CODEC_INFLATE_FAILED;
  }
  return *output_count == 0 ? CODEC_INFLATE_WANTS_OUTPUT : CODEC_INFLATE_WANTS_INPUT;
}

void codec_inflater_close(codec_inflater *inflater) {
  if (inflater == NULL) return;
  inflateEnd(&inflater->stream);
  free(inflater);
}

#endif

const char *codec_inflater_message(const codec_inflater *inflater) { return inflater->message; }
