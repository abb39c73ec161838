import CImageCodecs

/// A whole deflate stream as zlib wraps it, with the checksum of what it came from.
func zlibStream(_ deflated: [UInt8], of bytes: [UInt8]) -> [UInt8] {
  let adler = codec_adler32(1, bytes, bytes.count)
  return [0x78, 0x01] + deflated + (0..<4).map { UInt8(truncatingIfNeeded: adler >> (24 - 8 * $0)) }
}

/// What a zlib stream holds, up to `most` bytes; nil where it is damaged, cut off, or holds more.
func inflatedZlib(_ file: [UInt8], most: Int) -> [UInt8]? {
  guard let inflater = codec_inflater_open(CODEC_WRAP_ZLIB) else { return nil }
  defer { codec_inflater_close(inflater) }
  var output = [UInt8](repeating: 0, count: most + 1)
  var room = output.count
  let state = file.withUnsafeBufferPointer { file in
    output.withUnsafeMutableBufferPointer { output in
      var (next, left) = (file.baseAddress, file.count)
      var end = output.baseAddress
      return codec_inflater_run(inflater, &next, &left, &end, &room)
    }
  }
  return state == CODEC_INFLATE_ENDED && room > 0 ? Array(output.dropLast(room)) : nil
}
