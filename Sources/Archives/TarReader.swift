import ImageCodecs
import Raster

/// Reads a tar archive member by member, from a file or a pipe: ustar, pax, GNU's and older ones.
///
/// Archives behind each other, as `cat a.tar b.tar` makes them, are read as one. Memory: a buffer, and
/// the headers of one member.
public struct TarReader: ~Copyable {
  private let descriptor: Int32
  private var buffer: [UInt8]
  private var next = 0
  private var end: Int
  private var isAtEnd = false
  /// Bytes of the member's content, and of the zeros behind it, that are still to be read.
  private var rest = 0
  private var padding = 0
  private var last: FilePath?
  /// Bytes read so far: where the content of the member begins that was gone to.
  public var offset: Int { passed - (end - next) }
  private var passed: Int
  /// Whether zeros have been met that may end it.
  private var hasEnd = false

  /// Bytes of a member: with the zeros behind it still a number.
  private static let largest = Int.max - TarMember.block
  /// Bytes of a header's content: names and the like.
  private static let mostHeader = 1 << 20
  /// From where the magic of ustar stands.
  private static let magic = 257

  /// Bytes by which an archive is told.
  public static let headLength = TarMember.block

  /// Whether bytes are the beginning of an archive with the magic of ustar.
  public static func recognises(_ head: [UInt8]) -> Bool {
    head.count >= TarMember.block && head[magic..<magic + 5].elementsEqual("ustar".utf8)
      && TarHeader(head).isSound
  }

  /// - Parameters:
  ///   - descriptor: read from where it stands; it stays open.
  ///   - head: what has been read of it already.
  ///   - readsContents: whether most contents are wanted; else what is not is passed over where it is no
  ///     pipe.
  public init(_ descriptor: Int32, head: [UInt8] = [], readsContents: Bool = true) {
    self.descriptor = descriptor
    end = head.count
    passed = head.count
    let room = readsContents ? 1 << 16 : 1 << 12
    buffer = head + [UInt8](repeating: 0, count: max(0, room - head.count))
  }

  /// Goes to the next member, past what has not been read of the one before.
  ///
  /// - Returns: nil at the end.
  public mutating func member() throws(TarError) -> TarMember? {
    try skip()
    var headers: [UInt8] = []
    var longName: [UInt8]?
    var pax: PaxRecords?
    while true {
      guard let block = try block(within: headers.isEmpty ? nil : last) else {
        if !headers.isEmpty { throw .noEnd(after: last) }
        if hasEnd { return nil }
        throw last == nil && !hasEnd ? .noArchive : .noEnd(after: last)
      }
      let header = TarHeader(block)
      if header.isZero {
        if !headers.isEmpty { throw .badHeader(after: last) }
        hasEnd = true
        continue
      }
      guard header.isSound, let size = header.size, size <= Self.largest else {
        throw last == nil && !hasEnd ? .noArchive : .badHeader(after: last)
      }
      hasEnd = false
      let own = headers.count
      headers += block
      switch header.type {
      case UInt8(ascii: "L"), UInt8(ascii: "K"), UInt8(ascii: "x"):
        let name = FilePath(bytes: header.name)
        guard size <= Self.mostHeader, headers.count <= Self.mostHeader else {
          throw .headerTooLarge(after: last)
        }
        let content = try content(size, of: name)
        headers += content + [UInt8](repeating: 0, count: TarMember.padding(size))
        if header.type == UInt8(ascii: "L") { longName = Array(content.prefix { $0 != 0 }) }
        if header.type == UInt8(ascii: "x") {
          guard let records = PaxRecords(content) else { throw .badHeader(after: last) }
          pax = records
        }
      default:
        let name = FilePath(bytes: pax?["path"] ?? longName ?? header.name)
        return try member(name, header, size, headers: headers, own: own, pax)
      }
    }
  }

