#include "codec_result.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int codec_fail(codec_result *result, int code, const char *format, ...) {
  result->code = code;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(result->message, sizeof result->message, format, arguments);
  va_end(arguments);
  // Libraries may speak in lines, and repeat what a stranger's file says.
  for (char *at = result->message; *at != 0; at++) {
    if ((unsigned char)*at < 32 || *at == 127) *at = ' ';
  }
  return code;
}

int codec_fail_limit(codec_result *result, int code, int64_t value, int64_t limit) {
  result->value = value;
  result->limit = limit;
  return codec_fail(result, code, "%lld exceeds the limit of %lld", (long long)value,
                    (long long)limit);
}

int codec_check_size(const codec_limits *limits, int64_t width, int64_t height,
                     codec_result *result) {
  // Both sides fit 32 bits, so the product fits 64.
  if (width * height > limits->pixels) {
    return codec_fail_limit(result, CODEC_LIMIT_PIXELS, width * height, limits->pixels);
  }
  return CODEC_OK;
}

void codec_warn(codec_warnings *warnings, const char *line) {
  const size_t length = strlen(line);
  if (length == 0 || warnings->length + length + 2 > sizeof warnings->text) return;
  if (strstr(warnings->text, line) != NULL) return;
  if (warnings->length > 0) warnings->text[warnings->length++] = '\n';
  memcpy(warnings->text + warnings->length, line, length + 1);
  warnings->length += length;
}

void codec_warn_signature(codec_warnings *warnings) {
  codec_warn(warnings, "content credentials (C2PA) sign the picture as it was: they are left out");
}

int codec_kind_is_among(const uint8_t *kind, const char (*known)[5], size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (memcmp(kind, known[i], 4) == 0) return 1;
  }
  return 0;
}

void codec_warn_unknown(codec_warnings *warnings, const char *part, const uint8_t *kind) {
  char letters[5] = "????", line[80];
  // Escape codes of a stranger's file are not to reach a terminal.
  for (int i = 0; i < 4; i++) {
    if (kind[i] >= 32 && kind[i] < 127) letters[i] = (char)kind[i];
  }
  snprintf(line, sizeof line, "a %s of an unknown kind (%s) is left out", part, letters);
  codec_warn(warnings, line);
}

int codec_copy_blocks(codec_block *const blocks[3], uint8_t *copies[3]) {
  for (int i = 0; i < 3; i++) {
    if (blocks[i]->count == 0) continue;
    copies[i] = malloc(blocks[i]->count);
    if (copies[i] == NULL) return 0;
    memcpy(copies[i], blocks[i]->bytes, blocks[i]->count);
    blocks[i]->bytes = copies[i];
  }
  return 1;
}
