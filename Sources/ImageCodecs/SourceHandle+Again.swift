extension SourceHandle {
  /// Goes to the first byte.
  func restart(_ format: FileFormat) throws(CodecError) {
    guard seek(to: 0) else { throw .unsupported(format, "a source that cannot be read twice") }
  }

  /// Whether anything but zeros stands from an offset on.
  func holdsMore(behind offset: Int) throws(CodecError) -> Bool {
    guard seek(to: offset) else { return false }
    var bytes = SourceBytes(self, .png)
    return try bytes.holdsMore()
  }

  /// Whether a PNG file says before its picture that it is an animation; where it cannot be read
  /// twice, only its first 4096 bytes are asked.
  func promisesFrames() throws(CodecError) -> Bool {
    let head = try peek(4096)
    var offset = APNGFile.signature.count
    // A file has no more chunks before its picture.
    for _ in 0..<4096 {
      let bytes: [UInt8]
      if offset + 8 <= head.count {
        bytes = Array(head[offset..<offset + 8])
      } else if size != nil, seek(to: offset), let read = try? self.bytes(8, of: .png, "") {
        bytes = read
      } else {
        break
      }
      if bytes[4...].elementsEqual("acTL".utf8) { return try goBack(true) }
      if bytes[4...].elementsEqual("IDAT".utf8) { break }
      offset += 12 + APNGFile.number(bytes[..<4])
    }
    return try goBack(false)
  }

  /// To the first byte, where it has been left.
  private func goBack(_ answer: Bool) throws(CodecError) -> Bool {
    if size != nil { try restart(.png) }
    return answer
  }
}
