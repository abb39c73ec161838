#include <string.h>

#include "boxes.h"
#include "whole_parts.h"

/// What content credentials are told by (C2PA 2.1, A.5.1).
static const uint8_t signature[16] = {0xd8, 0xfe, 0xc3, 0xd6, 0x1b, 0x0e, 0x48, 0x3c,
                                      0x92, 0x97, 0x58, 0x28, 0x87, 0x7e, 0xc4, 0x81};

/// Whether a box belongs to the picture, or only fills a place (ISO/IEC 14496-12, table 1).
static int is_known(const uint8_t *kind) {
  static const char known[][5] = {"ftyp", "styp", "meta", "mdat", "idat", "moov", "moof",
                                  "mfra", "sidx", "ssix", "pdin", "prft", "free", "skip"};
  return codec_kind_is_among(kind, known, sizeof known / sizeof known[0]);
}

void codec_heif_note_boxes(codec_whole_reader *reader) {
  size_t at = 0;
  codec_box box;
  while (codec_box_next(reader->file, reader->file_count, &at, &box)) {
    const int has_name = memcmp(box.kind, "uuid", 4) == 0 && box.count >= sizeof signature;
    if (has_name && memcmp(box.content, signature, sizeof signature) == 0) {
      codec_warn_signature(&reader->warnings);
    } else if (memcmp(box.kind, "mpvd", 4) == 0) {
      codec_warn(&reader->others, "a video (motion photo)");
    } else if (!is_known(box.kind)) {
      codec_warn_unknown(&reader->warnings, "box", box.kind);
    }
  }
  for (; at < reader->file_count; at++) {
    if (reader->file[at] == 0) continue;
    codec_warn(&reader->others, "data behind the picture");
    return;
  }
}
