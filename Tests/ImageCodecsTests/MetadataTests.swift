import CImageCodecs
import ImageCodecs
import Raster
import TestSupport
import Testing

@Suite("Metadata")
struct MetadataTests {
  /// A TIFF block of one entry: the orientation.
  static func exif(_ orientation: UInt8) -> [UInt8] {
    Array("MM\0*\0\0\0\u{8}".utf8) + [
      0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
    ]
  }

  static let small = testPicture(PictureFormat(width: 9, height: 7, color: .rgb, sample: .uint8))

  static func roundTrip(_ metadata: Metadata, _ format: FileFormat) throws -> Metadata {
    let reader = try PictureReader(.bytes(encode(small, as: format, metadata: metadata)))
    _ = try reader.readPicture()
    return reader.metadata
  }

  static func common() -> Metadata {
    var metadata = Metadata()
    metadata.exif = exif(6)
    metadata.xmp = Array("<x:xmpmeta>é</x:xmpmeta>".utf8)
    return metadata
  }

  @Test("keywords of PNG are Latin-1, which UTF-8 does not read")
  func latinKeywords() throws {
    var metadata = Metadata()
    metadata.texts = [Metadata.Text(keyword: [0x54, 0xe9, 0xfc, 0xe9], text: [0x41])]
    #expect(try Self.roundTrip(metadata, .png).texts == metadata.texts)
  }

