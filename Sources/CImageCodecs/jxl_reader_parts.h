#ifndef JXL_READER_PARTS_H
#define JXL_READER_PARTS_H

#include "whole_parts.h"

#ifdef CONVFILTER_HAS_JXL

#include "jxl_library.h"

/// Why decoding ended.
int codec_jxl_fail(JxlDecoderStatus status, codec_result *result);

/// A decoder of the file that stops at some events, or NULL with the reason.
JxlDecoder *codec_jxl_open_decoder(const codec_whole_reader *reader, int events,
                                   codec_result *result);

/// Names what the last bytes of the file hold, unless they are zeros.
void codec_jxl_note_behind(codec_whole_reader *reader, size_t count);

#endif
#endif
