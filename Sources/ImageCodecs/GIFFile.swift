/// The blocks of a GIF file, one behind the other.
struct GIFFile {
  private var bytes: SourceBytes
  /// Of the screen: that of the header, or larger where the first frame does not fit on it, as viewers have it.
  private(set) var width: Int
  private(set) var height: Int
  private var palette: [UInt8] = []
  private(set) var metadata = Metadata()
  /// What was left out, one line each.
  private(set) var warnings: [String] = []
  private let limits: Limits
  private var metadataBytes = 0
  /// What the extension before a frame says.
  private var transparent: Int?
  private var disposal = GIFFrame.Disposal.keep
  private var delay = 0
  /// How often the frames are shown, 0 for ever.
  private(set) var plays = 1
  private var hasEnded = false
  /// What was found of the first frame when the file was opened; nil once it is told.
  private var first: Result<GIFFrame?, CodecError>?

  init(_ source: SourceHandle, _ limits: Limits) throws(CodecError) {
    var bytes = SourceBytes(source, .gif)
    _ = try bytes.next(6)
    width = try bytes.short()
    height = try bytes.short()
    self.limits = limits
    let flags = try bytes.next()
    _ = try bytes.next(2)
    if flags & 0x80 != 0 { palette = try bytes.next(3 << (flags & 7 + 1)) }
    self.bytes = bytes
    do throws(CodecError) {
      let frame = try findFrame()
      if let frame {
        width = max(width, frame.left + frame.width)
        height = max(height, frame.top + frame.height)
      }
      first = .success(frame)
    } catch {
      first = .failure(error)
    }
    guard width > 0, height > 0 else { throw .damaged(.gif, "a side of no pixels") }
    try limits.check(width: width, height: height)
    // The canvas, and the one before that a frame may bring back.
    let most = Int(limits.forC(fileSize: source.size, isWhole: true).decoder_bytes)
    let both = 8 * width * height
    if both > most { throw .decoderTooLarge(.gif, bytes: both, limit: most) }
  }

  /// Goes to the pixels of the next frame; nil at the end.
  mutating func nextFrame() throws(CodecError) -> GIFFrame? {
    if let found = first {
      first = nil
      return try found.get()
    }
    return try findFrame()
  }

  private mutating func findFrame() throws(CodecError) -> GIFFrame? {
    if hasEnded { return nil }
    while true {
      switch try bytes.next() {
      case 0x2c: return try frame()
      case 0x21: try readExtension()
      case 0x3b:
        hasEnded = true
        return nil
      case 0: continue  // Some writers end a block twice.
      default: throw .damaged(.gif, "a block of an unknown kind")
      }
    }
  }

  private mutating func frame() throws(CodecError) -> GIFFrame {
    let (left, top) = (try bytes.short(), try bytes.short())
    let (width, height) = (try bytes.short(), try bytes.short())
    let flags = try bytes.next()
    let own = flags & 0x80 != 0 ? try bytes.next(3 << (flags & 7 + 1)) : palette
    guard width > 0, height > 0 else { throw .damaged(.gif, "a frame of no pixels") }
    guard !own.isEmpty else { throw .damaged(.gif, "a frame without colours") }
    defer { (transparent, disposal, delay) = (nil, .keep, 0) }
    return GIFFrame(
      left: left, top: top, width: width, height: height, isInterlaced: flags & 0x40 != 0,
      palette: own, transparent: transparent, disposal: disposal, delay: delay)
  }

  private mutating func readExtension() throws(CodecError) {
    switch try bytes.next() {
    case 0xf9:
      let block = try subBlocks(atMost: 4)
      guard block.count >= 4 else { throw .damaged(.gif, "an extension that is too short") }
      delay = Int(block[1]) | Int(block[2]) << 8
      transparent = block[0] & 1 != 0 ? Int(block[3]) : nil
      disposal = block[0] >> 2 & 7 == 2 ? .clear : block[0] >> 2 & 7 == 3 ? .restore : .keep
    case 0xfe:
      let comment = try subBlocks(atMost: nil)
      if !comment.isEmpty { metadata.comments.append(comment) }
    case 0xff: try readApplication()
    case 0x01:
      _ = try subBlocks(atMost: 0)
      warn("a text that is to be drawn (plain text extension) is left out")
    case let label:
      _ = try subBlocks(atMost: 0)
      warn("an extension of an unknown kind (\(label)) is left out")
    }
  }

