import CImageCodecs
import ImageCodecs

extension FuzzTarget {
  static let compression: [FuzzTarget] = [
    FuzzTarget("gzip") { _ = try inflateGzip($0, limit: 1 << 20) },
    FuzzTarget("zlib") { _ = try inflated($0, room: 1 << 16, piece: 1 + Int($0.first ?? 0)) },
    FuzzTarget("deflate") { try deflate($0) },
  ]

  /// Inflates a zlib stream that arrives in pieces; nil where it is damaged or cut off.
  private static func inflated(
    _ bytes: [UInt8], room total: Int, piece: Int
  ) throws(Finding) -> [UInt8]? {
    guard let inflater = codec_inflater_open(CODEC_WRAP_ZLIB) else { return nil }
    defer { codec_inflater_close(inflater) }
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    var start = 0
    var end = 0
    while output.count <= total {
      var (count, room) = (end - start, chunk.count)
      let state = bytes.withUnsafeBufferPointer { bytes in
        chunk.withUnsafeMutableBufferPointer { chunk in
          var next = bytes.baseAddress.map { $0 + start }
          var target = chunk.baseAddress
          return codec_inflater_run(inflater, &next, &count, &target, &room)
        }
      }
      try demand(count <= end - start && room <= chunk.count, "the inflater walks backwards")
      start = end - count
      output += chunk[..<(chunk.count - room)]
      switch state {
      case CODEC_INFLATE_ENDED: return output
      case CODEC_INFLATE_FAILED:
        try demand(
          !String(cString: codec_inflater_message(inflater)).isEmpty, "a failure without a word")
        return nil
      case CODEC_INFLATE_WANTS_INPUT:
        if end == bytes.count { return nil }
        end = min(end + piece, bytes.count)
      default: continue
      }
    }
    return nil
  }

  /// The first two bytes choose level and part; the rest is deflated and comes back.
  private static func deflate(_ bytes: [UInt8]) throws(Finding) {
    guard bytes.count > 2, let deflater = codec_deflater_open(Int32(bytes[0] % 10)) else { return }
    defer { codec_deflater_close(deflater) }
    let part = 1 + Int(bytes[1]) * 16
    let content = Array(bytes[2...])
    var file: [UInt8] = [0x78, 0x01]
    for start in stride(from: 0, to: content.count, by: part) {
      let before = Array(content[max(0, start - 32768)..<start])
      let here = Array(content[start..<min(start + part, content.count)])
      var output = [UInt8](repeating: 0, count: codec_deflate_bound(here.count))
      let count = codec_deflater_part(deflater, before, before.count, here, here.count, &output)
      try demand(
        count > 0 && count <= output.count, "a part of \(here.count) bytes is not deflated")
      file += output[..<count]
    }
    let adler = codec_adler32(1, content, content.count)
    file += [3, 0] + (0..<4).map { UInt8(truncatingIfNeeded: adler >> (24 - 8 * $0)) }
    let again = try inflated(file, room: content.count, piece: file.count)
    try demand(again == content, "what was deflated does not come back")
  }
}
