#ifndef CODEC_RESULT_H
#define CODEC_RESULT_H

#include <stddef.h>
#include <stdint.h>

/// What became of a call.
typedef enum {
  CODEC_OK = 0,
  /// read(2) failed; `system_error` says why.
  CODEC_READ_FAILED,
  /// write(2) failed; `system_error` says why.
  CODEC_WRITE_FAILED,
  /// The file ends before the picture does.
  CODEC_TRUNCATED,
  /// The file breaks the rules of its format, or a checksum is wrong.
  CODEC_DAMAGED,
  /// A legal file of a kind that is not read.
  CODEC_UNSUPPORTED,
  /// `value` exceeds `limit`: pixels of the picture.
  CODEC_LIMIT_PIXELS,
  /// `value` exceeds `limit`: bytes of metadata.
  CODEC_LIMIT_METADATA,
  /// `value` exceeds `limit`: bytes that the decoder would hold at once.
  CODEC_LIMIT_MEMORY,
  /// `value` exceeds `limit`: blocks that the scans of a JPEG file walk through.
  CODEC_LIMIT_SCANS,
  CODEC_NO_MEMORY,
  /// The library does not write such a file.
  CODEC_REFUSED,
  /// The library of the format cannot be loaded.
  CODEC_NO_LIBRARY,
  /// `value` is the page that was asked for, `limit` how many there are.
  CODEC_NO_PAGE
} codec_code;

typedef struct {
  int code;
  /// errno, for the codes that say so.
  int system_error;
  /// The value that broke a limit, and the limit.
  int64_t value, limit;
  /// One line in English, from the library where it has one.
  char message[200];
} codec_result;

/// What a reader refuses, checked before anything is allocated for it.
typedef struct {
  int64_t pixels;
  int64_t metadata_bytes;
  /// Bytes of picture or coefficients that a decoder may hold at once.
  int64_t decoder_bytes;
  /// Blocks that all scans of a JPEG file together may walk through.
  int64_t scan_blocks;
} codec_limits;

/// Bytes that somebody else owns; none where `bytes` is NULL.
typedef struct {
  const uint8_t *bytes;
  size_t count;
} codec_block;

/// Fills `result`, and returns `code`.
int codec_fail(codec_result *result, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/// Fills `result` for a broken limit, and returns `code`.
int codec_fail_limit(codec_result *result, int code, int64_t value, int64_t limit);

/// Checks the size of a picture against `limits`.
int codec_check_size(const codec_limits *limits, int64_t width, int64_t height,
                     codec_result *result);

/// Makes copies of blocks of metadata, where there are any, and lets the blocks be these; the caller frees
/// them. 0 without memory.
int codec_copy_blocks(codec_block *const blocks[3], uint8_t *copies[3]);

/// Lines of warnings, the first few; one string.
typedef struct {
  char text[640];
  size_t length;
} codec_warnings;

/// Appends a line unless there is no room or it is there already.
void codec_warn(codec_warnings *warnings, const char *line);

/// Says that content credentials (C2PA), which sign the pixels as they were, are left out.
void codec_warn_signature(codec_warnings *warnings);

/// Whether four letters are one of some kinds of parts of a file.
int codec_kind_is_among(const uint8_t *kind, const char (*known)[5], size_t count);

/// Says that a part of the file that nothing is known of is left out.
///
/// - part: what it is called, as `chunk`.
/// - kind: four letters, or what stands for them.
void codec_warn_unknown(codec_warnings *warnings, const char *part, const uint8_t *kind);

#endif
