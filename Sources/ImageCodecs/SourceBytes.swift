/// Bytes of a file one by one, from where it stands, with a buffer.
struct SourceBytes {
  private let source: SourceHandle
  private let format: FileFormat
  /// What is read, for messages: `within its data`.
  private let place: String
  private var buffer: [UInt8] = []
  private var position = 0
  /// Bytes that were taken out of buffers before this one.
  private var before = 0
  /// Comments so far, without their signs.
  private(set) var comments: [[UInt8]] = []
  private static let mostComments = 1024
  /// Bytes that comments may have together; nil where they are passed over.
  private var roomForComments: Int?

  init(_ source: SourceHandle, _ format: FileFormat, _ place: String = "within its data") {
    self.source = source
    self.format = format
    self.place = place
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
      before += buffer.count
      (buffer, position) = (fresh, 0)
    }
    position += 1
    return buffer[position - 1]
  }

  /// Bytes that were taken one by one.
  var count: Int { before + position }

  /// Keeps comments from here on.
  ///
  /// - Parameter room: bytes that they may have together; nil to pass over them.
  mutating func keepComments(_ room: Int?) {
    roomForComments = room
    if room != nil { comments = [] }
  }

  /// Passes over a comment behind its sign, up to the end of its line.
  ///
  /// - Returns: the byte that ends it, nil at the end of the file.
  mutating func skipComment() throws(CodecError) -> UInt8? {
    var text: [UInt8] = []
    while let byte = try nextOrEnd() {
      if byte == 10 || byte == 13 {
        keep(text)
        return byte
      }
      guard let room = roomForComments else { continue }
      guard text.count < room else {
        let all = comments.reduce(text.count + 1) { $0 + $1.count }
        throw .tooMuchMetadata(bytes: all, limit: all - 1)
      }
      text.append(byte)
    }
    keep(text)
    return nil
  }

  private mutating func keep(_ comment: [UInt8]) {
    guard let room = roomForComments else { return }
    let start = comment.firstIndex { !PNMHeader.isSpace($0) } ?? comment.count
    let end = comment.lastIndex { !PNMHeader.isSpace($0) } ?? -1
    if start <= end {
      // Millions of short ones would take far more than their bytes: the last one takes those that follow.
      if comments.count < Self.mostComments {
        comments.append(Array(comment[start...end]))
      } else {
        comments[comments.count - 1] += [10] + comment[start...end]
      }
    }
    roomForComments = room - comment.count
  }

  /// Goes back by the byte that was read last.
  mutating func back() { position -= 1 }

  /// Copies the next bytes; returns how many there were.
  mutating func read(into target: UnsafeMutableRawBufferPointer) throws(CodecError) -> Int {
    let buffered = min(buffer.count - position, target.count)
    target.copyBytes(from: buffer[position..<position + buffered])
    position += buffered
    return buffered
      + (try source.read(into: UnsafeMutableRawBufferPointer(rebasing: target[buffered...])))
  }

  /// Whether anything but zeros follows.
  mutating func holdsMore() throws(CodecError) -> Bool {
    while let byte = try nextOrEnd() { if byte != 0 { return true } }
    return false
  }

  mutating func next() throws(CodecError) -> UInt8 {
    guard let byte = try nextOrEnd() else { throw .truncated(format, place) }
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
