#include "smallest_deflate.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "compression.h"
#include "shortest_deflate.h"

// The shortest way to say a block, which zlib does not look for, makes 3 % less of photographs than its level 9,
// and 5 % less of drawings. shortest_deflate.c finds one that is about as short as that of libdeflate's level 12 (up
// to 1 % longer for photographs, 1 to 4 % shorter for drawings), in two fifths of its time for photographs, a quarter
// for drawings. libdeflate estimates, writes drafts, and helps with few bytes. It has no flush, so that parts deflated
// apart could not be joined: the blocks of a draft are found by inflating, the last one is told that it is not, and an
// empty stored block leads to a byte boundary.

#ifdef CONVFILTER_HAS_DEFLATE

#include <libdeflate.h>
#ifdef CONVFILTER_HAS_ISAL
#include <isa-l.h>
#endif

#include "library.h"

#define DEFLATE_FUNCTIONS(F)      \
  F(libdeflate_alloc_compressor)  \
  F(libdeflate_deflate_compress)  \
  F(libdeflate_free_compressor)

static struct {
  DEFLATE_FUNCTIONS(LIBRARY_POINTER)
} table;
static char message[LIBRARY_MESSAGE];

static void load(void) {
  static const codec_library_slot slots[] = {DEFLATE_FUNCTIONS(LIBRARY_FETCH)};
  static const char *const names[] = {"libdeflate.so.0", "libdeflate.0.dylib", "libdeflate.so",
                                      NULL};
  codec_library_load(names, slots, sizeof slots / sizeof *slots, message);
}

int codec_has_deflate(void) { return 1; }

int codec_deflate_is_there(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  codec_result result = {0};
  return codec_library_is_there(&once, load, message, &result);
}

enum { QUICK, MEDIUM, UTMOST, COMPRESSORS };

/// Up to so many bytes are few enough to be deflated by libdeflate, too, and in all of zlib's ways.
enum { FEW_BYTES = 64 << 10, VERY_FEW_BYTES = 4 << 10 };

struct codec_smallest {
  codec_shortest *shortest;
  struct libdeflate_compressor *compressors[COMPRESSORS];
#ifdef CONVFILTER_HAS_ISAL
  uint8_t isal[ISAL_DEF_LVL1_DEFAULT];
#endif
  uint8_t *room;  // for what is only measured
  size_t capacity;
};

static struct libdeflate_compressor *compressor(codec_smallest *smallest, int which) {
  static const int levels[COMPRESSORS] = {1, 7, 12};
  if (smallest->compressors[which] == NULL) {
    smallest->compressors[which] = table.libdeflate_alloc_compressor(levels[which]);
  }
  return smallest->compressors[which];
}

static codec_shortest *shortest(codec_smallest *smallest) {
  if (smallest->shortest == NULL) smallest->shortest = codec_shortest_open();
  return smallest->shortest;
}

codec_smallest *codec_smallest_open(void) {
  return codec_deflate_is_there() ? calloc(1, sizeof(codec_smallest)) : NULL;
}

#ifdef CONVFILTER_HAS_ISAL
/// In half the time of libdeflate's first level.
static size_t estimate_roughly(codec_smallest *smallest, const uint8_t *bytes, size_t count, size_t bound) {
  struct isal_zstream stream;
  isal_deflate_stateless_init(&stream);
  stream.level = 1;
  stream.level_buf = smallest->isal;
  stream.level_buf_size = sizeof smallest->isal;
  stream.next_in = (uint8_t *)(uintptr_t)bytes;
  stream.avail_in = (uint32_t)count;
  stream.next_out = smallest->room;
  stream.avail_out = (uint32_t)bound;
  stream.end_of_stream = 1;
  return isal_deflate_stateless(&stream) == COMP_OK ? stream.total_out : count;
}
#endif

