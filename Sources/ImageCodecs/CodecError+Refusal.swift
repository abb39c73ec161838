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
    case .decoderTooLarge(let bytes, let limit):
      "decoding takes \(bytes) bytes of memory, the limit is \(limit); store it without "
        + "interlacing or progressive scans"
    default: description
    }
  }
}
