import ImageCodecs
import Raster
import Testing

/// EXIF and XMP of a result speak of the result.
@Suite("EXIF and XMP")
struct ExifTests {
  private static let result = PictureFormat(width: 70_000, height: 30, color: .rgb, sample: .uint8)

  /// A number of 16 or 32 bits, low byte first.
  private static func short(_ value: Int) -> [UInt8] {
    [UInt8(value & 255), UInt8(value >> 8 & 255)]
  }
  private static func long(_ value: Int) -> [UInt8] { short(value & 0xffff) + short(value >> 16) }

  private static func entry(_ tag: Int, _ type: Int, _ count: Int, _ value: Int) -> [UInt8] {
    short(tag) + short(type) + long(count) + long(value)
  }

  private static func block(_ directories: [UInt8]) -> [UInt8] {
    Array("II*\0".utf8) + long(8) + directories
  }

  private static func directory(_ entries: [[UInt8]], next: Int = 0) -> [UInt8] {
    short(entries.count) + entries.flatMap { $0 } + long(next)
  }

  /// The start of a JPEG file: SOI, a segment, a marker.
  private static let picture: [UInt8] = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xdb, 0, 2]

  private static func metadata(_ exif: [UInt8]) -> Metadata {
    var metadata = Metadata()
    metadata.exif = exif
    return metadata
  }

  @Test("the orientation is obeyed in 16 and in 32 bits", arguments: [3, 4])
  func types(_ type: Int) {
    let exif = Self.block(Self.directory([Self.entry(0x112, type, 1, 6)]))
    #expect(Self.metadata(exif).orientation == .turnedLeft)
  }

  @Test("the thumbnail goes, with its directory, and the block ends before it")
  func thumbnail() {
    let main = Self.directory([Self.entry(0x112, 3, 1, 6)], next: 26)
    let second = Self.directory([
      Self.entry(0x112, 3, 1, 6), Self.entry(0x201, 4, 1, 68),
      Self.entry(0x202, 4, 1, Self.picture.count),
    ])
    var metadata = Self.metadata(Self.block(main + second) + Self.picture)
    #expect(metadata.describe(Self.result, turned: false) == [])
    #expect(metadata.exif == Self.block(Self.directory([Self.entry(0x112, 3, 1, 6)])))
  }

  @Test("a thumbnail that claims the picture's own bytes takes none of them")
  func overlap() {
    let main = Self.directory(
      [Self.entry(0x10e, 2, 8, 26 + 12), Self.entry(0x112, 3, 1, 1)], next: 46)
    let text = Array("a title\0".utf8)
    let second = Self.directory([Self.entry(0x201, 4, 1, 0), Self.entry(0x202, 4, 1, 76)])
    var metadata = Self.metadata(Self.block(main + text + second))
    _ = metadata.describe(Self.result, turned: false)
    let kept = Self.directory([Self.entry(0x10e, 2, 8, 26 + 12), Self.entry(0x112, 3, 1, 1)])
    #expect(metadata.exif == Self.block(kept + text))
  }

  @Test("directories in a circle end")
  func circle() {
    var metadata = Self.metadata(Self.block(Self.directory([Self.entry(0x112, 3, 1, 6)], next: 8)))
    _ = metadata.describe(Self.result, turned: true)
    #expect(metadata.exif == Self.block(Self.directory([Self.entry(0x112, 3, 1, 1)])))
  }

  @Test("sizes become those of the result, as 32 bits where 16 are too few")
  func sizes() {
    func block(_ width: (Int, Int), _ height: (Int, Int), _ orientation: Int) -> [UInt8] {
      Self.block(
        Self.directory([
          Self.entry(0x100, width.0, 1, width.1), Self.entry(0x112, 3, 1, orientation),
          Self.entry(0x8769, 4, 1, 50),
        ])
          + Self.directory([
            Self.entry(0xa002, width.0, 1, width.1), Self.entry(0xa003, height.0, 1, height.1),
          ]))
    }
    var metadata = Self.metadata(block((3, 40), (4, 24), 6))
    #expect(metadata.describe(Self.result, turned: true) == [])
    #expect(metadata.exif == block((4, 70_000), (3, 30), 1))
  }

  @Test("a picture in a maker note goes, and is named")
  func makerNote() {
    let main = Self.directory([Self.entry(0x8769, 4, 1, 26)])
    func exif(_ entries: [[UInt8]]) -> [UInt8] { Self.block(main + Self.directory(entries)) }
    let note = Array("Maker\0".utf8) + Self.picture
    let size = Self.entry(0xa001, 3, 1, 1)
    var metadata = Self.metadata(
      exif([Self.entry(0x927c, 7, note.count, 26 + 30), size]) + note)
    #expect(
      metadata.describe(Self.result, turned: false) == ["a picture in EXIF (tag 0x927C)"])
    #expect(metadata.exif == exif([size]))
  }

  @Test("XMP: orientation, sizes and thumbnails, as attributes and as elements")
  func xmp() {
    func packet(_ orientation: Int, _ width: Int, _ height: Int, _ thumbnails: String) -> [UInt8] {
      Array(
        """
        <?xpacket begin='' id='x'?><!-- <t:Orientation>6</t:Orientation> -->\
        <x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF \
        xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description \
        xmlns:t="http://ns.adobe.com/tiff/1.0/" xmlns:exif='http://ns.adobe.com/exif/1.0/' \
        xmlns:xmp="http://ns.adobe.com/xap/1.0/" t:Orientation = '\(orientation)' \
        t:ImageWidth="\(width)" other:Orientation="6">\
        <exif:PixelYDimension>\(height)</exif:PixelYDimension>\(thumbnails)\
        <xmp:Label>é</xmp:Label></rdf:Description></rdf:RDF></x:xmpmeta>
        """.utf8)
    }
    let thumbnails =
      "<xmp:Thumbnails><rdf:Alt><rdf:li><a:image>/9j/</a:image></rdf:li></rdf:Alt></xmp:Thumbnails>"
    var metadata = Metadata()
    metadata.xmp = packet(6, 40, 24, thumbnails)
    #expect(metadata.describe(Self.result, turned: true) == [])
    #expect(metadata.xmp == packet(1, 70_000, 30, ""))
    metadata.xmp = packet(6, 40, 24, "")
    _ = metadata.describe(Self.result, turned: false)
    #expect(metadata.xmp == packet(6, 70_000, 30, ""))
  }

  @Test(
    "XMP that is no XML stays as it is",
    arguments: [
      "", "<", "<a", "<a b", "<a b=", "<a b='", "<a b=c>", "</", "<!--", "<a><b></a>", "\u{0}<",
    ])
  func broken(_ text: String) {
    var metadata = Metadata()
    metadata.xmp = Array(text.utf8)
    _ = metadata.describe(Self.result, turned: true)
    #expect(metadata.xmp == Array(text.utf8))
  }

  @Test("no block that is cut short or altered is a trap")
  func altered() {
    let main = Self.directory(
      [Self.entry(0x112, 3, 1, 6), Self.entry(0x8769, 4, 1, 38)], next: 68)
    let exif = Self.directory([
      Self.entry(0xa002, 4, 1, 6), Self.entry(0x927c, 7, 12, 80),
    ])
    let block = Self.block(main + exif + [0, 0, 0, 0] + Self.picture + Self.picture)
    for count in 0...block.count {
      var metadata = Self.metadata(Array(block[..<count]))
      _ = (metadata.orientation, metadata.describe(Self.result, turned: true))
    }
    for at in block.indices {
      for value in [0, 1, 0x7f, 0xff] as [UInt8] {
        var altered = block
        altered[at] = value
        var metadata = Self.metadata(altered)
        _ = (metadata.describe(Self.result, turned: true), metadata.translated(to: .jpeg))
      }
    }
  }
}