/// Sees to it that there is room for what becomes of `count` bytes.
static int reserve(codec_smallest *smallest, size_t count) {
  const size_t bound = codec_deflate_bound(count);
  if (smallest->capacity >= bound) return 1;
  free(smallest->room);
  smallest->room = malloc(bound);
  smallest->capacity = smallest->room == NULL ? 0 : bound;
  return smallest->room != NULL;
}

size_t codec_smallest_estimate(codec_smallest *smallest, const uint8_t *bytes, size_t count,
                               codec_smallest_care care) {
  if (!reserve(smallest, count)) return count;
  const size_t bound = codec_deflate_bound(count);
#ifdef CONVFILTER_HAS_ISAL
  if (care == CODEC_ROUGHLY) return estimate_roughly(smallest, bytes, count, bound);
#endif
  if (care == CODEC_EXACTLY && count > VERY_FEW_BYTES && shortest(smallest) != NULL) {
    return codec_shortest_deflate(smallest->shortest, bytes, count, 1, smallest->room);
  }
  struct libdeflate_compressor *used =
      compressor(smallest, care == CODEC_EXACTLY ? UTMOST : care == CODEC_CLOSELY ? MEDIUM : QUICK);
  if (used == NULL) return count;
  const size_t length =
      table.libdeflate_deflate_compress(used, bytes, count, smallest->room, bound);
  return length == 0 ? count : length;
}

/// Finds the first bit of the last block of a stream, and the first behind it.
static int find_last_block(const uint8_t *bytes, size_t count, uint64_t *first, uint64_t *end) {
  z_stream stream = {0};
  if (inflateInit2(&stream, -15) != Z_OK) return 0;
  uint8_t *sink = malloc(1 << 16);
  stream.next_in = (Bytef *)bytes;
  stream.avail_in = (uInt)count;
  int found = 0;
  *first = 0;
  while (sink != NULL && !found) {
    stream.next_out = sink;
    stream.avail_out = 1 << 16;
    if (inflate(&stream, Z_BLOCK) != Z_OK) break;
    if ((stream.data_type & 128) == 0) continue;
    // At the end of a block: bits of the last byte that are not used, and whether it was the last.
    const uint64_t place = 8 * (uint64_t)stream.total_in - (uint64_t)(stream.data_type & 7);
    if (stream.data_type & 64) {
      *end = place;
      found = 1;
    } else {
      *first = place;
    }
  }
  free(sink);
  inflateEnd(&stream);
  return found;
}

/// Deflates as libdeflate does, and sees to it that the last block is not the last of its stream.
static size_t draft_part(codec_smallest *smallest, const uint8_t *bytes, size_t count, uint8_t *output) {
  struct libdeflate_compressor *medium = compressor(smallest, MEDIUM);
  if (medium == NULL) return 0;
  const size_t length = table.libdeflate_deflate_compress(medium, bytes, count, output,
                                                          codec_deflate_bound(count) - 8);
  uint64_t first, end;
  if (length == 0 || !find_last_block(output, length, &first, &end)) return 0;
  output[first >> 3] &= (uint8_t)~(1u << (first & 7));
  // Three bits of zeros begin the empty block, more fill the byte; its length follows, once inverted.
  const size_t whole = (size_t)((end + 3 + 7) >> 3), used = (size_t)(end >> 3);
  output[used] = (end & 7) == 0 ? 0 : output[used] & (uint8_t)((1u << (end & 7)) - 1);
  memset(output + used + 1, 0, whole - used);
  static const uint8_t tail[4] = {0, 0, 0xff, 0xff};
  memcpy(output + whole, tail, sizeof tail);
  return whole + sizeof tail;
}

size_t codec_smallest_part(codec_smallest *smallest, const uint8_t *bytes, size_t count,
                           int is_draft, uint8_t *output) {
  if (count > UINT32_MAX / 2) return 0;
  if (is_draft) return draft_part(smallest, bytes, count, output);
  if (shortest(smallest) == NULL) return 0;
  return codec_shortest_deflate(smallest->shortest, bytes, count, 0, output);
}

