#ifndef SHORTEST_DEFLATE_H
#define SHORTEST_DEFLATE_H

#include "codec_result.h"

/// The memory of the search for short streams (6 MB), to be used again and again, by one thread at a time.
typedef struct codec_shortest codec_shortest;

/// NULL: no memory.
codec_shortest *codec_shortest_open(void);

/// Deflates bytes along the path through all matches found that costs the fewest bits, about.
///
/// The same bytes become the same stream whatever was deflated before, in time that is linear in their number.
///
/// - is_last: whether the stream ends here; else an empty stored block leads to a byte boundary, where
///   another part may follow.
/// - output: room for `codec_deflate_bound(count)` bytes.
/// Returns the number of bytes.
size_t codec_shortest_deflate(codec_shortest *shortest, const uint8_t *bytes, size_t count, int is_last,
                              uint8_t *output);

void codec_shortest_close(codec_shortest *shortest);

#endif
