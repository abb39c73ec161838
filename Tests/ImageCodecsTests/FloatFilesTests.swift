import ImageCodecs
import Raster
import TestSupport
import Testing

/// Floats of 16 and 64 bits come out as NumPy makes floats of 32 of them: `Goldens/make-floats.py`.
@Suite("Floats of other sizes")
struct FloatFilesTests {
  private static func file(_ name: String) -> [UInt8] {
    load(TestData.package + "/Tests/ImageCodecsTests/Goldens/Floats/" + name)
  }

  @Test(
    "are read bit for bit",
    arguments: ["half", "double"], [".npy", "-big.npy", ".tif", "-planes.tif"])
  func read(_ name: String, _ ending: String) throws {
    if ending.hasSuffix("tif"), !FileFormat.allCases.contains(.tiff) { return }
    let expected = try decode(Self.file(name + "-expected.npy"))
    let reader = try PictureReader(.bytes(Self.file(name + ending)))
    let picture = try reader.readPicture()
    #expect(picture.format == expected.format)
    let (ours, theirs): ([Float], [Float]) = (picture.samples(), expected.samples())
    for (ours, theirs) in zip(ours, theirs) {
      #expect(ours.bitPattern == theirs.bitPattern || ours.isNaN && theirs.isNaN)
    }
    #expect(
      reader.warnings == (name == "half" ? [] : ["floats of 64 bits are rounded to 32"]))
  }

  @Test("of 64 bits are nothing to be warned of where they are the same afterwards")
  func exact() throws {
    // NumPy's header of the golden before 105 others.
    let header = Self.file("double.npy").prefix(128)
    let samples = (0..<105).flatMap { index in
      withUnsafeBytes(of: (Double(index) / 8).bitPattern.littleEndian) { Array($0) }
    }
    let reader = try PictureReader(.bytes(Array(header) + samples))
    let picture: [Float] = try reader.readPicture().samples()
    #expect(picture == (0..<105).map { Float($0) / 8 })
    #expect(reader.warnings.isEmpty)
  }

  @Test("that end early are an error, or gray where damage is tolerated")
  func cut() throws {
    for name in ["half.npy", "double-big.npy"] {
      let bytes = Self.file(name).dropLast(3)
      #expect(throws: CodecError.self) { try decode(Array(bytes)) }
      let picture = try decode(Array(bytes), damage: .tolerate)
      let samples: [Float] = picture.samples()
      #expect(samples.last == 0.5)
    }
  }
}
