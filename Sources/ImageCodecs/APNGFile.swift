import CImageCodecs

/// The chunks of an animated PNG file: where the data of its frames stand, and all else.
///
/// - SeeAlso: Portable Network Graphics, third edition, 11.3.6.
struct APNGFile {
  enum Disposal: Int { case keep, clear, restore }

  struct Frame {
    var width: Int
    var height: Int
    var left: Int
    var top: Int
    var time: FrameTime
    var disposal: Disposal
    /// Whether it is laid over what is there; else it takes its place.
    var blends: Bool
    var data: [Chunk] = []
  }

  /// A chunk with data of pixels.
  struct Chunk {
    /// Where its length stands.
    var offset: Int
    var length: Int
    /// Bytes of its number in the sequence.
    var skipped: Int
  }

  private(set) var frames: [Frame] = []
  /// How often they are shown, 0 for ever.
  private(set) var plays = 0
  private(set) var width = 0
  private(set) var height = 0
  private(set) var holdsMore = false
  /// The data of the picture for viewers that know of no frames.
  private var image: [Chunk] = []
  private var header: [UInt8] = []
  /// Chunks of the palette and of transparency.
  private var colors: [UInt8] = []
  /// Chunks before and behind the data.
  private var before: [UInt8] = []
  private var behind: [UInt8] = []
  private var firstIsImage = false
  private var promised = 0
  private var sequence = 0

  /// Whether the first picture is no frame.
  var hasStill: Bool { !firstIsImage }

  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  /// Walks through a file; nil where it is no animation after all: it is a picture then.
  ///
  /// - Parameter source: seekable.
  init?(_ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy) throws(CodecError) {
    var offset = Self.signature.count
    while true {
      guard source.seek(to: offset) else { throw .truncated(.png, "between its chunks") }
      let head = try source.bytes(8, of: .png, "between its chunks")
      let length = Self.number(head[..<4])
      let name = String(decoding: head[4...], as: UTF8.self)
      let chunk = Chunk(offset: offset, length: length, skipped: 0)
      offset += 12 + length
      switch name {
      case "IEND":
        holdsMore = try source.holdsMore(behind: offset)
        if frames.isEmpty || frames.count != promised || image.isEmpty { return nil }
        if frames.contains(where: \.data.isEmpty) { return nil }
        return
      case "IDAT":
        image.append(chunk)
        if firstIsImage { frames[0].data.append(chunk) }
      case "fdAT":
        guard length >= 4, !frames.isEmpty, frames.count > (firstIsImage ? 1 : 0) else {
          return nil
        }
        var chunk = chunk
        chunk.skipped = 4
        frames[frames.count - 1].data.append(chunk)
        let number = try source.bytes(4, of: .png, "within a chunk")
        guard takesNumber(number[...]) else { return nil }
      case "acTL", "fcTL":
        guard length == (name == "acTL" ? 8 : 26) else { return nil }
        let bytes = try Self.content(of: chunk, source, damage).bytes
        guard name == "acTL" ? takeAnimation(bytes) : takeFrame(bytes) else { return nil }
      default:
        guard length <= limits.metadataBytes - before.count - behind.count else {
          throw .tooMuchMetadata(
            bytes: before.count + behind.count + length, limit: limits.metadataBytes)
        }
        guard source.seek(to: chunk.offset) else { throw .truncated(.png, "within a chunk") }
        let bytes = try source.bytes(12 + length, of: .png, "within a chunk")
        take(bytes, name)
      }
    }
  }

  private mutating func take(_ bytes: [UInt8], _ name: String) {
    if name == "IHDR", bytes.count == 25 {
      header = Array(bytes[8..<21])
      (width, height) = (Self.number(header[..<4]), Self.number(header[4..<8]))
    }
    if name == "PLTE" || name == "tRNS" { colors += bytes }
    if image.isEmpty { before += bytes } else { behind += bytes }
  }

  private mutating func takeAnimation(_ bytes: [UInt8]) -> Bool {
    guard bytes.count == 8, promised == 0, image.isEmpty else { return false }
    promised = Self.number(bytes[..<4])
    plays = Self.number(bytes[4...])
    return promised > 0
  }

