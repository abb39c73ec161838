import CImageCodecs

/// Unpacks a gzip file (RFC 1952), all its members, checking each member's CRC-32.
///
/// - Parameter limit: bytes of the result at most.
/// - Throws: `CodecError.gzipDamaged`, `.gzipTooLong`.
public func inflateGzip(_ bytes: [UInt8], limit: Int) throws(CodecError) -> [UInt8] {
  var output: [UInt8] = []
  var start = 0
  repeat {
    start += try inflateMember(bytes[start...], into: &output, limit: limit)
    // Zeros behind a member are padding.
  } while bytes[start...].contains { $0 != 0 }
  return output
}

/// Unpacks the first member; returns how many bytes it takes.
private func inflateMember(
  _ bytes: ArraySlice<UInt8>, into output: inout [UInt8], limit: Int
) throws(CodecError) -> Int {
  guard let inflater = codec_inflater_open(CODEC_WRAP_GZIP) else { throw .outOfMemory }
  defer { codec_inflater_close(inflater) }
  var chunk = [UInt8](repeating: 0, count: 256 * 1024)
  var consumed = 0
  while true {
    var written = 0
    // Safety: C reads and writes within the counts it is given.
    let state = bytes.withUnsafeBufferPointer { input in
      chunk.withUnsafeMutableBufferPointer { target in
        var next = input.baseAddress.map { $0 + consumed }
        var left = input.count - consumed
        var end = target.baseAddress
        var room = target.count
        let state = codec_inflater_run(inflater, &next, &left, &end, &room)
        consumed = input.count - left
        written = target.count - room
        return state
      }
    }
    guard output.count + written <= limit else { throw .gzipTooLong(limit: limit) }
    output += chunk[..<written]
    switch state {
    case CODEC_INFLATE_ENDED: return consumed
    case CODEC_INFLATE_FAILED:
      throw .gzipDamaged(String(cString: codec_inflater_message(inflater)))
    case CODEC_INFLATE_WANTS_INPUT: throw .gzipDamaged("it ends early")
    default: continue
    }
  }
}
