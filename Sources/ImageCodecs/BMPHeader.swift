import Raster

/// The headers of a bitmap of Windows or OS/2: 12, 16, 40, 52, 56, 64, 108 or 124 bytes behind 14.
///
/// - SeeAlso: wingdi.h, BITMAPFILEHEADER … BITMAPV5HEADER.
struct BMPHeader {
  /// How the pixels are packed.
  enum Packing: Equatable {
    /// 1, 2, 4 or 8 bits: places in the palette.
    case indices
    /// The same in runs.
    case runs
    /// 16, 24 or 32 bits: blue, green, red (and alpha) in these bits.
    case masks([UInt32])
  }

  var width: Int
  var height: Int
  var isBottomUp: Bool
  var bits: Int
  var packing: Packing
  /// Red, green, blue.
  var palette: [[UInt8]] = []
  /// Where the pixels begin.
  var pixels: Int
  /// Where a colour profile ends; 0 for none.
  private(set) var profileEnd = 0
  var metadata = Metadata()

  private static let inHeader = "in its header"

  /// - Parameter source: seekable; at its first byte.
  init(_ source: SourceHandle, _ limits: Limits) throws(CodecError) {
    let file = Fields(try source.bytes(18, of: .bmp, Self.inHeader))
    let size = file.long(14)
    guard [12, 16, 40, 52, 56, 64, 108, 124].contains(size) else {
      throw .unsupported(.bmp, "a header of \(size) bytes")
    }
    let core = size == 12
    var rest = try source.bytes(size - 4, of: .bmp, Self.inHeader)
    rest += [UInt8](repeating: 0, count: 124 - size)
    // Offsets as in the header, which begins with its size.
    let header = Fields([0, 0, 0, 0] + rest)
    width = core ? header.short(4) : header.signed(4)
    let tall = core ? header.short(6) : header.signed(8)
    height = abs(tall)
    isBottomUp = tall > 0
    guard width > 0, height > 0 else { throw .damaged(.bmp, "a side of no pixels") }
    bits = header.short(core ? 10 : 14)
    pixels = file.long(10)
    packing = .indices
    let compression = header.long(16)
    var behind = 14 + size
    switch (compression, bits) {
    case (0, 1), (0, 2), (0, 4), (0, 8): break
    case (1, 8), (2, 4):
      guard isBottomUp else { throw .damaged(.bmp, "runs from the top") }
      packing = .runs
    case (0, 16): packing = .masks([0x1f, 0x3e0, 0x7c00, 0])
    case (0, 24), (0, 32): packing = .masks([0xff, 0xff00, 0xff_0000, 0])
    case (3, 16), (3, 32), (6, 16), (6, 32):
      guard size != 64 else { throw .unsupported(.bmp, "compression \(compression) of OS/2") }
      var masks = (0..<4).map { UInt32(header.long(40 + 4 * $0)) }
      if size < 52 {
        let count = compression == 6 ? 4 : 3
        let bytes = Fields(try source.bytes(4 * count, of: .bmp, Self.inHeader))
        masks = (0..<4).map { $0 < count ? UInt32(bytes.long(4 * $0)) : 0 }
        behind += 4 * count
      } else if size == 52 {
        masks[3] = 0
      }
      packing = .masks([masks[2], masks[1], masks[0], masks[3]])
    default:
      let kinds = [4: "JPEG", 5: "PNG"]
      throw .unsupported(
        .bmp,
        kinds[compression].map { "a \($0) file within" }
          ?? "\(bits) bits a pixel, compression \(compression)")
    }
    try checkMasks()
    if size >= 40 { takeDensity(header) }
    try readPalette(source, header, core: core, &behind)
    if size == 124 { try readProfile(source, header, limits) }
    if pixels < behind { pixels = behind }
  }

  private func checkMasks() throws(CodecError) {
    guard case .masks(let masks) = packing else { return }
    var used: UInt32 = 0
    for mask in masks where mask != 0 {
      let run = mask >> UInt32(mask.trailingZeroBitCount)
      guard run & (run &+ 1) == 0, used & mask == 0 else {
        throw .damaged(.bmp, "the bits of a colour do not stand together")
      }
      used |= mask
    }
    guard masks[..<3].contains(where: { $0 != 0 }), bits == 32 || used >> UInt32(bits) == 0 else {
      throw .damaged(.bmp, "the bits of the colours lie outside the pixel")
    }
  }

  private mutating func takeDensity(_ header: Fields) {
    let (x, y) = (header.signed(24), header.signed(28))
    if x > 0, y > 0 { metadata.density = Metadata.Density(x: x, y: y, unit: .metre) }
  }

  private mutating func readPalette(
    _ source: SourceHandle, _ header: Fields, core: Bool, _ behind: inout Int
  ) throws(CodecError) {
    guard bits <= 8 else { return }
    var count = core ? 0 : header.long(32)
    if count == 0 { count = 1 << bits }
    guard count <= 256 else { throw .damaged(.bmp, "a palette of \(count) colours") }
    let size = core ? 3 : 4
    // Of a short palette the pixels cut off the rest.
    if pixels > behind { count = min(count, (pixels - behind) / size) }
    let bytes = try source.bytes(size * count, of: .bmp, "in its palette")
    palette = (0..<count).map { [bytes[size * $0 + 2], bytes[size * $0 + 1], bytes[size * $0]] }
    behind += size * count
    guard !palette.isEmpty else { throw .damaged(.bmp, "a palette without colours") }
  }

  /// The colour profile that stands in the file.
  private mutating func readProfile(
    _ source: SourceHandle, _ header: Fields, _ limits: Limits
  ) throws(CodecError) {
    let embedded = 0x4d42_4544
    let (start, count) = (header.long(112), header.long(116))
    guard header.long(56) == embedded, count > 0 else { return }
    if count > limits.metadataBytes {
      throw .tooMuchMetadata(bytes: count, limit: limits.metadataBytes)
    }
    guard source.seek(to: 14 + start) else {
      throw .damaged(.bmp, "a colour profile that is not there")
    }
    metadata.colorProfile = Metadata.ColorProfile(
      name: "icc", bytes: try source.bytes(count, of: .bmp, "in its colour profile"))
    profileEnd = 14 + start + count
  }

  /// Bytes of a row of the file: whole words.
  var rowBytes: Int { (width * bits + 31) / 32 * 4 }

  /// Whether all colours are gray.
  var isGray: Bool { bits <= 8 && palette.allSatisfy { $0[0] == $0[1] && $0[1] == $0[2] } }

  var color: ColorModel {
    if case .masks(let masks) = packing { return masks[3] != 0 ? .rgba : .rgb }
    return isGray ? .gray : .rgb
  }
}

/// Numbers with the low byte first.
struct Fields {
  let bytes: [UInt8]
  init(_ bytes: [UInt8]) { self.bytes = bytes }
  func short(_ at: Int) -> Int { Int(bytes[at]) | Int(bytes[at + 1]) << 8 }
  func long(_ at: Int) -> Int { short(at) | short(at + 2) << 16 }
  func signed(_ at: Int) -> Int { Int(Int32(truncatingIfNeeded: long(at))) }
}
