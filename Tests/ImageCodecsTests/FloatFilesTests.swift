import ImageCodecs
import Raster
import TestSupport
import Testing

/// Floats of 16 and 64 bits, and whole numbers with a sign or of many bits, come out as NumPy makes floats of 32 of
/// them: `Goldens/make-floats.py`.
@Suite("Numbers that become floats")
struct FloatFilesTests {
  private static func file(_ name: String) -> [UInt8] {
    load(TestData.package + "/Tests/ImageCodecsTests/Goldens/Floats/" + name)
  }

  @Test(
    "are read bit for bit",
    arguments: ["half", "double", "short", "long", "count"],
    [".npy", "-big.npy", "-columns.npy", ".tif", "-planes.tif"])
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
    #expect(reader.warnings == Self.warnings(name))
  }

  private static func warnings(_ name: String) -> [String] {
    switch name {
    case "double": ["floats of 64 bits are rounded to 32"]
    case "long", "count", "huge": ["whole numbers are rounded to floats of 32 bits"]
    default: []
    }
  }

  @Test("of 8 bits with a sign, and of 64", arguments: ["byte", "huge"], [".npy", ".tif"])
  func gray(_ name: String, _ ending: String) throws {
    if ending == ".tif", !FileFormat.allCases.contains(.tiff) { return }
    let reader = try PictureReader(.bytes(Self.file(name + ending)))
    let ours: [Float] = try reader.readPicture().samples()
    let theirs: [Float] = try decode(Self.file(name + "-expected.npy")).samples()
    #expect(ours == theirs)
    #expect(reader.warnings == Self.warnings(name))
  }

  @Test("colours are divided by the alpha that they were multiplied by")
  func associated() throws {
    if !FileFormat.allCases.contains(.tiff) { return }
    let ours: [Float] = try decode(Self.file("associated.tif")).samples()
    let theirs: [Float] = try decode(Self.file("associated-expected.npy")).samples()
    #expect(ours.count == theirs.count)
    for (ours, theirs) in zip(ours, theirs) { #expect(abs(ours - theirs) <= theirs * 1e-6) }
  }

  @Test("layers of a volume are refused, not left out")
  func volume() throws {
    if !FileFormat.allCases.contains(.tiff) { return }
    #expect(throws: CodecError.unsupported(.tiff, "a volume of 2 layers; store them as pages")) {
      try decode(Self.file("volume.tif"))
    }
  }

  @Test("of 64 bits are nothing to be warned of where they are the same afterwards")
  func exact() throws {
    // NumPy's header of the golden before 105 others.
    let header = Self.file("double.npy").prefix(128)
    let samples: [UInt8] = (0..<105).flatMap { (index: Int) -> [UInt8] in
      withUnsafeBytes(of: (Double(index) / 8).bitPattern.littleEndian) { Array($0) }
    }
    let reader = try PictureReader(.bytes(Array(header) + samples))
    let picture: [Float] = try reader.readPicture().samples()
    #expect(picture == (0..<105).map { Float($0) / 8 })
    #expect(reader.warnings.isEmpty)
  }

  @Test("that end early are an error, or gray where damage is tolerated")
  func cut() throws {
    for (name, last) in [
      ("half.npy", 0.5 as Float), ("double-big.npy", 0.5), ("short-columns.npy", 0),
    ] {
      let bytes = Self.file(name).dropLast(3)
      #expect(throws: CodecError.self) { try decode(Array(bytes)) }
      let picture = try decode(Array(bytes), damage: .tolerate)
      let samples: [Float] = picture.samples()
      #expect(samples.last == last)
    }
  }
}
