extension SourceHandle {
  /// The next bytes, all of them.
  ///
  /// A number in a file claims them: they take memory as far as they are there.
  func bytes(_ count: Int, of format: FileFormat, _ place: String) throws(CodecError) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let start = bytes.count
      let piece = min(count - start, max(1 << 16, start))
      bytes.append(contentsOf: repeatElement(0, count: piece))
      var failure: CodecError?
      let read = bytes.withUnsafeMutableBytes { buffer in
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
        do throws(CodecError) { return try self.read(into: rest) } catch { failure = error }
        return 0
      }
      if let failure { throw failure }
      guard read == piece else { throw .truncated(format, place) }
    }
    return bytes
  }
}