/// Deflates with zlib to fewer bytes than `most`; 0 where that does not succeed.
static size_t try_zlib(const uint8_t *bytes, size_t count, int strategy, uint8_t *output, size_t most) {
  z_stream stream = {0};
  if (most < 2 || deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, strategy) != Z_OK) return 0;
  stream.next_in = (Bytef *)(uintptr_t)bytes;
  stream.avail_in = (uInt)count;
  stream.next_out = output;
  stream.avail_out = (uInt)most - 1;
  const int code = deflate(&stream, Z_FINISH);
  const size_t length = stream.total_out;
  deflateEnd(&stream);
  return code == Z_STREAM_END ? length : 0;
}

/// A short block lives by its codes more than by its matches: one way or another makes a byte or two less here and
/// there (zlib's of 183 icons and test pictures of under 4 KiB: 0.3 %).
static size_t shorten(codec_smallest *smallest, const uint8_t *bytes, size_t count, uint8_t *output,
                      size_t least) {
  static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_RLE, Z_FIXED};
  struct libdeflate_compressor *utmost = compressor(smallest, UTMOST);
  if (utmost == NULL) return 0;
  for (int i = -1; i < (count > VERY_FEW_BYTES ? 0 : 4); i++) {
    const size_t length =
        i < 0 ? table.libdeflate_deflate_compress(utmost, bytes, count, smallest->room, smallest->capacity)
              : try_zlib(bytes, count, strategies[i], smallest->room, least);
    if (length == 0 || length >= least) continue;
    memcpy(output, smallest->room, length);
    least = length;
  }
  return least;
}

size_t codec_smallest_whole(codec_smallest *smallest, const uint8_t *bytes, size_t count,
                            int is_draft, uint8_t *output) {
  if (count > UINT32_MAX / 2 || !reserve(smallest, count)) return 0;
  if (is_draft) {
    struct libdeflate_compressor *medium = compressor(smallest, MEDIUM);
    if (medium == NULL) return 0;
    return table.libdeflate_deflate_compress(medium, bytes, count, output, codec_deflate_bound(count) - 8);
  }
  if (shortest(smallest) == NULL) return 0;
  const size_t length = codec_shortest_deflate(smallest->shortest, bytes, count, 1, output);
  // Of a drawing libdeflate would take more than twice as long, and gain nothing.
  const int is_drawing = count > VERY_FEW_BYTES && length < count / 8;
  return count > FEW_BYTES || is_drawing ? length : shorten(smallest, bytes, count, output, length);
}

void codec_smallest_close(codec_smallest *smallest) {
  if (smallest == NULL) return;
  for (int i = 0; i < COMPRESSORS; i++) {
    if (smallest->compressors[i] != NULL) {
      table.libdeflate_free_compressor(smallest->compressors[i]);
    }
  }
  codec_shortest_close(smallest->shortest);
  free(smallest->room);
  free(smallest);
}

#else

int codec_has_deflate(void) { return 0; }
int codec_deflate_is_there(void) { return 0; }
codec_smallest *codec_smallest_open(void) { return NULL; }

size_t codec_smallest_part(codec_smallest *smallest, const uint8_t *bytes, size_t count,
                           int is_draft, uint8_t *output) {
  (void)smallest, (void)bytes, (void)count, (void)is_draft, (void)output;
  return 0;
}

size_t codec_smallest_whole(codec_smallest *smallest, const uint8_t *bytes, size_t count,
                            int is_draft, uint8_t *output) {
  (void)smallest, (void)bytes, (void)count, (void)is_draft, (void)output;
  return 0;
}

size_t codec_smallest_estimate(codec_smallest *smallest, const uint8_t *bytes, size_t count,
                               codec_smallest_care care) {
  (void)smallest, (void)bytes, (void)care;
  return count;
}

void codec_smallest_close(codec_smallest *smallest) { (void)smallest; }

#endif
