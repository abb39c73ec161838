#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "compression.h"

#ifdef CONVFILTER_HAS_ISAL
#include <isa-l.h>
#endif

size_t codec_deflate_bound(size_t count) {
  // Stored blocks at worst: 5 bytes for each 16 KiB and more for headers and flushes.
  return count + count / 64 + 8192;
}

#ifdef CONVFILTER_HAS_ISAL
static size_t deflate_isal(int level, const uint8_t *dictionary, size_t dictionary_count,
                           const uint8_t *bytes, size_t count, uint8_t *output) {
  static const uint32_t needed[] = {ISAL_DEF_LVL1_DEFAULT, ISAL_DEF_LVL1_DEFAULT,
                                    ISAL_DEF_LVL2_DEFAULT, ISAL_DEF_LVL3_DEFAULT};
  struct isal_zstream *stream = malloc(sizeof *stream + needed[level]);
  if (stream == NULL) return 0;
  isal_deflate_init(stream);
  // ISA-L's level 0 has a fixed code made for text, which makes filtered rows longer.
  stream->level = level == 0 ? 1 : (uint32_t)level;
  stream->level_buf = (uint8_t *)(stream + 1);
  stream->level_buf_size = needed[level];
  stream->gzip_flag = IGZIP_DEFLATE;
  if (dictionary_count > 0) {
    isal_deflate_set_dict(stream, (uint8_t *)dictionary, (uint32_t)dictionary_count);
  }
  stream->next_in = (uint8_t *)bytes;
  stream->avail_in = (uint32_t)count;
  stream->next_out = output;
  stream->avail_out = (uint32_t)codec_deflate_bound(count);
  stream->end_of_stream = 0;
  stream->flush = SYNC_FLUSH;
  const int code = isal_deflate(stream);
  const size_t written =
      code == COMP_OK && stream->avail_in == 0 && stream->avail_out > 0 ? stream->total_out : 0;
  free(stream);
  return written;
}
#endif

static size_t deflate_zlib(int level, int strategy, const uint8_t *dictionary,
                           size_t dictionary_count, const uint8_t *bytes, size_t count,
                           uint8_t *output) {
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  if (deflateInit2(&stream, level, Z_DEFLATED, -15, 8, strategy) != Z_OK) return 0;
  if (dictionary_count > 0) deflateSetDictionary(&stream, dictionary, (uInt)dictionary_count);
  stream.next_in = (Bytef *)bytes;
  stream.avail_in = (uInt)count;
  stream.next_out = output;
  stream.avail_out = (uInt)codec_deflate_bound(count);
  const int code = deflate(&stream, Z_SYNC_FLUSH);
  const size_t written =
      code == Z_OK && stream.avail_in == 0 && stream.avail_out > 0 ? stream.total_out : 0;
  deflateEnd(&stream);
  return written;
}

size_t codec_deflate_part(int level, const uint8_t *dictionary, size_t dictionary_count,
                          const uint8_t *bytes, size_t count, uint8_t *output) {
#ifdef CONVFILTER_HAS_ISAL
  if (level <= 3) {
    return deflate_isal(level, dictionary, dictionary_count, bytes, count, output);
  }
#endif
  const int strategy = level == 0 ? Z_RLE : Z_FILTERED;
  return deflate_zlib(level == 0 ? 1 : level, strategy, dictionary, dictionary_count, bytes, count,
                      output);
}
