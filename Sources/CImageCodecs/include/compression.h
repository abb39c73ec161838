#ifndef COMPRESSION_H
#define COMPRESSION_H

#include "codec_result.h"

/// The CRC-32 of PNG and gzip, continued from `crc` (0 at first).
uint32_t codec_crc32(uint32_t crc, const uint8_t *bytes, size_t count);

/// The Adler-32 of zlib, continued from `adler` (1 at first).
uint32_t codec_adler32(uint32_t adler, const uint8_t *bytes, size_t count);

/// The Adler-32 of two parts, from theirs and the length of the second.
uint32_t codec_adler32_combine(uint32_t first, uint32_t second, size_t second_count);

/// What stands around a deflate stream.
typedef enum { CODEC_WRAP_ZLIB, CODEC_WRAP_GZIP } codec_wrap;

typedef enum {
  CODEC_INFLATE_WANTS_INPUT,
  CODEC_INFLATE_WANTS_OUTPUT,
  CODEC_INFLATE_ENDED,
  CODEC_INFLATE_FAILED
} codec_inflate_state;

/// A stream being inflated; checks the checksum behind it.
typedef struct codec_inflater codec_inflater;

/// NULL: no memory.
codec_inflater *codec_inflater_open(codec_wrap wrap);

/// Inflates from `*input` to `*output`, and moves both pointers and counts on.
///
/// Give much room for output: 32 KiB of history are copied at each call. The input of gzip must lie
/// in one block of memory: at the end of a member the input may be moved back.
codec_inflate_state codec_inflater_run(codec_inflater *inflater, const uint8_t **input,
                                       size_t *input_count, uint8_t **output,
                                       size_t *output_count);

/// What went wrong, in a few words.
const char *codec_inflater_message(const codec_inflater *inflater);

void codec_inflater_close(codec_inflater *inflater);

/// The memory of a compressor, to be used again and again, by one thread at a time.
typedef struct codec_deflater codec_deflater;

/// - level: 0 (fastest) to 9 (smallest). NULL: no memory.
codec_deflater *codec_deflater_open(int level);

/// Deflates `count` bytes into a run of blocks that ends at a byte boundary and is not the last
/// of its stream, as if `dictionary` (≤ 32 KiB) stood before them. What was deflated before with
/// the same memory makes no difference.
///
/// - output: room for `codec_deflate_bound(count)` bytes.
/// Returns the number of bytes, or 0 when memory ran out.
size_t codec_deflater_part(codec_deflater *deflater, const uint8_t *dictionary,
                           size_t dictionary_count, const uint8_t *bytes, size_t count,
                           uint8_t *output);

void codec_deflater_close(codec_deflater *deflater);

/// Room that suffices for `codec_deflater_part`.
size_t codec_deflate_bound(size_t count);

/// Whether ISA-L does the work of the fast levels and of inflating.
int codec_has_isal(void);

#endif
