#include "byte_source.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptor.h"

enum { BUFFER = 64 * 1024 };

struct codec_source {
  uint8_t *buffer;
  size_t next, end, capacity;
  int descriptor;  // -1: all in memory
  int error;
  int ended;
  int64_t size;
  off_t start;
  int64_t behind;  // offset of `end`, from `start`
};

codec_source *codec_source_open_descriptor(int descriptor) {
  codec_source *source = calloc(1, sizeof *source);
  if (source == NULL) return NULL;
  source->buffer = malloc(BUFFER);
  if (source->buffer == NULL) {
    free(source);
    return NULL;
  }
  source->capacity = BUFFER;
  source->descriptor = descriptor;
  struct stat status;
  source->size = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) ? status.st_size : -1;
  source->start = lseek(descriptor, 0, SEEK_CUR);
  return source;
}

codec_source *codec_source_open_begun(int descriptor, const uint8_t *bytes, size_t count) {
  codec_source *source = codec_source_open_descriptor(descriptor);
  if (source == NULL) return NULL;
  memcpy(source->buffer, bytes, count);
  source->end = count;
  source->behind = (int64_t)count;
  source->start = -1;
  source->size = -1;
  return source;
}

codec_source *codec_source_open_memory(const uint8_t *bytes, size_t count) {
  codec_source *source = calloc(1, sizeof *source);
  if (source == NULL) return NULL;
  source->buffer = malloc(count > 0 ? count : 1);
  if (source->buffer == NULL) {
    free(source);
    return NULL;
  }
  if (count > 0) memcpy(source->buffer, bytes, count);
  source->capacity = source->end = count;
  source->descriptor = -1;
  source->ended = 1;
  source->size = source->behind = (int64_t)count;
  return source;
}

/// Reads once behind `end`; there is room.
static void fill(codec_source *source) {
  if (source->ended) return;
  const ssize_t count = descriptor_read(
      source->descriptor, source->buffer + source->end, source->capacity - source->end);
  if (count > 0) {
    source->end += (size_t)count;
    source->behind += count;
    return;
  }
  source->error = (int)-count;
  source->ended = 1;
}

size_t codec_source_peek(codec_source *source, size_t wanted, const uint8_t **bytes) {
  if (source->end - source->next < wanted && !source->ended) {
    memmove(source->buffer, source->buffer + source->next, source->end - source->next);
    source->end -= source->next;
    source->next = 0;
    while (source->end < wanted && !source->ended) fill(source);
  }
  *bytes = source->buffer + source->next;
  return source->end - source->next;
}

size_t codec_source_view(codec_source *source, const uint8_t **bytes) {
  if (source->next == source->end && !source->ended) {
    source->next = source->end = 0;
    fill(source);
  }
  *bytes = source->buffer + source->next;
  return source->end - source->next;
}

void codec_source_skip(codec_source *source, size_t count) { source->next += count; }

size_t codec_source_read(codec_source *source, uint8_t *bytes, size_t count) {
  size_t done = 0;
  while (done < count) {
    const uint8_t *visible;
    size_t part = codec_source_view(source, &visible);
    if (part == 0) break;
    if (part > count - done) part = count - done;
    memcpy(bytes + done, visible, part);
    codec_source_skip(source, part);
    done += part;
  }
  return done;
}

int codec_source_holds_more(codec_source *source) {
  return codec_source_holds_more_beside(source, 0, 0);
}

int codec_source_holds_more_beside(codec_source *source, int64_t from, int64_t to) {
  const uint8_t *bytes;
  size_t count;
  while ((count = codec_source_view(source, &bytes)) > 0) {
    const int64_t first = codec_source_offset(source);
    for (size_t i = 0; i < count; i++) {
      const int64_t at = first + (int64_t)i;
      if (bytes[i] != 0 && (at < from || at >= to)) return 1;
    }
    codec_source_skip(source, count);
  }
  return 0;
}

int codec_source_error(const codec_source *source) { return source->error; }

int64_t codec_source_size(const codec_source *source) { return source->size; }

int codec_source_rewind(codec_source *source) {
  if (source->descriptor < 0) {
    source->next = 0;
    return 1;
  }
  if (source->start < 0 || lseek(source->descriptor, source->start, SEEK_SET) < 0) return 0;
  source->next = source->end = 0;
  source->behind = 0;
  source->ended = 0;
  return 1;
}

int codec_source_seek(codec_source *source, int64_t offset) {
  const int64_t first = source->behind - (int64_t)source->end;
  if (offset >= first && offset <= source->behind) {
    source->next = (size_t)(offset - first);
    return 1;
  }
  if (source->descriptor < 0) {
    // Behind the end there is nothing to read; before the first byte there is nothing at all.
    source->next = source->end;
    return offset > source->behind;
  }
  off_t target;
  if (source->start < 0 || offset < 0 ||
      __builtin_add_overflow(source->start, offset, &target) ||
      lseek(source->descriptor, target, SEEK_SET) < 0) {
    return 0;
  }
  source->next = source->end = 0;
  source->behind = offset;
  source->ended = 0;
  return 1;
}

int64_t codec_source_offset(const codec_source *source) {
  return source->behind - (int64_t)(source->end - source->next);
}

int64_t codec_source_length(const codec_source *source) {
  return source->descriptor < 0 ? source->behind : source->size - source->start;
}

int codec_source_copy(const codec_source *source, int64_t offset, uint8_t *bytes, size_t count) {
  if (offset < 0) return 0;
  if (source->descriptor < 0) {
    const int64_t first = source->behind - (int64_t)source->end;
    if (offset < first || offset > source->behind) return 0;
    if ((uint64_t)count > (uint64_t)(source->behind - offset)) return 0;
    if (count > 0) memcpy(bytes, source->buffer + (offset - first), count);
    return 1;
  }
  off_t place;
  if (source->start < 0 || source->size < 0 ||
      __builtin_add_overflow(source->start, offset, &place)) {
    return 0;
  }
  return descriptor_read_at(source->descriptor, place, bytes, count) == (ssize_t)count;
}

int codec_source_make_seekable(codec_source *source, int64_t limit, codec_result *result) {
  // A device may have a place and no size.
  if (source->descriptor < 0 || (source->start >= 0 && source->size >= 0)) return CODEC_OK;
  return codec_source_load(source, limit, result);
}

int codec_source_load(codec_source *source, int64_t limit, codec_result *result) {
  while (!source->ended) {
    if ((int64_t)(source->end - source->next) > limit) {
      return codec_fail_limit(result, CODEC_LIMIT_MEMORY, source->size, limit);
    }
    if (source->end == source->capacity) {
      uint8_t *larger = realloc(source->buffer, source->capacity * 2);
      if (larger == NULL) return codec_fail(result, CODEC_NO_MEMORY, "no memory for the file");
      source->buffer = larger;
      source->capacity *= 2;
    }
    fill(source);
  }
  if (source->error != 0) {
    result->system_error = source->error;
    return codec_fail(result, CODEC_READ_FAILED, "reading failed");
  }
  source->descriptor = -1;
  return CODEC_OK;
}

uint8_t *codec_source_bytes(codec_source *source, size_t *count) {
  *count = source->end - source->next;
  return source->buffer + source->next;
}

void codec_source_close(codec_source *source) {
  if (source == NULL) return;
  free(source->buffer);
  free(source);
}
