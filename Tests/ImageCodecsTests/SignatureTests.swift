import ImageCodecs
import Raster
import Testing

/// What signs the pixels as they were is taken out, with a word.
@Suite("Content credentials")
struct SignatureTests {
  private static let warning =
    "content credentials (C2PA) sign the picture as it was: they are left out"

  /// A segment of a box of JUMBF.
  private static func part(_ number: UInt8, _ part: UInt8, _ content: String) -> [UInt8] {
    segment(
      0xeb,
      Array("JP".utf8) + [0, number, 0, 0, 0, part, 0, 0, 1, 0] + Array("jumb".utf8)
        + Array(content.utf8))
  }

  @Test("in JPEG all parts of the box go, other boxes stay")
  func jpegs() throws {
    let file = try jpeg(
      Self.part(1, 1, "....jumdc2pa....first") + Self.part(1, 2, "second")
        + Self.part(2, 1, "....jumdelse"))
    let reader = try read(file)
    #expect(reader.warnings == [Self.warning])
    #expect(reader.metadata.applicationSegments.count == 1)
    let kept = reader.metadata.applicationSegments[0].bytes
    #expect(String(decoding: kept, as: UTF8.self).hasSuffix("jumdelse"))
    #expect(try read(jpeg(Self.part(2, 1, "else"))).warnings.isEmpty)
  }

  @Test("in PNG")
  func pngs() throws {
    let reader = try read(png(chunk("caBX", [1, 2, 3])))
    #expect(reader.warnings == [Self.warning] && reader.metadata.chunks.isEmpty)
    #expect(try read(png(chunk("caBX", [1]), behind: chunk("caBX", [2]))).warnings.count == 1)
  }

  @Test("EXIF behind the pixels of PNG is known before them where the file can be read twice")
  func behind() throws {
    let exif = Array("II*\0\u{8}\0\0\0\u{1}\0\u{12}\u{1}\u{3}\0\u{1}\0\0\0\u{6}\0\0\0\0\0\0\0".utf8)
    let reader = try PictureReader(.bytes(png(behind: chunk("eXIf", exif))))
    #expect(reader.metadata.orientation == .turnedLeft)
    _ = try reader.readPicture()
    #expect(reader.metadata.exif == exif)
    // Four letters are no chunk.
    let text = try PictureReader(.bytes(png(behind: chunk("tEXt", Array("k\0eXIf".utf8) + exif))))
    #expect(text.metadata.exif == nil)
    // What stands before the pixels counts.
    let other = Array(exif.dropLast(8)) + [3, 0, 0, 0, 0, 0, 0, 0]
    let both = try PictureReader(
      .bytes(png(chunk("eXIf", other), behind: chunk("tEXt", Array("a\0b".utf8)))))
    #expect(both.metadata.exif == other)
  }
}
