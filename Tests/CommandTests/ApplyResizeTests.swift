import ImageCodecs
import PictureSupport
import Raster
import TestSupport
import Testing

@Suite("apply, pictures of another size")
struct ApplyResizeTests {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// A smooth picture, turned in its file.
  private static func photo(_ width: Int, _ height: Int, orientation: UInt8) throws -> [UInt8] {
    let format = PictureFormat(width: width, height: height, color: .gray, sample: .uint8)
    let samples: [UInt8] = (0..<width * height).map { place in
      UInt8(150 * (place % width) / width + 90 * (place / width) / height)
    }
    let head: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0]
    let entry: [UInt8] = [1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]
    var metadata = Metadata()
    metadata.exif = head + entry + [0, 0, 0, 0]
    return try encode(Picture(format, samples: samples), as: .jpeg, metadata: metadata)
  }

  private func distance(_ a: Picture, _ b: Picture) -> Int {
    guard a.format == b.format else { return .max }
    return zip(a.samples(as: UInt8.self), b.samples(as: UInt8.self)).reduce(0) {
      max($0, abs(Int($1.0) - Int($1.1)))
    }
  }

  @Test(
    "a turned JPEG keeps its tag, and its sides are those of the upright picture",
    arguments: 1...8, ["resize:20", "resize:12x60,fit=cover", "thumbnail:12", "resize:50%"])
  func turned(orientation: Int, spec: String) throws {
    let turn = try #require(Orientation(rawValue: orientation))
    let photo = try Self.photo(96, 64, orientation: UInt8(orientation))
    try folder.write(photo, to: "in.jpg")
    try folder.write(encodePNG(decode(photo).upright(from: turn)), to: "upright.png")
    for name in ["out.jpg", "out.png"] {
      let result = try CommandRunner.apply(spec, folder("in.jpg"), folder(name))
      #expect(result.status == .exited(0), "\(result.errors)")
      _ = try CommandRunner.apply(spec, "--force", folder("upright.png"), folder("expected.png"))
      let reader = try PictureReader(.bytes(folder.read(name) ?? []))
      #expect(reader.metadata.orientation == (name == "out.jpg" ? turn : .upright))
      let made = try reader.readPicture().upright(from: reader.metadata.orientation)
      #expect(try distance(made, decode(folder.read("expected.png") ?? [])) <= 8, "\(name)")
    }
  }

  @Test("a thumbnail of a JPEG is decoded at a part of its size, that of a PNG is not")
  func thumbnail() throws {
    let photo = try Self.photo(160, 80, orientation: 1)
    try folder.write(photo, to: "in.jpg")
    try folder.write(encodePNG(decode(photo)), to: "in.png")
    for (side, part) in [(100, nil), (41, nil), (40, "1/2"), (20, "1/4"), (10, "1/8"), (3, "1/8")] {
      func made(_ stage: String, _ input: String) throws -> (Picture, String) {
        let result = try CommandRunner.apply(
          "\(stage):\(side)", "-v", "--force", folder(input), folder("out.png"))
        #expect(result.status == .exited(0), "\(result.errors)")
        return (try decode(folder.read("out.png") ?? []), result.errors)
      }
      let (whole, plain) = try made("resize", "in.jpg")
      let (quick, words) = try made("thumbnail", "in.jpg")
      #expect(!plain.contains("decoded at"))
      #expect(words.contains("decoded at") == (part != nil))
      if let part { #expect(words.contains("decoded at \(part)")) }
      #expect(distance(whole, quick) <= 3, "\(side)")
      #expect(try distance(made("thumbnail", "in.png").0, whole) == 0)
    }
  }

  @Test("a picture larger than --limit-pixels is refused before anything is written")
  func limit() throws {
    try folder.write(TestPictures.pattern(), to: "in.png")
    for spec in ["resize:100000,enlarge=yes", "extend:20000"] {
      let result = try CommandRunner.apply(spec, folder("in.png"), folder("out.png"))
      #expect(result.status == .exited(1), "\(spec)")
      #expect(result.errors.contains("--limit-pixels"), "\(result.errors)")
    }
    let small = try CommandRunner.apply(
      "resize:1000,enlarge=yes", "--limit-pixels", "100K", folder("in.png"), folder("out.png"))
    #expect(small.status == .exited(1) && folder.files == ["in.png"], "\(small.errors)")
  }

  @Test("a file is read to its end where only the top is wanted")
  func rest() throws {
    let format = PictureFormat(width: 40, height: 5000, color: .gray, sample: .uint8)
    let samples = TestPictures.noise(200_000, 3)
    try folder.write(encodePNG(Picture(format, samples: samples)), to: "in.png")
    // What is cut off is damage, though no row of it is wanted.
    let bytes = folder.read("in.png") ?? []
    try folder.write(Array(bytes.dropLast(2000)), to: "cut.png")
    let good = try CommandRunner.apply("crop:40x3+0+0", folder("in.png"), folder("out.png"))
    #expect(good.status == .exited(0), "\(good.errors)")
    #expect(
      try decode(folder.read("out.png") ?? []).samples(as: UInt8.self) == Array(samples[..<120]))
    let bad = try CommandRunner.apply("crop:40x3+0+0", folder("cut.png"), folder("no.png"))
    #expect(bad.status == .exited(1) && !folder.files.contains("no.png"), "\(bad.errors)")
  }
}
