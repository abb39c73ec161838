import ImageCodecs
import Raster
import Testing

/// Alpha beside inks (TIFF 6.0, ExtraSamples): it stays where inks become light, and is named where they do not.
@Suite("Alpha beside inks", .enabled(if: FileFormat.written.contains(.tiff)))
struct InkAlphaTests {
  /// Two pixels of CMYK and alpha.
  ///
  /// - Parameter kind: 0 for no stated meaning, 1 for alpha that colours are multiplied by, 2 for alpha.
  private static func file(_ kind: UInt8) -> [UInt8] {
    tiff(
      [0, 51, 0, 102, 128, 0, 0, 0, 0, 0], photometric: 5, samples: 5,
      fields: [(338, 3, [kind, 0])])
  }

  @Test("as it is, and multiplied")
  func light() throws {
    let plain = try read(Self.file(2))
    #expect(plain.format.color == .rgba && plain.others == [])
    // (255 − ink) · (255 − K) / 255
    #expect(
      try decode(Self.file(2)).samples(as: UInt8.self) == [153, 122, 153, 128, 255, 255, 255, 0])
    // Of 128: 51 is 102, and 102 is 203.
    #expect(
      try decode(Self.file(1)).samples(as: UInt8.self) == [52, 31, 52, 128, 255, 255, 255, 0])
  }

  @Test("inks that stay inks lose it, with its name; what has no meaning is called so")
  func inks() throws {
    func others(_ kind: UInt8) throws -> [String] {
      let reader = try PictureReader(.bytes(Self.file(kind)), keepsCMYK: true)
      #expect(reader.format.color == .cmyk)
      #expect(
        try reader.readPicture().samples(as: UInt8.self) == [0, 51, 0, 102, 0, 0, 0, 0])
      return reader.others
    }
    #expect(try others(2) == ["alpha of CMYK"])
    #expect(try others(0) == ["1 channel of no stated meaning"])
    #expect(try read(Self.file(0)).format.color == .rgb)
  }
}
