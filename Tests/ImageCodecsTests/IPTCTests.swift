import ImageCodecs
import Raster
import Testing

/// IPTC of TIFF, which may stand by itself, among Photoshop's resources, or in words.
@Suite("IPTC of TIFF", .enabled(if: FileFormat.written.contains(.tiff)))
struct IPTCTests {
  /// A keyword: 28, record 2, set 25, its length.
  private static let record: [UInt8] = [28, 2, 25, 0, 2, 0x6b, 0x77]

  private static func resource(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
    Array("8BIM".utf8) + [UInt8(number >> 8), UInt8(number & 255), 0, 0] + word(bytes.count)
      + bytes + (bytes.count % 2 == 0 ? [] : [0])
  }

  @Test("zeros that fill a word are no record")
  func padding() throws {
    let wanted = Self.resource(1028, Self.record)
    let plain = try read(tiff(fields: [(33723, 7, Self.record)]))
    #expect(plain.metadata.photoshop == wanted && plain.others == [])
    let words = try read(tiff(fields: [(33723, 4, Self.record + [0])]))
    #expect(words.metadata.photoshop == wanted)
    let turned = try read(
      tiff(fields: [(33723, 4, Self.record + [0])], isBigEndian: true))
    #expect(turned.metadata.photoshop == wanted)
    // What cannot be told from records stays as it is.
    let strange: [UInt8] = [1, 2, 3, 0, 0, 0, 0, 0]
    #expect(
      try read(tiff(fields: [(33723, 4, strange)])).metadata.photoshop
        == Self.resource(1028, strange))
  }

  @Test("it is written where other readers look for it, and comes back")
  func writing() throws {
    func fields(_ photoshop: [UInt8]) throws -> [Int] {
      var metadata = Metadata()
      metadata.photoshop = photoshop
      let file = try encode(MetadataTests.small, as: .tiff, metadata: metadata)
      #expect(try read(file).metadata.photoshop == photoshop)
      let start = file[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
      let entries = stride(from: start + 2, to: start + 2 + 12 * Int(file[start]), by: 12)
      #expect(
        entries.filter { Int(file[$0]) | Int(file[$0 + 1]) << 8 == 33723 }.allSatisfy { entry in
          let place = file[entry + 8..<entry + 12].reversed().reduce(0) { $0 << 8 | Int($1) }
          return file[entry + 2] == 7 && file[place...].starts(with: Self.record)
        })
      return entries.map { Int(file[$0]) | Int(file[$0 + 1]) << 8 }
        .filter { [33723, 34377].contains($0) }
    }
    let (iptc, other) = (Self.resource(1028, Self.record), Self.resource(1000, [1, 2]))
    #expect(try fields(iptc) == [33723])
    #expect(try fields(iptc + other) == [33723, 34377])
    #expect(try fields(other) == [34377])
  }

  @Test("it is added to resources that have none, and not to those that have")
  func both() throws {
    let other = Self.resource(1000, [1, 2])
    let added = try read(tiff(fields: [(33723, 7, Self.record), (34377, 1, other)]))
    #expect(added.metadata.photoshop == other + Self.resource(1028, Self.record))
    let known = other + Self.resource(1028, [28, 2, 25, 0, 1, 0x78])
    let kept = try read(tiff(fields: [(33723, 7, Self.record), (34377, 1, known)]))
    #expect(kept.metadata.photoshop == known)
  }
}
