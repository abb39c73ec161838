import ImageCodecs
import Raster
import TestSupport
import Testing

/// What a file holds that nobody here knows is left out with a word; so is what signs the pixels as they were.
@Suite("Unknown parts")
struct UnknownPartsTests {
  private static let signature =
    "content credentials (C2PA) sign the picture as it was: they are left out"

  private static func golden(_ name: String) -> [UInt8] {
    load(TestData.package + "/Tests/ImageCodecsTests/Goldens/" + name)
  }

  private static func box(_ kind: String, _ content: [UInt8]) -> [UInt8] {
    word(8 + content.count) + Array(kind.utf8) + content
  }

  /// A box of content credentials, as the specification names it (C2PA 2.1, A.5.1).
  private static let credentials = box(
    "uuid",
    [
      0xd8, 0xfe, 0xc3, 0xd6, 0x1b, 0x0e, 0x48, 0x3c, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7e, 0xc4,
      0x81,
    ] + word(0) + Array("manifest\0".utf8))

  private static func unknown(_ part: String, _ kind: String) -> String {
    "a \(part) of an unknown kind (\(kind)) is left out"
  }

  @Test(
    "boxes of AVIF and HEIF, still and animated",
    .enabled(if: FileFormat.allCases.contains(.heif)),
    arguments: ["Formats/photo.avif", "Formats/photo.heic", "Series/loops.avif"])
  func heif(_ name: String) throws {
    let file = Self.golden(name)
    #expect(try read(file).warnings == [])
    #expect(try read(file + Self.credentials).warnings == [Self.signature])
    let reader = try read(file + Self.box("abCd", [1]) + Self.box("free", [0]))
    #expect(reader.warnings == [Self.unknown("box", "abCd")])
    // Another that has a long name, and letters that would move a cursor.
    #expect(
      try read(file + Self.box("uuid", [UInt8](repeating: 7, count: 16))).warnings
        == [Self.unknown("box", "uuid")])
    #expect(
      try read(file + Self.box("a\u{1b}[m", [1])).warnings == [Self.unknown("box", "a?[m")])
  }

  @Test("boxes of JPEG XL", .enabled(if: FileFormat.written.contains(.jpegXL)))
  func jpegXL() throws {
    var metadata = Metadata()
    metadata.xmp = Array("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>".utf8)
    let file = try encode(MetadataTests.small, as: .jpegXL, metadata: metadata)
    #expect(try read(file).warnings == [])
    #expect(try read(file + Self.box("abCd", [1])).warnings == [Self.unknown("box", "abCd")])
    #expect(try read(file + Self.box("jumb", [1])).warnings == [Self.signature])
  }

  @Test("chunks of WebP", .enabled(if: FileFormat.written.contains(.webp)))
  func webp() throws {
    var metadata = Metadata()
    metadata.xmp = Array("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>".utf8)
    let file = try encode(MetadataTests.small, as: .webp, metadata: metadata)
    func with(_ kind: String) -> [UInt8] {
      let all = file + Array(kind.utf8) + [2, 0, 0, 0, 7, 7]
      return all[..<4] + word(all.count - 8).reversed() + all[8...]
    }
    #expect(try read(file).warnings == [])
    #expect(try read(with("abCd")).warnings == [Self.unknown("chunk", "abCd")])
    #expect(try read(with("C2PA")).warnings == [Self.signature])
  }

  @Test(
    "frames of WebP within frames are not walked into",
    .enabled(if: FileFormat.written.contains(.webp)))
  func nestedFrames() throws {
    let file = Self.golden("Series/loops.webp")
    // The last frame is the last chunk, of 206 bytes from 686 on; others follow its picture.
    let frame = file[686...]
    var deep = Array(file[..<678])
    for inner in (0..<1000).reversed() {
      deep += Array("ANMF".utf8)
      deep += word(206 + inner * 214).reversed()
      deep += frame
    }
    deep.replaceSubrange(4..<8, with: word(deep.count - 8).reversed())
    #expect(file.count == 892)
    #expect(
      try PictureReader(.bytes(deep), all: true).warnings == [Self.unknown("chunk", "ANMF")])
  }

  @Test("extensions of GIF, still and animated", arguments: [1, 2])
  func gif(frames: Int) throws {
    func file(_ parts: [UInt8]) -> [UInt8] {
      let frame: [UInt8] =
        [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0]
      let all = (0..<frames).flatMap { _ in frame }
      return Array("GIF89a".utf8) + [1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255] + parts + all
        + [0x3b]
    }
    func application(_ name: [UInt8]) -> [UInt8] { [0x21, 0xff, 11] + name + [2, 8, 9, 0] }
    func warnings(_ parts: [UInt8]) throws -> [String] {
      let reader = try PictureReader(.bytes(file(parts)), all: true)
      repeat { _ = try reader.readPicture() } while try reader.advance()
      return reader.warnings
    }
    #expect(try warnings([]) == [])
    #expect(try warnings(application(Array("NETSCAPE2.0".utf8))) == [])
    #expect(try warnings(application(Array("C2PA_GIF".utf8) + [1, 0, 0])) == [Self.signature])
    #expect(
      try warnings(application(Array("ABCDEFGH1.".utf8) + [27]))
        == ["an extension of an unknown kind (ABCDEFGH1.?) is left out"])
    #expect(
      try warnings([0x21, 0x01, 1, 65, 0, 0x21, 0x77, 0]) == [
        "a text that is to be drawn (plain text extension) is left out",
        "an extension of an unknown kind (119) is left out",
      ])
  }

  @Test(
    "comments of PNM and PFM are read",
    arguments: [
      "P5# one\n 2 #two\n1\n# \n255\n\u{1}\u{2}", "P2\n2 1\n#  one \n# two\n255\n1 2\n",
      "P7\n# one\nWIDTH 2\nHEIGHT 1\n  #two\nDEPTH 1\nMAXVAL 255\nENDHDR\n\u{1}\u{2}",
      "Pf\n# one\n2 1\n#two\n-1\n\0\0\0\0\0\0\0\0",
    ])
  func comments(_ file: String) throws {
    let reader = try read(Array(file.utf8))
    #expect(reader.metadata.comments == [Array("one".utf8), Array("two".utf8)])
    #expect(
      reader.metadata.translated(to: .pnm).lost == ["comments"]
        && reader.metadata.translated(to: .png).metadata.texts.count == 2)
  }

  @Test("comments of PNM are no longer than metadata may be, and each picture has its own")
  func manyComments() throws {
    var limits = Limits()
    limits.metadataBytes = 5
    #expect(throws: CodecError.tooMuchMetadata(bytes: 6, limit: 5)) {
      try PictureReader(.bytes(Array("P5\n#abc\n#def\n1 1 255\n1".utf8)), limits: limits)
    }
    let two = "P5\n#abc\n1 1 255\n1P5\n1 1 255\n2"
    let reader = try PictureReader(.bytes(Array(two.utf8)), limits: limits, all: true)
    _ = try reader.readPicture()
    #expect(try reader.advance() && reader.metadata.comments.isEmpty)
  }

  @Test("of many short comments the last takes those that follow")
  func shortComments() throws {
    let file = "P5\n" + String(repeating: "#a\n", count: 5000) + "1 1 255\n1"
    let comments = try read(Array(file.utf8)).metadata.comments
    #expect(comments.count == 1024 && comments.dropLast().allSatisfy { $0 == [97] })
    #expect(comments.last == Array(String(repeating: "a\n", count: 3976).utf8) + [97])
  }
}
