import CImageCodecs
import ImageCodecs
import PictureSupport
import Raster
import TestSupport
import Testing

@Suite("apply, what files say besides pixels")
struct ApplyMetadataTests {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// A TIFF block with nothing but an orientation.
  private static func exif(orientation: UInt8) -> [UInt8] {
    let head: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0]
    let entry: [UInt8] = [1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]
    return head + entry + [0, 0, 0, 0]
  }

  private static func photo(orientation: UInt8) throws -> [UInt8] {
    let format = PictureFormat(width: 32, height: 16, color: .gray, sample: .uint8)
    let samples: [UInt8] = (0..<512).map { place in
      let (x, y) = (place % 32, place / 32)
      return UInt8(4 * x + 7 * y)
    }
    var metadata = Metadata()
    metadata.exif = exif(orientation: orientation)
    metadata.comments = [Array("a comment".utf8)]
    return try encode(Picture(format, samples: samples), as: .jpeg, metadata: metadata)
  }

  @Test("a filter without direction keeps the pixels where they are, and the tag")
  func symmetric() throws {
    try folder.write(Self.photo(orientation: 6), to: "in.jpg")
    _ = try CommandRunner.apply("gaussian:sigma=1", folder("in.jpg"), folder("out.jpg"))
    let reader = try PictureReader(.bytes(folder.read("out.jpg") ?? []))
    #expect(reader.format.width == 32 && reader.format.height == 16)
    #expect(reader.metadata.orientation == .turnedLeft)
    #expect(reader.metadata.comments == [Array("a comment".utf8)])
  }

  @Test(
    "where the pixels lie on earth is kept as long as they stay in their places",
    .enabled(if: FileFormat.written.contains(.tiff)))
  func georeference() throws {
    // Two fields: the sizes of a pixel, three floats of 64 bits, and a private text.
    let head: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 2, 0]
    let scale: [UInt8] = [0x0e, 0x83, 12, 0, 3, 0, 0, 0, 38, 0, 0, 0]
    let text: [UInt8] = [0xe8, 0xfd, 2, 0, 4, 0, 0, 0, 97, 98, 99, 0]
    var metadata = Metadata()
    metadata.exif = head + scale + text + [0, 0, 0, 0] + [UInt8](repeating: 63, count: 24)
    let format = PictureFormat(width: 8, height: 8, color: .gray, sample: .uint8)
    let picture = Picture(format, samples: [UInt8](repeating: 9, count: 64))
    try folder.write(encode(picture, as: .tiff, metadata: metadata), to: "in.tif")
    for (kernel, stays) in [
      ("box:3", true), ("invert", true), ("crop:8x4+0+0", false), ("flip:horizontal", false),
    ] {
      let result = try CommandRunner.apply(kernel, folder("in.tif"), folder("\(stays).tif"), "-f")
      #expect(result.status == .exited(0), "\(result.errors)")
      #expect(result.errors.contains("a georeference (GeoTIFF)") == !stays, "\(kernel)")
      let exif = try read(folder.read("\(stays).tif") ?? []).metadata.exif ?? []
      #expect(exif.contains(63) == stays, "\(kernel)")
      #expect(exif.contains(97), "\(kernel)")
    }
  }

  /// A reader that has read the picture.
  private func read(_ file: [UInt8]) throws -> PictureReader {
    let reader = try PictureReader(.bytes(file))
    _ = try reader.readPicture()
    return reader
  }

  @Test("a directional filter sees the picture upright", arguments: 1...8)
  func directional(orientation: Int) throws {
    let photo = try Self.photo(orientation: UInt8(orientation))
    try folder.write(photo, to: "in.jpg")
    let result = try CommandRunner.apply("sobel-x", folder("in.jpg"), folder("out.png"))
    #expect(result.status == .exited(0), "\(result.errors)")
    let turn = try #require(Orientation(rawValue: orientation))
    try folder.write(encodePNG(decode(photo).upright(from: turn)), to: "upright.png")
    _ = try CommandRunner.apply("sobel-x", folder("upright.png"), folder("expected.png"))
    let reader = try PictureReader(.bytes(folder.read("out.png") ?? []))
    #expect(reader.metadata.orientation == .upright)
    #expect(
      try TestPictures.samples(folder.read("out.png"))
        == TestPictures.samples(folder.read("expected.png")))
  }

  @Test("--metadata strip leaves the pixels upright and drops the rest")
  func strip() throws {
    try folder.write(Self.photo(orientation: 3), to: "in.jpg")
    _ = try CommandRunner.apply(
      "identity", "--metadata", "strip", folder("in.jpg"), folder("out.jpg"))
    let reader = try PictureReader(.bytes(folder.read("out.jpg") ?? []))
    #expect(reader.metadata.exif == nil && reader.metadata.comments.isEmpty)
    #expect(try reader.readPicture().samples(as: UInt8.self)[0] > 150)
  }

  @Test("inks stay inks from JPEG to JPEG, and become light in a PNG")
  func inks() throws {
    let format = PictureFormat(width: 16, height: 16, color: .cmyk, sample: .uint8)
    let samples: [UInt8] = (0..<1024).map { $0 % 4 == 0 ? 200 : 20 }
    try folder.write(encode(Picture(format, samples: samples), as: .jpeg), to: "in.jpg")
    for (name, color) in [("out.jpg", ColorModel.cmyk), ("out.png", .rgb)] {
      let result = try CommandRunner.apply("box", folder("in.jpg"), folder(name))
      #expect(result.status == .exited(0), "\(result.errors)")
      let reader = try PictureReader(.bytes(folder.read(name) ?? []), keepsCMYK: true)
      #expect(reader.format.color == color)
    }
  }

  @Test("what a JPEG has no place for is named, and an error with --strict")
  func lost() throws {
    let format = PictureFormat(width: 8, height: 8, color: .rgb, sample: .uint8)
    var metadata = Metadata()
    metadata.exif = Self.exif(orientation: 1) + [UInt8](repeating: 0, count: 70_000)
    metadata.xmp = Array("<x:xmpmeta>".utf8) + [UInt8](repeating: 32, count: 70_000)
    let picture = Picture(format, samples: [UInt8](repeating: 9, count: 192))
    try folder.write(encode(picture, as: .png, metadata: metadata), to: "in.png")
    let result = try CommandRunner.apply("box", folder("in.png"), folder("out.jpg"))
    #expect(result.status == .exited(0))
    for what in ["EXIF", "XMP"] {
      #expect(
        result.errors.contains(
          "in.png: warning: JPEG has no place for \(what) over 64 KB: it is left out"),
        "\(result.errors)")
    }
    let strict = try CommandRunner.apply("box", "--strict", folder("in.png"), folder("no.jpg"))
    #expect(strict.status == .exited(1) && folder.files == ["in.png", "out.jpg"])
    let stripped = try CommandRunner.apply(
      "box", "--strict", "--metadata", "strip", folder("in.png"), folder("bare.jpg"))
    #expect(stripped.status == .exited(0) && stripped.errors.isEmpty, "\(stripped.errors)")
  }

  @Test("EXIF behind the pixels is kept, and named where it comes too late for a JPEG: in a pipe")
  func late() throws {
    var picture = try TestPictures.pattern()
    let end = Array(picture.suffix(12))
    let named = Array("eXIf".utf8) + Self.exif(orientation: 1)
    let sum = codec_crc32(0, named, named.count)
    picture = picture.dropLast(12) + [0, 0, 0, UInt8(named.count - 4)] + named
    picture += (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * $0)) } + end
    try folder.write(picture, to: "in.png")
    let result = try CommandRunner.apply("box", "--strict", folder("in.png"), folder("out.jpg"))
    #expect(result.status == .exited(0) && result.errors.isEmpty, "\(result.errors)")
    let kept = try PictureReader(.bytes(folder.read("out.jpg") ?? [])).metadata.exif
    #expect(kept == Self.exif(orientation: 1))
    let piped = try CommandRunner.run(
      ["apply", "-k", "box", "-", folder("piped.jpg")], input: picture)
    #expect(
      piped.errors.contains("JPEG has no place for EXIF behind the pixels: it is left out"),
      "\(piped.errors)")
    let strict = try CommandRunner.run(
      ["apply", "-k", "box", "--strict", "-", folder("no.jpg")], input: picture)
    #expect(
      strict.status == .exited(1) && folder.files == ["in.png", "out.jpg", "piped.jpg"])
  }

  @Test(
    "--profile brings colours to sRGB or to a profile", .enabled(if: CodecLibrary.lcms.isBuiltIn))
  func profile() throws {
    let goldens = TestData.package + "/Tests/ImageCodecsTests/Goldens/Colors/"
    func apply(_ words: String...) throws -> CommandResult {
      try CommandRunner.run(["apply", "-k", "identity"] + words)
    }
    func samples(_ path: String) throws -> [UInt8] {
      try decode(try #require(ScratchFolder.contents(path))).samples()
    }
    for (name, target) in [
      ("rgb.png", "srgb"), ("rgba.png", "srgb"), ("gray.png", "wide"), ("told.png", "srgb"),
    ] + (FileFormat.written.contains(.tiff) ? [("cmyk.tif", "srgb")] : []) {
      let stem = name.prefix { $0 != "." }
      let said = target == "srgb" ? target : goldens + target + ".icc"
      let result = try apply(
        "--strict", "--profile", said, goldens + name, folder("\(stem)-\(target).png"))
      #expect(result.status == .exited(0) && result.errors.isEmpty, "\(result.errors)")
      let ours = try samples(folder("\(stem)-\(target).png"))
      let theirs = try samples(goldens + "\(stem)-to-\(target).npy")
      #expect(
        ours.count == theirs.count
          && zip(ours, theirs).allSatisfy { abs(Int($0) - Int($1)) <= 1 }, "\(name)")
      let metadata = try PictureReader(
        .bytes(folder.read("\(stem)-\(target).png") ?? [])
      ).metadata
      #expect(metadata.srgbIntent == (target == "srgb" ? 0 : nil))
      #expect(
        metadata.colorProfile?.bytes == (target == "srgb" ? nil : ScratchFolder.contents(said)))
    }
    // A profile of other colours, or none, is left out with a word.
    for profile in ["wide.icc", "rgb.png"] where FileFormat.written.contains(.tiff) {
      let picture = Picture(
        PictureFormat(width: 2, height: 1, color: .gray, sample: .uint8),
        samples: [1, 250] as [UInt8])
      var metadata = Metadata()
      metadata.colorProfile = .init(
        name: "icc", bytes: try #require(ScratchFolder.contents(goldens + profile)))
      try folder.write(encode(picture, as: .tiff, metadata: metadata), to: "odd.tif")
      let odd = try apply("--force", "--profile", "srgb", folder("odd.tif"), folder("odd.png"))
      #expect(odd.status == .exited(0))
      #expect(
        odd.errors.contains("warning: its colour profile is of no use (it is "), "\(odd.errors)")
      #expect(odd.errors.contains("its colours are taken for sRGB"))
      #expect(try samples(folder("odd.png")) == [1, 250])
    }
    let inks = try apply("--profile", goldens + "inks.icc", goldens + "rgb.png", folder("no.png"))
    #expect(inks.status == .exited(64) && inks.errors.contains("it is for inks"), "\(inks.errors)")
    let none = try apply("--profile", goldens + "rgb.png", goldens + "rgb.png", folder("no.png"))
    #expect(none.errors.contains("it is no ICC profile of gray or RGB"), "\(none.errors)")
    let missing = try apply("--profile", "none.icc", goldens + "rgb.png", folder("no.png"))
    #expect(missing.status == .exited(64) && missing.errors.contains("--profile none.icc"))
  }
}
