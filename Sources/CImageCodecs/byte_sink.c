#include "byte_sink.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "descriptor.h"

enum { BUFFER = 64 * 1024 };

struct codec_sink {
  uint8_t *buffer;
  size_t count, capacity;
  int descriptor;  // -1: memory
  off_t start;     // -1: cannot be gone back to
};

static codec_sink *make(int descriptor, size_t capacity) {
  codec_sink *sink = calloc(1, sizeof *sink);
  if (sink == NULL) return NULL;
  sink->buffer = malloc(capacity);
  if (sink->buffer == NULL) {
    free(sink);
    return NULL;
  }
  sink->capacity = capacity;
  sink->descriptor = descriptor;
  sink->start = 0;
  if (descriptor >= 0) {
    const int flags = fcntl(descriptor, F_GETFL);
    sink->start = flags < 0 || (flags & O_APPEND) != 0 ? -1 : lseek(descriptor, 0, SEEK_CUR);
  }
  return sink;
}

codec_sink *codec_sink_open_descriptor(int descriptor) { return make(descriptor, BUFFER); }

codec_sink *codec_sink_open_memory(void) { return make(-1, 4096); }

/// Writes all bytes to the descriptor.
static int drain(codec_sink *sink, const uint8_t *bytes, size_t count, codec_result *result) {
  const int error = descriptor_write(sink->descriptor, bytes, count);
  if (error == 0) return CODEC_OK;
  result->system_error = error;
  return codec_fail(result, CODEC_WRITE_FAILED, "writing failed");
}

int codec_sink_write(codec_sink *sink, const uint8_t *bytes, size_t count, codec_result *result) {
  if (count > sink->capacity - sink->count) {
    if (sink->descriptor >= 0) {
      const int code = codec_sink_flush(sink, result);
      if (code != CODEC_OK) return code;
      if (count >= sink->capacity) return drain(sink, bytes, count, result);
    } else {
      size_t capacity = sink->capacity * 2;
      if (capacity < sink->count + count) capacity = sink->count + count;
      uint8_t *larger = realloc(sink->buffer, capacity);
      if (larger == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for the file");
      sink->buffer = larger;
      sink->capacity = capacity;
    }
  }
  if (count > 0) memcpy(sink->buffer + sink->count, bytes, count);
  sink->count += count;
  return CODEC_OK;
}

int codec_sink_flush(codec_sink *sink, codec_result *result) {
  if (sink->descriptor < 0) return CODEC_OK;
  const size_t count = sink->count;
  sink->count = 0;
  return drain(sink, sink->buffer, count, result);
}

int codec_sink_can_patch(const codec_sink *sink) { return sink->start >= 0; }

int codec_sink_patch(codec_sink *sink, int64_t offset, const uint8_t *bytes, size_t count,
                     codec_result *result) {
  if (sink->descriptor < 0) {
    memcpy(sink->buffer + offset, bytes, count);
    return CODEC_OK;
  }
  const int failure = descriptor_write_at(sink->descriptor, sink->start + offset, bytes, count);
  if (failure == 0) return CODEC_OK;
  result->system_error = failure;
  return codec_fail(result, CODEC_WRITE_FAILED, "writing failed");
}

const uint8_t *codec_sink_bytes(const codec_sink *sink, size_t *count) {
  *count = sink->count;
  return sink->buffer;
}

void codec_sink_close(codec_sink *sink) {
  if (sink == NULL) return;
  free(sink->buffer);
  free(sink);
}
