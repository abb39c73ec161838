#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "compression.h"

#ifdef CONVFILTER_HAS_ISAL
#include <isa-l.h>
#endif

// Why ISA-L: a photograph of 24 megapixels (72 MB of filtered rows), one core of an AMD EPYC with
// AVX-512, in parts of 512 KiB, filtering included:
//
//     level  with ISA-L              seconds   MB      without         seconds   MB
//     0      ISA-L 1, filter Up         0.19   48.0    zlib, Z_RLE, Up    0.56   47.9
//     1      ISA-L 1                    0.21   46.4    zlib 1             1.11   49.0
//     2      ISA-L 2                    0.23   46.6    zlib 2             1.24   49.0
//     3      ISA-L 3                    0.27   46.6    zlib 3             1.24   49.0
//     6      zlib 6                     2.22   46.0    the same
//
// libdeflate lies between (three times ISA-L's time at its level 1), but has neither a dictionary
// nor a flush, so that parts deflated apart could not be joined into one stream. ISA-L's own level
// 0 has a fixed code made for text, which makes filtered rows longer than they were. From level 4
// on zlib's search pays for drawings and text, where it finds what ISA-L's shallow one does not.

size_t codec_deflate_bound(size_t count) {
  // Stored blocks at worst: 5 bytes for each 16 KiB and more for headers and flushes.
  return count + count / 64 + 8192;
}

struct codec_deflater {
  int level;
  int has_zlib;
  z_stream zlib;
#ifdef CONVFILTER_HAS_ISAL
  struct isal_zstream isal;
  uint32_t buffer_size;
  uint8_t buffer[];
#endif
};

codec_deflater *codec_deflater_open(int level) {
  codec_deflater *deflater;
#ifdef CONVFILTER_HAS_ISAL
  if (level <= 3) {
    static const uint32_t needed[] = {ISAL_DEF_LVL1_DEFAULT, ISAL_DEF_LVL1_DEFAULT,
                                      ISAL_DEF_LVL2_DEFAULT, ISAL_DEF_LVL3_DEFAULT};
    deflater = malloc(sizeof *deflater + needed[level]);
    if (deflater == NULL) return NULL;
    deflater->level = level;
    deflater->has_zlib = 0;
    deflater->buffer_size = needed[level];
    return deflater;
  }
#endif
  deflater = calloc(1, sizeof *deflater);
  if (deflater == NULL) return NULL;
  deflater->level = level;
  const int code = deflateInit2(&deflater->zlib, level == 0 ? 1 : level, Z_DEFLATED, -15, 8,
                                level == 0 ? Z_RLE : Z_FILTERED);
  if (code != Z_OK) {
    free(deflater);
    return NULL;
  }
  deflater->has_zlib = 1;
  return deflater;
}

#ifdef CONVFILTER_HAS_ISAL
/// The most bytes at the start of a stream that are stored as they are.
enum { STORED = 16 };

/// Stores the first bytes of a stream in a block of their own: 5 bytes of header, then they.
///
/// At the start of a stream ISA-L's loop for levels 1 and 2 (of 2.30) enters a byte into its table under
/// a hash of the stream's own address: in one place of some thousand another match is found then, and
/// the same rows become other bytes from run to run. Where a dictionary goes before it, it does not;
/// so the first bytes are that for the others.
static size_t store_first_bytes(const uint8_t *bytes, size_t count, uint8_t *output) {
  const uint8_t header[] = {0, (uint8_t)count, 0, (uint8_t)~count, 0xff};
  memcpy(output, header, sizeof header);
  memcpy(output + sizeof header, bytes, count);
  return sizeof header + count;
}

static size_t deflate_isal(codec_deflater *deflater, const uint8_t *dictionary,
                           size_t dictionary_count, const uint8_t *bytes, size_t count,
                           uint8_t *output) {
  const size_t room = codec_deflate_bound(count);
  size_t stored = 0;
  if (dictionary_count == 0 && count > 0 && deflater->level < 3) {
    dictionary = bytes;
    dictionary_count = count < STORED ? count : STORED;
    stored = store_first_bytes(bytes, dictionary_count, output);
    bytes += dictionary_count;
    count -= dictionary_count;
  }
  struct isal_zstream *stream = &deflater->isal;
  isal_deflate_init(stream);
  stream->level = deflater->level == 0 ? 1 : (uint32_t)deflater->level;
  stream->level_buf = deflater->buffer;
  stream->level_buf_size = deflater->buffer_size;
  stream->gzip_flag = IGZIP_DEFLATE;
  if (dictionary_count > 0) {
    isal_deflate_set_dict(stream, (uint8_t *)dictionary, (uint32_t)dictionary_count);
  }
  stream->next_in = (uint8_t *)bytes;
  stream->avail_in = (uint32_t)count;
  stream->next_out = output + stored;
  stream->avail_out = (uint32_t)(room - stored);
  stream->end_of_stream = 0;
  stream->flush = SYNC_FLUSH;
  const int code = isal_deflate(stream);
  const int done = code == COMP_OK && stream->avail_in == 0 && stream->avail_out > 0;
  return done ? stored + stream->total_out : 0;
}
#endif

static size_t deflate_zlib(codec_deflater *deflater, const uint8_t *dictionary,
                           size_t dictionary_count, const uint8_t *bytes, size_t count,
                           uint8_t *output) {
  z_stream *stream = &deflater->zlib;
  if (deflateReset(stream) != Z_OK) return 0;
  if (dictionary_count > 0) deflateSetDictionary(stream, dictionary, (uInt)dictionary_count);
  stream->next_in = (Bytef *)bytes;
  stream->avail_in = (uInt)count;
  stream->next_out = output;
  stream->avail_out = (uInt)codec_deflate_bound(count);
  const int code = deflate(stream, Z_SYNC_FLUSH);
  const int done = code == Z_OK && stream->avail_in == 0 && stream->avail_out > 0;
  return done ? stream->total_out : 0;
}

size_t codec_deflater_part(codec_deflater *deflater, const uint8_t *dictionary,
                           size_t dictionary_count, const uint8_t *bytes, size_t count,
                           uint8_t *output) {
#ifdef CONVFILTER_HAS_ISAL
  if (!deflater->has_zlib) {
    return deflate_isal(deflater, dictionary, dictionary_count, bytes, count, output);
  }
#endif
  return deflate_zlib(deflater, dictionary, dictionary_count, bytes, count, output);
}

void codec_deflater_close(codec_deflater *deflater) {
  if (deflater == NULL) return;
  if (deflater->has_zlib) deflateEnd(&deflater->zlib);
  free(deflater);
}
