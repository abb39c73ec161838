extension CodecError {
  /// Whether the picture is too large rather than wrong.
  public var asksForMemory: Bool {
    switch self {
    case .tooManyPixels, .decoderTooLarge, .outOfMemory: true
    default: false
    }
  }

  /// What happened and what to do where neither damage nor larger limits can be asked for.
  public var refusal: String {
    switch self {
    case .truncated(let format, let detail):
      "the \(format.name) file is cut short (\(detail)); get a whole copy"
    case .damaged(let format, let detail):
      "the \(format.name) file is damaged (\(detail)); get a good copy"
    case .tooManyPixels(let count, let limit):
      "the picture has \(count) pixels, the limit is \(limit); make it smaller first"
    case .decoderTooLarge(let format, let bytes, let limit):
      "decoding takes \(bytes) bytes of memory, the limit is \(limit); \(format.leanerForm)"
    default: description
    }
  }
}

extension FileFormat {
  /// What to do with a picture of which too much would be held.
  var leanerForm: String {
    switch self {
    case .png: "store it without interlacing"
    case .jpeg: "store it without progressive scans"
    case .bmp: "store it without runs"
    case .tiff: "store it in smaller tiles or strips"
    case .npy: "store it in the order of C (numpy.ascontiguousarray)"
    case .pnm, .pfm, .gif, .webp, .jpegXL, .avif, .heif: "make it smaller first"
    }
  }
}
