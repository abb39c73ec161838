/// Bytes of a file one by one, from where it stands, with a buffer.
struct SourceBytes {
  private let source: SourceHandle
  private let format: FileFormat
  private var buffer: [UInt8] = []
  private var position = 0

  init(_ source: SourceHandle, _ format: FileFormat) {
    self.source = source
    self.format = format
  }

  /// The next byte, or nil at the end.
  mutating func nextOrEnd() throws(CodecError) -> UInt8? {
    if position == buffer.count {
      var fresh = [UInt8](repeating: 0, count: 4096)
      var failure: CodecError?
      let count = fresh.withUnsafeMutableBytes { bytes in
        do throws(CodecError) { return try source.read(into: bytes) } catch { failure = error }
        return 0
      }
      if let failure { throw failure }
      if count == 0 { return nil }
      fresh.removeLast(fresh.count - count)
      (buffer, position) = (fresh, 0)
    }
    position += 1
    return buffer[position - 1]
  }

  mutating func next() throws(CodecError) -> UInt8 {
    guard let byte = try nextOrEnd() else { throw .truncated(format, "within its data") }
    return byte
  }

  mutating func next(_ count: Int) throws(CodecError) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<count { bytes.append(try next()) }
    return bytes
  }

  /// A number of 16 bits, the low byte first.
  mutating func short() throws(CodecError) -> Int {
    let low = Int(try next())
    return low | Int(try next()) << 8
  }
}
