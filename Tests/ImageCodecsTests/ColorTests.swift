import ImageCodecs
import Raster
import TestSupport
import Testing

/// Colours are converted as Pillow's ImageCms does it: `Goldens/make-colors.py`.
@Suite("Colours through profiles", .enabled(if: CodecLibrary.lcms.isBuiltIn))
struct ColorTests {
  private static func file(_ name: String) -> [UInt8] {
    load(TestData.package + "/Tests/ImageCodecsTests/Goldens/Colors/" + name)
  }

  /// The picture of a file, converted.
  private func converted(_ bytes: [UInt8], to target: ColorTarget) throws -> Picture {
    let reader = try PictureReader(.bytes(bytes), keepsCMYK: true)
    let conversion = try #require(
      try ColorConversion(reader.format, reader.metadata, to: target))
    let source = conversion.source(reader)
    let picture = Picture(source.format)
    // In several bands, as a pipeline does.
    for first in stride(from: 0, to: picture.format.height, by: 5) {
      let count = min(5, picture.format.height - first)
      try source.read(
        into: RowBand(
          base: picture.row(first), pitch: picture.pitch, firstRow: first, count: count))
    }
    return picture
  }

  private static func target(_ name: String) throws -> ColorTarget {
    name == "srgb" ? .srgb : try ColorTarget(icc: file(name + ".icc"))
  }

  @Test(
    "pixels are within a level of Pillow's",
    arguments: [
      ("rgb.png", "srgb"), ("rgba.png", "srgb"), ("gray.png", "srgb"), ("gray.png", "wide"),
      ("cmyk.tif", "srgb"), ("plain.png", "wide"), ("told.png", "srgb"),
    ])
  func pillow(_ name: String, _ target: String) throws {
    guard FileFormat(fileExtension: name.split(separator: ".").last!) != nil else { return }
    let stem = name.split(separator: ".")[0]
    let golden = try decode(Self.file("\(stem)-to-\(target).npy"))
    let picture = try converted(Self.file(name), to: Self.target(target))
    #expect(picture.format == golden.format)
    let (ours, theirs): ([UInt8], [UInt8]) = (picture.samples(), golden.samples())
    #expect(zip(ours, theirs).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    let before: [UInt8] = try PictureReader(.bytes(Self.file(name)), keepsCMYK: true)
      .readPicture().samples()
    #expect(before.count != ours.count || zip(before, ours).contains { abs(Int($0) - Int($1)) > 8 })
  }

  @Test("16 bits and floats become what 8 bits become, more finely")
  func depths() throws {
    let reader = try PictureReader(.bytes(Self.file("rgb.png")))
    let narrow: [UInt8] = try reader.readPicture().samples()
    let golden: [UInt8] = try decode(Self.file("rgb-to-srgb.npy")).samples()
    var format = reader.format
    func result(_ picture: Picture) throws -> Picture {
      let conversion = try #require(
        try ColorConversion(picture.format, reader.metadata, to: .srgb))
      let target = Picture(picture.format)
      try conversion.source(PictureSource(picture)).read(into: target.band)
      return target
    }
    format.sample = .uint16
    let wide: [UInt16] = try result(Picture(format, samples: narrow.map { UInt16($0) * 257 }))
      .samples()
    #expect(zip(wide, golden).allSatisfy { abs(Int($0) - Int($1) * 257) <= 300 })
    format.sample = .float32
    let real: [Float] = try result(Picture(format, samples: narrow.map { Float($0) / 255 }))
      .samples()
    // Floats are not clipped: colours that sRGB does not hold lie outside of 0 to 1.
    #expect(
      zip(real, golden).allSatisfy { abs(min(max($0, 0), 1) * 255 - Float($1)) <= 1.2 })
    #expect(real.contains { $0 < -0.001 || $0 > 1.001 })
  }

  @Test("what is there already is not converted")
  func there() throws {
    let plain = try PictureReader(.bytes(Self.file("plain.png")))
    #expect(try ColorConversion(plain.format, plain.metadata, to: .srgb) == nil)
    let wide = try PictureReader(.bytes(Self.file("rgb.png")))
    #expect(try ColorConversion(wide.format, wide.metadata, to: Self.target("wide")) == nil)
    #expect(wide.metadata.converted(to: .srgb).colorProfile == nil)
    #expect(wide.metadata.converted(to: .srgb).srgbIntent == 0)
    let said = plain.metadata.converted(to: try Self.target("wide"))
    #expect(said.colorProfile?.bytes == Self.file("wide.icc") && said.srgbIntent == nil)
  }

  @Test("inks without a profile are mixed as light")
  func inks() throws {
    let format = PictureFormat(width: 2, height: 1, color: .cmyk, sample: .uint8)
    let picture = Picture(format, samples: [0, 100, 255, 0, 10, 20, 30, 128] as [UInt8])
    let conversion = try #require(try ColorConversion(format, Metadata(), to: .srgb))
    #expect(conversion.mixesInks && conversion.format.color == .rgb)
    let target = Picture(conversion.format)
    try conversion.source(PictureSource(picture)).read(into: target.band)
    #expect(target.samples() == [255, 155, 0, 122, 117, 112] as [UInt8])
  }

  @Test("inks of 16 bits are mixed as light, too")
  func deepInks() throws {
    let format = PictureFormat(width: 1, height: 1, color: .cmyk, sample: .uint16)
    let picture = Picture(format, samples: [0, 10000, 65535, 30000] as [UInt16])
    let conversion = try #require(try ColorConversion(format, Metadata(), to: .srgb))
    let target = Picture(conversion.format)
    try conversion.source(PictureSource(picture)).read(into: target.band)
    // (65535 − C) · (65535 − K) / 65535
    #expect(target.samples() == [35535, 30113, 0] as [UInt16])
  }

  @Test("what is no profile of gray or RGB is refused")
  func refused() throws {
    for bytes in [[], Array("no profile".utf8), Array(Self.file("wide.icc").prefix(200))] {
      #expect(throws: CodecError.profileRefused("it is no ICC profile of gray or RGB")) {
        try ColorTarget(icc: bytes)
      }
    }
    #expect(throws: CodecError.profileRefused("it is for inks, results are gray or RGB")) {
      try ColorTarget(icc: Self.file("inks.icc"))
    }
    // A profile for gray in a picture of colours, and one that is none.
    let format = PictureFormat(width: 1, height: 1, color: .rgb, sample: .uint8)
    for (bytes, detail) in [
      (Self.file("dark.icc"), "it is for other colours than the picture has"),
      ([1, 2, 3], "it is no ICC profile that Little CMS can read"),
    ] {
      var metadata = Metadata()
      metadata.colorProfile = Metadata.ColorProfile(name: "icc", bytes: bytes)
      #expect(throws: CodecError.profileRefused(detail)) {
        try ColorConversion(format, metadata, to: .srgb)
      }
    }
  }
}