  private mutating func warn(_ warning: String) {
    // The first few, as of other formats.
    if warnings.count < 8, !warnings.contains(warning) { warnings.append(warning) }
  }

  private mutating func readApplication() throws(CodecError) {
    let name = try bytes.next(Int(try bytes.next()))
    if name == Array("XMP DataXMP".utf8) {
      // The packet is not in blocks: a trailer of 257 bytes makes it look so.
      var packet: [UInt8] = []
      while true {
        let length = try bytes.next()
        if length == 0 { break }
        packet.append(length)
        packet += try bytes.next(Int(length))
        try count(packet.count, adding: false)
      }
      guard packet.count > 257 else { return }
      try count(packet.count, adding: true)
      packet.removeLast(257)
      metadata.xmp = packet
    } else if name == Array("ICCRGBG1012".utf8) {
      let profile = try subBlocks(atMost: nil)
      if !profile.isEmpty {
        metadata.colorProfile = Metadata.ColorProfile(name: "icc", bytes: profile)
      }
    } else if name == Array("NETSCAPE2.0".utf8) || name == Array("ANIMEXTS1.0".utf8) {
      let block = try subBlocks(atMost: 3)
      // The number of times that it is shown again.
      let again = block.count == 3 && block[0] == 1 ? Int(block[1]) | Int(block[2]) << 8 : nil
      if let again { plays = again == 0 ? 0 : again + 1 }
    } else {
      _ = try subBlocks(atMost: 0)
      if name.starts(with: Array("C2PA_GIF".utf8)) {
        warn(Metadata.signatureWarning)
      } else {
        // Escape codes of a stranger's file are not to reach a terminal.
        let letters = name.map { (32...126).contains($0) ? $0 : UInt8(ascii: "?") }
        warn(
          "an extension of an unknown kind (\(String(decoding: letters, as: UTF8.self))) is left out"
        )
      }
    }
  }

  private mutating func count(_ more: Int, adding: Bool) throws(CodecError) {
    let sum = metadataBytes + more
    if sum > limits.metadataBytes {
      throw .tooMuchMetadata(bytes: sum, limit: limits.metadataBytes)
    }
    if adding { metadataBytes = sum }
  }

  /// The data of blocks up to the empty one.
  ///
  /// - Parameter most: how many bytes are kept, nil for all within the limit of metadata.
  private mutating func subBlocks(atMost most: Int?) throws(CodecError) -> [UInt8] {
    var data: [UInt8] = []
    while case let length = Int(try bytes.next()), length > 0 {
      let block = try bytes.next(length)
      if let most {
        data += block.prefix(max(0, most - data.count))
      } else {
        try count(length, adding: true)
        data += block
      }
    }
    return data
  }

  mutating func skipPixels() throws(CodecError) {
    _ = try bytes.next()
    _ = try subBlocks(atMost: 0)
  }

  /// Whether anything but zeros stands behind the end.
  mutating func holdsMore() throws(CodecError) -> Bool {
    guard hasEnded else { return false }
    return try bytes.holdsMore()
  }

  /// Decodes the pixels of a frame.
  ///
  /// - Parameter lay: takes a row and the places of its pixels in the palette; returns whether there are
  ///   such colours.
  mutating func decode(
    _ frame: GIFFrame, _ lay: (Int, ArraySlice<UInt8>) -> Bool
  ) throws(CodecError) {
    let codeSize = Int(try bytes.next())
    guard (1...8).contains(codeSize) else { throw .damaged(.gif, "codes of \(codeSize) bits") }
    var codes = LZWDecoder(codeSize: codeSize, length: frame.width * frame.height, row: frame.width)
    var done = 0
    func emit(_ codes: inout LZWDecoder) throws(CodecError) {
      while let row = codes.takeRow() {
        guard lay(frame.row(at: done), row) else {
          throw .damaged(.gif, "a pixel without a colour in the palette")
        }
        done += 1
      }
    }
    while case let length = Int(try bytes.next()), length > 0 {
      for byte in try bytes.next(length) {
        if try !codes.take(byte) { continue }
        try emit(&codes)
      }
    }
    try emit(&codes)
    guard done == frame.height else { throw .truncated(.gif, "a frame has too few pixels") }
  }
}
