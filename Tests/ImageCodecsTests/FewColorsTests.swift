import ImageCodecs
import Raster
import TestSupport
import Testing

/// TIFF keeps a palette or few bits, too, and so does what goes from one format to the other.
@Suite("Few colours in TIFF and from format to format")
struct FewColorsTests {
  private static let isRead = FileFormat.allCases.contains(.tiff)

  /// How a file stores its samples.
  private struct Kind: Equatable {
    var bits: Int
    var palette: [UInt8]

    init(_ encoding: Encoding) {
      switch encoding {
      case .tiff(let tiff): (bits, palette) = (tiff.bits, tiff.palette)
      case .png(let png): (bits, palette) = (png.depth, png.palette)
      default: (bits, palette) = (0, [])
      }
    }

    init(_ bits: Int, _ palette: [UInt8] = []) { (self.bits, self.palette) = (bits, palette) }
  }

  @Test(
    "what does nothing gives the kind of the input", .enabled(if: isRead),
    arguments: [
      ("bits1.tif", 1), ("bits2.tif", 2), ("bits4.tif", 4), ("fax.tif", 1), ("palette.tif", 8),
    ])
  func kept(_ name: String, _ bits: Int) throws {
    let before = try PictureReader(.bytes(FormatFiles.bytes(name)))
    let picture = try before.readPicture()
    for compression in TIFFCompression.allCases {
      var options = WritingOptions()
      options.tiffCompression = compression
      let file = try encode(picture, as: .tiff, options: options, keeping: before.encoding)
      let after = try PictureReader(.bytes(file))
      #expect(Kind(after.encoding) == Kind(before.encoding) && Kind(after.encoding).bits == bits)
      #expect(try content(after.readPicture()) == content(picture))
      let wide = try encode(picture, as: .tiff, options: options)
      if compression == .none { #expect(bits == 8 || file.count < wide.count) }
    }
  }

  /// Colours of a palette, in several strips.
  private func many(_ palette: [UInt8]) -> Picture {
    var noise = Noise(state: 4)
    let format = PictureFormat(width: 301, height: 2000, color: .rgb, sample: .uint8)
    var samples: [UInt8] = []
    for _ in 0..<301 * 2000 {
      let color = Int.random(in: 0..<palette.count / 4, using: &noise)
      samples += palette[4 * color..<4 * color + 3]
    }
    return Picture(format, samples: samples)
  }

  @Test(
    "the first other colour makes the same file as if there had been no palette",
    .enabled(if: isRead), arguments: [2, 4, 13, 200])
  func foreign(_ colors: Int) throws {
    var noise = Noise(state: 5)
    let palette = (0..<4 * colors).map {
      $0 % 4 == 3 ? 255 : UInt8.random(in: 0...250, using: &noise)
    }
    let picture = many(palette)
    let bits = colors <= 2 ? 1 : colors <= 4 ? 2 : colors <= 16 ? 4 : 8
    let input = Encoding.tiff(
      TIFFEncoding(bits: bits, compression: 5, isInk: false, palette: palette))
    let narrow = try encode(picture, as: .tiff, keeping: input)
    let reader = try PictureReader(.bytes(narrow))
    // Numbers beyond the last colour are black.
    let padding = (colors..<1 << bits).flatMap { _ in [0, 0, 0, 255] as [UInt8] }
    #expect(Kind(reader.encoding) == Kind(bits, palette + padding))
    #expect(try content(reader.readPicture()) == content(picture))
    let plain = Encoding.tiff(TIFFEncoding(bits: 8, compression: 5, isInk: false))
    for place in [0, 301 * 1000, 301 * 2000 - 1] {
      let other = Picture(picture.format, samples: content(picture))
      // Red of 255 is not in the palette.
      other.row(place / 301).storeBytes(of: 255, toByteOffset: place % 301 * 3, as: UInt8.self)
      #expect(
        try encode(other, as: .tiff, keeping: input) == encode(other, as: .tiff, keeping: plain))
    }
  }

  @Test("each page keeps its own kind", .enabled(if: isRead))
  func pages() throws {
    let names = ["bits1.tif", "said.tif", "palette.tif", "bits4.tif"]
    let pages = try names.map { try PictureReader(.bytes(FormatFiles.bytes($0))) }
    let pictures = try pages.map { try $0.readPicture() }
    let writer = try PictureWriter(
      pictures[0].format, as: .tiff, to: .memory, keeping: pages[0].encoding,
      series: PictureSeries(count: 4))
    try writer.write(pictures[0])
    for index in 1..<4 {
      try writer.begin(
        pictures[index].format, options: WritingOptions(), metadata: Metadata(),
        keeping: pages[index].encoding, time: nil)
      try writer.write(pictures[index])
    }
    try writer.complete()
    let again = try Shown.all(of: .bytes(writer.bytes)).pictures
    #expect(again.map { Kind($0.encoding) } == pages.map { Kind($0.encoding) })
    #expect(again.map { content($0.picture) } == pictures.map { content($0) })
  }

  @Test("from PNG and PBM to TIFF and back", .enabled(if: isRead))
  func across() throws {
    let palette: [UInt8] = [1, 2, 3, 255, 9, 9, 9, 255, 4, 5, 6, 255, 0, 80, 0, 255]
    let picture = Picture(
      PictureFormat(width: 3, height: 1, color: .rgb, sample: .uint8),
      samples: [4, 5, 6, 1, 2, 3, 0, 80, 0] as [UInt8])
    let png = Encoding.png(PNGEncoding(depth: 2, colorType: 3, interlaced: false, palette: palette))
    let there = try PictureReader(.bytes(encode(picture, as: .tiff, keeping: png)))
    #expect(Kind(there.encoding) == Kind(2, palette))
    let back = try PictureReader(
      .bytes(encode(there.readPicture(), as: .png, keeping: there.encoding)))
    #expect(back.encoding == png)
    #expect(try content(back.readPicture()) == content(picture))
    let bitmap = try PictureReader(.bytes(Array("P1\n3 2\n101011".utf8)))
    let bits = try bitmap.readPicture()
    for format in [FileFormat.png, .tiff] {
      let file = try PictureReader(.bytes(encode(bits, as: format, keeping: bitmap.encoding)))
      #expect(Kind(file.encoding) == Kind(1), "\(format.name)")
      #expect(try content(file.readPicture()) == content(bits))
    }
    // Palettes of TIFF have no alpha.
    let clear = Picture(
      PictureFormat(width: 2, height: 1, color: .rgba, sample: .uint8),
      samples: [1, 2, 3, 255, 9, 9, 9, 0] as [UInt8])
    let airy = Encoding.png(
      PNGEncoding(
        depth: 1, colorType: 3, interlaced: false, palette: [1, 2, 3, 255, 9, 9, 9, 0]))
    let whole = try PictureReader(.bytes(encode(clear, as: .tiff, keeping: airy)))
    #expect(Kind(whole.encoding) == Kind(8) && whole.format == clear.format)
  }
}
