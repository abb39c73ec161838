import ImageCodecs
import Raster
import Testing

/// What one format says finds its place in another, or is named.
@Suite("Metadata between formats")
struct TranslationTests {
  private static func text(_ keyword: String, _ text: String) -> Metadata.Text {
    Metadata.Text(keyword: Array(keyword.utf8), text: Array(text.utf8))
  }

  private static let iptc = Array("8BIM\u{4}\u{4}\0\0\0\0\0\u{6}\u{1c}\u{2}\u{50}\0\u{1}S".utf8)

  @Test("PNG's texts become EXIF where it knows them, else comments")
  func texts() throws {
    var metadata = Metadata()
    var international = Self.text("Copyright", "© S")
    international.international = true
    var latin = Self.text("Description", "")
    latin.text = [0xe9]
    metadata.texts = [
      Self.text("Author", "Somebody"), international, latin, Self.text("Source", "A camera"),
      Self.text("Comment", "nice"), Self.text("Author", "Another"), Self.text("", "without a name"),
    ]
    let (jpeg, lost) = metadata.translated(to: .jpeg)
    #expect(lost == [])
    #expect(
      jpeg.comments.map { String(decoding: $0, as: UTF8.self) } == [
        "Source: A camera", "nice", "Author: Another", "without a name",
      ])
    // The values that are too long for their entries, then the entries in the order of their tags.
    let values = Array("Somebody\0\0© S\0".utf8)
    #expect(jpeg.exif.map { Array($0[14..<14 + values.count]) } == values)
    #expect(jpeg.exif?[4] == 30)
    #expect(
      jpeg.exif.map { Array($0[30...]) } == [
        3, 0, 0x0e, 1, 2, 0, 3, 0, 0, 0, 0xc3, 0xa9, 0, 0, 0x3b, 1, 2, 0, 9, 0, 0, 0, 14, 0, 0, 0,
        0x98, 0x82, 2, 0, 5, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0,
      ])
    let again = jpeg.translated(to: .jpeg)
    #expect(again.metadata == jpeg && again.lost == [])
    #expect(try MetadataTests.roundTrip(metadata, .jpeg).exif == jpeg.exif)
  }

  @Test("a text that EXIF has already is not said twice")
  func known() {
    var metadata = Metadata()
    metadata.texts = [Self.text("Author", "Somebody")]
    let first = metadata.translated(to: .jpeg).metadata
    metadata.exif = first.exif
    #expect(metadata.translated(to: .jpeg).metadata == first)
  }

  @Test("IPTC goes from JPEG to PNG and back, without the thumbnails of Photoshop")
  func photoshop() throws {
    let thumbnail = Array("8BIM\u{4}\u{c}\u{1}x\0\0\0\u{3}abc\0".utf8)
    let file = try jpeg(segment(0xed, Array("Photoshop 3.0\0".utf8) + Self.iptc + thumbnail))
    var metadata = try read(file).metadata
    #expect(metadata.photoshop == Self.iptc + thumbnail)
    #expect(metadata.describe(MetadataTests.small.format, turned: false) == [])
    #expect(metadata.photoshop == Self.iptc)
    let png = metadata.translated(to: .png)
    #expect(png.lost == [])
    #expect(png.metadata.texts.map(\.keyword) == [Array("Raw profile type iptc".utf8)])
    #expect(
      String(decoding: png.metadata.texts[0].text, as: UTF8.self)
        == "\niptc\n18\n3842494d04040000000000061c0250000153\n")
    #expect(try MetadataTests.roundTrip(metadata, .png).photoshop == Self.iptc)
    #expect(try MetadataTests.roundTrip(metadata, .jpeg).photoshop == Self.iptc)
  }

  @Test("EXIF in a text of PNG is EXIF, and obeyed; the chunk eXIf comes first")
  func rawProfile() throws {
    let block = Array("Exif\0\0".utf8) + MetadataTests.exif(6)
    let digits = block.map { String(UInt16($0) + 256, radix: 16).dropFirst() }.joined()
    func text(_ type: String) -> [UInt8] {
      chunk(
        "tEXt", Array("Raw profile type \(type)\0\n\(type)\n      \(block.count)\n\(digits)\n".utf8)
      )
    }
    for type in ["exif", "APP1"] {
      let metadata = try read(png(text(type))).metadata
      #expect(metadata.orientation == .turnedLeft && metadata.texts == [])
    }
    let both = try read(png(text("exif") + chunk("eXIf", MetadataTests.exif(3)))).metadata
    #expect(both.exif == MetadataTests.exif(3) && both.texts == [])
    let broken = try read(png(chunk("tEXt", Array("Raw profile type exif\0\nexif\n3\n00g\n".utf8))))
    #expect(broken.metadata.exif == nil && broken.metadata.texts.count == 1)
  }

  @Test("a text without a keyword stops no picture, before or behind the pixels")
  func emptyKeyword() throws {
    let nameless = chunk("tEXt", Array("\0hello".utf8)) + chunk("tEXt", Array(" \0hello".utf8))
    let reader = try read(png(nameless, behind: nameless))
    let lost = reader.metadata.translated(to: .png).lost
    #expect(lost == (reader.metadata.texts.isEmpty ? [] : ["a text without a keyword"]))
    #expect(try MetadataTests.roundTrip(reader.metadata, .png).texts == [])
  }

  @Test("comments of JPEG become texts: UTF-8, Latin-1, ended by zeros; another zero is named")
  func comments() throws {
    var metadata = Metadata()
    metadata.comments = [[0xc3, 0xa9], [0xe9], [65, 0, 0], [65, 0, 65], []]
    let (png, lost) = metadata.translated(to: .png)
    #expect(lost == ["a comment with a zero byte"])
    #expect(png.texts.map(\.text) == [[0xc3, 0xa9], [0xe9], [65]])
    #expect(png.texts.map(\.international) == [true, false, false])
    #expect(try MetadataTests.roundTrip(metadata, .png).texts == png.texts)
  }

  @Test("what has no place is named")
  func lost() {
    var metadata = Metadata()
    metadata.gamma = 100_000
    metadata.chunks = [.init(name: "cICP", bytes: [9, 16, 0, 1])]
    #expect(
      metadata.translated(to: .jpeg).lost == ["the gamma of 1.0 (gAMA)", "cICP of PNG"])
    metadata.srgbIntent = 0
    #expect(metadata.translated(to: .jpeg).lost == ["cICP of PNG"])
    metadata = Metadata()
    metadata.gamma = 45455
    metadata.chromaticities = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000]
    #expect(metadata.translated(to: .jpeg).lost == [])
    metadata.chromaticities = [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000]
    #expect(metadata.translated(to: .jpeg).lost == ["the primary colours (cHRM)"])
    metadata = Metadata()
    metadata.colorProfile = .init(name: "icc", bytes: [UInt8](repeating: 0, count: 255 * 65519 + 1))
    metadata.applicationSegments = [.init(name: "APP12", bytes: [1])]
    #expect(metadata.translated(to: .jpeg).lost == ["a colour profile over 16 MB"])
    #expect(metadata.translated(to: .png).lost == ["APP12 of JPEG"])
    metadata.xmp = [65]
    metadata.photoshop = Self.iptc
    let (pnm, lost) = metadata.translated(to: .pnm)
    #expect(lost == ["a colour profile", "XMP", "IPTC", "APP12 of JPEG"])
    #expect(pnm == Metadata())
  }

  @Test("a profile that libpng refuses is left out, and named")
  func refused() throws {
    var metadata = Metadata()
    metadata.colorProfile = .init(name: "icc", bytes: Array(1...200))
    let writer = try PictureWriter(
      MetadataTests.small.format, as: .png, to: .memory, metadata: metadata)
    try writer.write(MetadataTests.small)
    #expect(writer.warnings.count == 1 && writer.warnings[0].contains("profile"))
    #expect(try read(writer.bytes).metadata == Metadata())
  }

  @Test(
    "quantisation values that libjpeg cannot divide by become the largest that it can",
    arguments: [8191, 8192, 16384, 65535] as [UInt16])
  func quantisation(_ value: UInt16) throws {
    let picture = Picture(
      PictureFormat(width: 16, height: 16, color: .gray, sample: .uint8),
      samples: [UInt8](repeating: 255, count: 256))
    var table = [UInt16](repeating: value, count: 64)
    table[0] = 1
    let kept = JPEGEncoding(
      space: .gray, progressive: false, arithmetic: false, sampling: [.init(1, 1)],
      tables: [table, nil, nil, nil], tableOfComponent: [0])
    let writer = try PictureWriter(picture.format, as: .jpeg, to: .memory, keeping: .jpeg(kept))
    try writer.write(picture)
    #expect(
      writer.warnings
        == (value > 8191
          ? ["quantisation values over 8191 cannot be written: they become 8191"] : []))
    let reader = try read(writer.bytes)
    #expect(try content(decode(writer.bytes)) == [UInt8](repeating: 255, count: 256))
    guard case .jpeg(let encoding) = reader.encoding else { preconditionFailure("a JPEG file") }
    #expect(encoding.tables[0] == [1] + [UInt16](repeating: 8191, count: 63))
  }

  @Test("tables with a 0 are not divided by")
  func zeros() throws {
    let kept = JPEGEncoding(
      space: .gray, progressive: false, arithmetic: false, sampling: [.init(1, 1)],
      tables: [[UInt16](repeating: 0, count: 64), nil, nil, nil], tableOfComponent: [0])
    let format = PictureFormat(width: 8, height: 8, color: .gray, sample: .uint8)
    let writer = try PictureWriter(format, as: .jpeg, to: .memory, keeping: .jpeg(kept))
    #expect(
      writer.warnings == ["the quantisation tables cannot be written: those of quality 92 are"])
  }

  @Test("numbers that give colours travel to AVIF and back; those of sRGB need not")
  func numbers() throws {
    var metadata = Metadata()
    metadata.chunks = [.init(name: "cICP", bytes: [9, 16, 0, 1])]
    metadata.gamma = 100_000
    for format in [FileFormat.jpegXL, .webp, .jpeg, .pnm] {
      #expect(
        metadata.translated(to: format).lost == ["the gamma of 1.0 (gAMA)", "cICP of PNG"])
    }
    let (kept, lost) = metadata.translated(to: .avif)
    #expect(lost == [] && kept.chunks == metadata.chunks && kept.gamma == nil)
    if FileFormat.written.contains(.avif) {
      let reader = try read(encode(MetadataTests.small, as: .avif, metadata: metadata))
      #expect(reader.metadata == kept && reader.warnings == [])
      #expect(try MetadataTests.roundTrip(Metadata(), .avif) == Metadata())
    }
    metadata.chunks = [.init(name: "cICP", bytes: [1, 13, 0, 1])]
    for format in [FileFormat.jpegXL, .avif, .webp, .jpeg, .pnm] {
      #expect(metadata.translated(to: format).lost == [])
    }
    // A profile would count then.
    metadata.colorProfile = .init(name: "icc", bytes: [1])
    #expect(metadata.translated(to: .jpeg).lost == ["cICP of PNG"])
  }

  @Test("extended XMP is named as what it is, and nothing points to it any more")
  func extendedXMP() {
    var metadata = Metadata()
    metadata.xmp = Array(
      "<rdf:Description xmlns:n='http://ns.adobe.com/xmp/note/' n:HasExtendedXMP='A' n:B='C'/>".utf8
    )
    metadata.applicationSegments = [
      .init(name: "APP1", bytes: Array("http://ns.adobe.com/xmp/extension/\0".utf8) + [1, 2]),
      .init(name: "APP5", bytes: [1]),
    ]
    #expect(metadata.translated(to: .jpeg).metadata == metadata)
    let (result, lost) = metadata.translated(to: .png)
    #expect(lost == ["extended XMP (beyond 64 KB)", "APP5 of JPEG"])
    #expect(
      result.xmp
        == Array("<rdf:Description xmlns:n='http://ns.adobe.com/xmp/note/' n:B='C'/>".utf8))
  }
}