  private mutating func member(
    _ name: FilePath, _ header: TarHeader, _ size: Int, headers: [UInt8], own: Int,
    _ pax: PaxRecords?
  ) throws(TarError) -> TarMember {
    var (size, headers) = (size, headers)
    // Links, devices and folders have no content, whatever their size says.
    let isEmpty = (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(header.type)
    var isFile = [0, UInt8(ascii: "0"), UInt8(ascii: "7")].contains(header.type)
    if let stated = pax?["size"] {
      guard let value = Int(String(decoding: stated, as: UTF8.self)),
        (0...Self.largest).contains(value)
      else {
        throw .badHeader(after: last)
      }
      size = value
      // Its size stands in two places; it is passed on as it is.
      isFile = false
    }
    if pax?.values.contains(where: { $0.key.hasPrefix("GNU.sparse.") }) == true { isFile = false }
    if header.type == UInt8(ascii: "S") {
      // Where the pieces of a sparse file lie may take more blocks.
      var isExtended = header.bytes[482] != 0
      while isExtended {
        guard headers.count <= Self.mostHeader else { throw .headerTooLarge(after: last) }
        guard let block = try block(within: name) else { throw .cutOff(in: name) }
        headers += block
        isExtended = block[504] != 0
      }
    }
    if isEmpty { size = 0 }
    (rest, padding, last) = (size, TarMember.padding(size), name)
    return TarMember(name: name, size: size, isFile: isFile, headers: headers, own: own)
  }

  /// Calls `body` with what is left of the member's content, a block after the other.
  public mutating func forEachBlock(
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    while rest > 0 {
      let count = try fill(rest)
      try buffer.withUnsafeBytes { bytes in
        try body(UnsafeRawBufferPointer(rebasing: bytes[next..<next + count]))
      }
      next += count
      rest -= count
    }
  }

  /// All that is left of the member's content.
  public mutating func content() throws(TarError) -> [UInt8] {
    var bytes: [UInt8] = []
    while rest > 0 {
      let count = try fill(rest)
      bytes += buffer[next..<next + count]
      next += count
      rest -= count
    }
    return bytes
  }
}

extension TarReader {
  /// The content of a header.
  private mutating func content(_ size: Int, of name: FilePath) throws(TarError) -> [UInt8] {
    let before = last
    (rest, padding, last) = (size, TarMember.padding(size), name)
    let bytes = try content()
    try skip()
    last = before
    return bytes
  }

  /// Makes bytes of the member visible.
  ///
  /// - Returns: how many, 1 … `most`.
  private mutating func fill(_ most: Int) throws(TarError) -> Int {
    if next == end {
      try read()
      if next == end { throw .cutOff(in: last ?? FilePath("")) }
    }
    return min(end - next, most)
  }

  private mutating func read() throws(TarError) {
    if isAtEnd { return }
    (next, end) = (0, 0)
    let answer = buffer.withUnsafeMutableBytes { bytes in
      Result { () throws(Descriptor.Failure) in try Descriptor.read(descriptor, into: bytes) }
    }
    switch answer {
    case .success(let count): end = count
    case .failure(let failure): throw .readFailed(errno: failure.errno)
    }
    passed += end
    isAtEnd = end == 0
  }

  /// Passes over what is left of the member.
  private mutating func skip() throws(TarError) {
    // What is read at a time is as quickly read as passed over.
    let beyond = rest + padding - (end - next)
    if beyond >= buffer.count, Descriptor.skip(descriptor, beyond) {
      passed += beyond
      (next, end, rest, padding) = (0, 0, 0, 0)
    }
    while rest + padding > 0 {
      let count = try fill(rest + padding)
      next += count
      let ofRest = min(rest, count)
      rest -= ofRest
      padding -= count - ofRest
    }
  }

  /// The next block, nil at the end of the file.
  private mutating func block(within name: FilePath?) throws(TarError) -> [UInt8]? {
    var block: [UInt8] = []
    while block.count < TarMember.block {
      if next == end {
        try read()
        if next == end {
          if block.isEmpty { return nil }
          throw last == nil && !hasEnd ? .noArchive : .noEnd(after: name ?? last)
        }
      }
      let count = min(end - next, TarMember.block - block.count)
      block += buffer[next..<next + count]
      next += count
    }
    return block
  }
}
