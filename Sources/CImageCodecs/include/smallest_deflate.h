#ifndef SMALLEST_DEFLATE_H
#define SMALLEST_DEFLATE_H

#include "codec_result.h"

/// Whether the program was built with libdeflate.
int codec_has_deflate(void);

/// Whether libdeflate can be loaded.
int codec_deflate_is_there(void);

/// The memory of the search and of libdeflate, to be used again and again, by one thread at a time.
typedef struct codec_smallest codec_smallest;

/// NULL: no memory, or no libdeflate.
codec_smallest *codec_smallest_open(void);

/// Deflates `count` bytes into a run of blocks that ends at a byte boundary and is not the last of its
/// stream, with the search for the shortest path that zlib does not have.
///
/// - is_draft: whether only the size is to be known, about; in a fraction of the time.
/// - output: room for `codec_deflate_bound(count)` bytes.
/// Returns the number of bytes, or 0 when memory ran out.
size_t codec_smallest_part(codec_smallest *smallest, const uint8_t *bytes, size_t count,
                           int is_draft, uint8_t *output);

/// Deflates `count` bytes into a stream of their own; few of them in every way there is.
///
/// - is_draft, output: as above.
/// Returns the number of bytes, or 0 when memory ran out.
size_t codec_smallest_whole(codec_smallest *smallest, const uint8_t *bytes, size_t count,
                            int is_draft, uint8_t *output);

/// How well the number of bytes is to be known: closely takes about six times as long as quickly, roughly half of it
/// where ISA-L is there; exactly is what becomes of them in the end, or of few bytes what the highest level makes.
typedef enum { CODEC_ROUGHLY, CODEC_QUICKLY, CODEC_CLOSELY, CODEC_EXACTLY } codec_smallest_care;

/// About how many bytes become of these; `count` where nothing is known.
size_t codec_smallest_estimate(codec_smallest *smallest, const uint8_t *bytes, size_t count,
                               codec_smallest_care care);

void codec_smallest_close(codec_smallest *smallest);

#endif