  @Test("PNG keeps everything that it has a place for")
  func png() throws {
    var metadata = Self.common()
    metadata.density = .init(x: 2835, y: 5669, unit: .metre)
    metadata.gamma = 45455
    metadata.chromaticities = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000]
    let latin = Metadata.Text(keyword: Array("Title".utf8), text: [0xe9, 0x41])
    var long = Metadata.Text(keyword: Array("Log".utf8), text: Array(repeating: 65, count: 5000))
    long.compressed = true
    var translated = Metadata.Text(keyword: Array("Author".utf8), text: Array("Ünal".utf8))
    translated.international = true
    translated.language = Array("de".utf8)
    translated.translatedKeyword = Array("Verfasser".utf8)
    metadata.texts = [latin, long, translated]
    // The small last letter says that the chunk may be copied.
    metadata.chunks = [.init(name: "prVt", bytes: [1, 2, 0, 3])]
    #expect(try Self.roundTrip(metadata, .png) == metadata)
  }

  @Test("texts and EXIF behind the pixels of a PNG file are known, and come, before them")
  func late() throws {
    var bytes = try encode(Self.small, as: .png)
    let end = Array(bytes.suffix(12))
    bytes.removeLast(12)
    for (name, content) in [("eXIf", Self.exif(3)), ("tEXt", Array("When\u{0}now".utf8))] {
      let named = Array(name.utf8) + content
      let crc = codec_crc32(0, named, named.count)
      bytes += [0, 0, 0, UInt8(content.count)]
      bytes += named + (0..<4).map { UInt8(truncatingIfNeeded: crc >> (24 - 8 * $0)) }
    }
    let reader = try PictureReader(.bytes(bytes + end))
    #expect(reader.metadata.texts.count == 1 && reader.metadata.exif == Self.exif(3))
    let writer = try PictureWriter(
      reader.format, as: .png, to: .memory, metadata: reader.metadata, late: { reader.metadata })
    try writer.write(reader.readPicture())
    #expect(reader.metadata.texts.count == 1)
    let again = try PictureReader(.bytes(writer.bytes))
    #expect(again.metadata.texts.count == 1 && again.metadata.exif == Self.exif(3))
    #expect(writer.bytes.suffix(12) == end[...])
    _ = try again.readPicture()
    #expect(again.metadata == reader.metadata)
  }

  @Test("PNG keeps sRGB with its intent")
  func intent() throws {
    var metadata = Metadata()
    metadata.srgbIntent = 2
    #expect(try Self.roundTrip(metadata, .png).srgbIntent == 2)
  }

  @Test("JPEG keeps everything that it has a place for")
  func jpeg() throws {
    var metadata = Self.common()
    metadata.density = .init(x: 300, y: 150, unit: .inch)
    metadata.comments = [Array("one".utf8), [], Array("zwei ü".utf8)]
    metadata.applicationSegments = [.init(name: "APP5", bytes: [9, 8, 7])]
    // A profile that takes two segments.
    metadata.colorProfile = .init(name: "icc", bytes: (0..<100_000).map { UInt8($0 % 251) })
    #expect(try Self.roundTrip(metadata, .jpeg) == metadata)
  }

  @Test(
    "a colour profile, EXIF, XMP, dpi and comments go from JPEG to PNG and back",
    .enabled(if: TestData.isThere))
  func across() throws {
    let reader = try PictureReader(.bytes(load(data("jpegsuite/made/icc-two-chunks.jpg"))))
    var metadata = Self.common()
    metadata.colorProfile = reader.metadata.colorProfile
    #expect(metadata.colorProfile != nil)
    metadata.density = .init(x: 300, y: 300, unit: .inch)
    metadata.comments = [Array("a comment".utf8)]
    let png = try Self.roundTrip(metadata, .png)
    #expect(png.colorProfile == metadata.colorProfile)
    #expect(png.exif == metadata.exif)
    #expect(png.xmp == metadata.xmp)
    #expect(png.density == .init(x: 11811, y: 11811, unit: .metre))
    #expect(png.texts == [.init(keyword: Array("Comment".utf8), text: Array("a comment".utf8))])
    let back = try Self.roundTrip(png, .jpeg)
    #expect(back == metadata)
  }

  @Test(
    "parts of a profile that do not fit together are left out with a warning",
    .enabled(if: TestData.isThere),
    arguments: ["icc_missing_chunk", "icc_chunk_seq_no_0", "icc_chunk_double_seq_no"])
  func profile(_ name: String) throws {
    let path = data("jpegsuite/jpeg-decoder/icc/\(name).jpeg")
    let reader = try PictureReader(.bytes(load(path)))
    #expect(reader.metadata.colorProfile == nil)
    #expect(reader.warnings.contains { $0.contains("profile") })
  }

  @Test("parts of a profile in another order are put right", .enabled(if: TestData.isThere))
  func profileOrder() throws {
    let path = data("jpegsuite/jpeg-decoder/icc/icc_chunk_order.jpeg")
    let profile = try #require(try PictureReader(.bytes(load(path))).metadata.colorProfile)
    #expect(profile.bytes == Array(1...254))
  }

  @Test(
    "JPEG files in all eight orientations stand upright when turned",
    .enabled(if: TestData.isThere), arguments: 1...8)
  func upright(_ value: Int) throws {
    let stem = "jpegsuite/made/exif-orientation-\(value)"
    let reader = try PictureReader(.bytes(load(data(stem + ".jpg"))))
    var metadata = reader.metadata
    #expect(metadata.orientation == Orientation(rawValue: value))
    let turned = try reader.readPicture().upright(from: metadata.orientation)
    let expected = try decode(load(data(stem + ".upright.png")))
    #expect(turned.format == expected.format)
    #expect(content(turned) == content(expected))
    #expect(metadata.describe(turned.format, turned: true) == [])
    #expect(metadata.orientation == .upright)
  }

  @Test(
    "orientations that are not valid count as upright",
    arguments: [
      [], Array("II*\0".utf8), exif(0), exif(9), Array(exif(6).dropLast(12)),
      Array("II*\0\u{ff}\u{ff}\u{ff}\u{7f}".utf8),
      Array("XX\0*\0\0\0\u{8}".utf8) + exif(6).dropFirst(8),
    ])
  func invalid(_ exif: [UInt8]) {
    var metadata = Metadata()
    metadata.exif = exif
    #expect(metadata.orientation == .upright)
    #expect(metadata.describe(Self.small.format, turned: true) == [])
    #expect(metadata.orientation == .upright)
  }

  @Test("metadata beyond the limit are refused or left out, not unpacked")
  func limit() throws {
    var metadata = Metadata()
    metadata.comments = Array(repeating: Array(repeating: 65, count: 60_000), count: 20)
    let bytes = try encode(Self.small, as: .jpeg, metadata: metadata)
    var limits = Limits()
    limits.metadataBytes = 1 << 20
    #expect(throws: CodecError.self) { try decode(bytes, limits: limits) }
    limits.metadataBytes = 2 << 20
    _ = try decode(bytes, limits: limits)
  }
}
