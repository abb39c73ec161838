#ifndef BYTE_SOURCE_H
#define BYTE_SOURCE_H

#include "codec_result.h"

/// Bytes of a file, from a descriptor (pipes too) or from memory.
typedef struct codec_source codec_source;

/// Reads `descriptor` from where it stands; the caller keeps it open. NULL: no memory.
codec_source *codec_source_open_descriptor(int descriptor);

/// As above, of a pipe from which `count` (≤ 4096) bytes have been read already: they come first.
codec_source *codec_source_open_begun(int descriptor, const uint8_t *bytes, size_t count);

/// Copies `count` bytes. NULL: no memory.
codec_source *codec_source_open_memory(const uint8_t *bytes, size_t count);

/// Makes at least `wanted` (≤ 4096) bytes visible unless the file ends before.
///
/// Returns how many are visible.
size_t codec_source_peek(codec_source *source, size_t wanted, const uint8_t **bytes);

/// Makes at least one byte visible; returns how many are, 0 at the end or after a failure.
size_t codec_source_view(codec_source *source, const uint8_t **bytes);

/// Passes over `count` visible bytes.
void codec_source_skip(codec_source *source, size_t count);

/// Copies the next bytes; returns how many, fewer than `count` at the end or after a failure.
size_t codec_source_read(codec_source *source, uint8_t *bytes, size_t count);

/// Whether a byte other than 0 is left; reads on, and passes over the zeros.
int codec_source_holds_more(codec_source *source);

/// As above, but for the bytes at the offsets `from` to before `to`.
int codec_source_holds_more_beside(codec_source *source, int64_t from, int64_t to);

/// Copies `count` bytes that stand `offset` behind where the source was opened, wherever it is; 0 where they
/// are not all there, or it cannot be gone to (pipes).
int codec_source_copy(const codec_source *source, int64_t offset, uint8_t *bytes, size_t count);

/// errno of the read that failed, or 0.
int codec_source_error(const codec_source *source);

/// Size of the whole file in bytes, or -1 where it is not known (pipes).
int64_t codec_source_size(const codec_source *source);

/// Goes back to where the source was opened; 0 where that cannot be done (pipes).
int codec_source_rewind(codec_source *source);

/// Goes to `offset` bytes behind where the source was opened; 0 where that cannot be done (pipes).
int codec_source_seek(codec_source *source, int64_t offset);

/// How many bytes behind where the source was opened the next one is.
int64_t codec_source_offset(const codec_source *source);

/// Bytes from where the source was opened to the end; of a seekable one.
int64_t codec_source_length(const codec_source *source);

/// Lets `codec_source_seek` work, for pipes by reading all into memory, at most `limit` bytes. Before
/// any byte is passed over.
int codec_source_make_seekable(codec_source *source, int64_t limit, codec_result *result);

/// Reads the rest into memory, at most `limit` bytes.
int codec_source_load(codec_source *source, int64_t limit, codec_result *result);

/// The visible bytes of a source in memory, to mend them in place.
uint8_t *codec_source_bytes(codec_source *source, size_t *count);

void codec_source_close(codec_source *source);

#endif