  private mutating func takesNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
    defer { sequence += 1 }
    return Self.number(bytes) == sequence
  }

  private mutating func takeFrame(_ bytes: [UInt8]) -> Bool {
    guard bytes.count == 26, takesNumber(bytes[..<4]) else { return false }
    func long(_ place: Int) -> Int { Self.number(bytes[place..<place + 4]) }
    func short(_ place: Int) -> Int { Self.number(bytes[place..<place + 2]) }
    let denominator = short(22)
    guard let disposal = Disposal(rawValue: Int(bytes[24])), bytes[25] <= 1 else { return false }
    var frame = Frame(
      width: long(4), height: long(8), left: long(12), top: long(16),
      time: FrameTime(short(20), denominator == 0 ? 100 : denominator), disposal: disposal,
      blends: bytes[25] == 1)
    guard frame.width > 0, frame.height > 0, frame.left + frame.width <= width,
      frame.top + frame.height <= height
    else { return false }
    if image.isEmpty {
      // The picture itself, then.
      guard frames.isEmpty, frame.width == width, frame.height == height else { return false }
      firstIsImage = true
    }
    // There is nothing before the first that could come back.
    if frames.isEmpty, frame.disposal == .restore { frame.disposal = .clear }
    frames.append(frame)
    return true
  }

  /// Whether a pixel may be transparent though the colours are opaque.
  var needsAlpha: Bool {
    frames.dropLast().contains { $0.disposal == .clear }
      || frames.first.map { $0.width < width || $0.height < height } ?? false
  }
}

extension APNGFile {
  static func number(_ bytes: some Collection<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }

  static func bytes(_ number: Int, _ count: Int = 4) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * (count - 1 - $0))) }
  }

  /// A chunk of PNG.
  static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let named = Array(name.utf8) + content
    return bytes(content.count) + named + bytes(Int(codec_crc32(0, named, named.count)))
  }

  /// What a chunk holds, and whether its checksum is wrong and that is borne.
  private static func content(
    of chunk: Chunk, _ source: SourceHandle, _ damage: DamagePolicy
  ) throws(CodecError) -> (bytes: [UInt8], isDamaged: Bool) {
    guard source.seek(to: chunk.offset + 4) else { throw .truncated(.png, "within a chunk") }
    let bytes = try source.bytes(8 + chunk.length, of: .png, "within a chunk")
    let isRight =
      Int(codec_crc32(0, bytes, 4 + chunk.length)) == number(bytes[(4 + chunk.length)...])
    if !isRight, damage == .refuse { throw .damaged(.png, "CRC error in a frame") }
    return (Array(bytes[(4 + chunk.skipped)..<4 + chunk.length]), !isRight)
  }

  /// The picture and all that is said of it, as a file of its own.
  func still(_ source: SourceHandle, _ limits: Limits) throws(CodecError) -> [UInt8] {
    try check(image, limits)
    var file = Self.signature + before
    for chunk in image {
      guard source.seek(to: chunk.offset) else { throw .truncated(.png, "within a chunk") }
      file += try source.bytes(12 + chunk.length, of: .png, "within a chunk")
    }
    return file + behind + Self.chunk("IEND", [])
  }

  /// A frame as a file of its own.
  func file(
    of frame: Frame, _ source: SourceHandle, _ limits: Limits, _ damage: DamagePolicy
  ) throws(CodecError) -> (bytes: [UInt8], isDamaged: Bool) {
    try check(frame.data, limits)
    var data: [UInt8] = []
    var isDamaged = false
    for chunk in frame.data {
      let part = try Self.content(of: chunk, source, damage)
      data += part.bytes
      isDamaged = isDamaged || part.isDamaged
    }
    let size = Self.bytes(frame.width) + Self.bytes(frame.height)
    let file =
      Self.signature + Self.chunk("IHDR", size + header[8...]) + colors + Self.chunk("IDAT", data)
      + Self.chunk("IEND", [])
    return (file, isDamaged)
  }

  /// Compressed data of a frame are held: no more than a decoder may hold.
  private func check(_ data: [Chunk], _ limits: Limits) throws(CodecError) {
    let bytes = data.reduce(0) { $0 + $1.length }
    let most = min(Int(limits.forC(fileSize: bytes).decoder_bytes), 0x7fff_ffff)
    if bytes > most { throw .decoderTooLarge(.png, bytes: bytes, limit: most) }
  }
}
