#ifndef BYTE_SINK_H
#define BYTE_SINK_H

#include "codec_result.h"

/// Where the bytes of a file go: a descriptor (pipes too), with a buffer before it, or memory.
typedef struct codec_sink codec_sink;

/// Writes to `descriptor` where it stands; the caller keeps it open. NULL: no memory.
codec_sink *codec_sink_open_descriptor(int descriptor);

/// Collects bytes. NULL: no memory.
codec_sink *codec_sink_open_memory(void);

/// Adds bytes.
int codec_sink_write(codec_sink *sink, const uint8_t *bytes, size_t count, codec_result *result);

/// Hands what the buffer still holds to the descriptor.
int codec_sink_flush(codec_sink *sink, codec_result *result);

/// Whether `codec_sink_patch` can be done: in memory, and in files that are not only appended to.
int codec_sink_can_patch(const codec_sink *sink);

/// Overwrites bytes that are there, `offset` behind where the sink was opened; flush before.
int codec_sink_patch(codec_sink *sink, int64_t offset, const uint8_t *bytes, size_t count,
                     codec_result *result);

/// The bytes collected in memory.
const uint8_t *codec_sink_bytes(const codec_sink *sink, size_t *count);

void codec_sink_close(codec_sink *sink);

#endif
