import ImageCodecs
import PictureSupport
import Raster
import TestSupport
import Testing

/// Pictures of every format go in, and come out where the format is written.
@Suite("apply, further formats")
struct ApplyFormatTests {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// A file of `ImageCodecsTests/Goldens/Formats`.
  private func put(_ name: String, as other: String? = nil) throws {
    let path = TestData.package + "/Tests/ImageCodecsTests/Goldens/Formats/" + name
    try folder.write(try #require(ScratchFolder.contents(path)), to: other ?? name)
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    try #require(ScratchFolder.contents(folder(name)))
  }

  private func run(_ words: String...) throws -> CommandResult {
    try CommandRunner.run(
      ["apply", "-k", "identity"]
        + words.map { $0.contains(".") && !$0.contains("=") ? folder($0) : $0 })
  }

  @Test("an array of NumPy comes out as it went in, also through pipes")
  func arrays() throws {
    for name in ["gray", "axis", "alpha", "rgb", "wide"] {
      try put(name + ".npy")
      #expect(try run(name + ".npy", name + "-2.npy").status == .exited(0))
      #expect(try bytes(name + "-2.npy") == bytes(name + ".npy"))
      let piped = try CommandRunner.run(
        ["apply", "-k", "identity", "-", "-"], input: bytes(name + ".npy"))
      #expect(try piped.output == bytes(name + ".npy"))
    }
  }

  @Test("colours that become gray leave no axis behind, an axis of one stays")
  func axes() throws {
    for (name, sides) in [("rgb", 2), ("axis", 3), ("gray", 2)] {
      try put(name + ".npy")
      let result = try CommandRunner.apply("gray", folder(name + ".npy"), folder(name + "-2.npy"))
      #expect(result.status == .exited(0), "\(result.errors)")
      let header = String(decoding: try bytes(name + "-2.npy").prefix(128), as: UTF8.self)
      let shape = try #require(header.firstRange(of: "'shape': ("))
      let written = header[shape.upperBound...].prefix { $0 != ")" }.split(separator: ",")
      #expect(written.count == sides, "\(header)")
    }
  }

  @Test("a format that is only read asks for another name")
  func readOnly() throws {
    try put("gray.gif")
    let same = try run("gray.gif", "out.gif")
    #expect(same.status == .exited(1))
    #expect(
      same.errors.contains(
        "out.gif: error: GIF is read, not written; name the result .png, or say --format"))
    let piped = try CommandRunner.run(
      ["apply", "-k", "identity", "-", "-"], input: bytes("gray.gif"))
    #expect(piped.status == .exited(1) && piped.errors.contains("GIF is read, not written"))
    #expect(try run("--in-place", "gray.gif").status == .exited(1))
    let format = try run("--format", "gif", "gray.gif", "out.png")
    #expect(format.status == .exited(64))
    #expect(try run("gray.gif", "out.png").status == .exited(0))
    #expect(folder.files == ["gray.gif", "out.png"])
  }

  @Test("a folder of all formats is handed over whole")
  func whole() throws {
    let names = ["gray.bmp", "palette.gif", "rgb.npy"]
    for name in names { try put(name, as: "in/" + name) }
    let result = try CommandRunner.run(
      ["apply", "-k", "box", "--format", "png", folder("in"), folder("out")])
    #expect(result.status == .exited(0))
    #expect(
      folder.files.filter { $0.hasPrefix("out/") } == [
        "out/gray.png", "out/palette.png", "out/rgb.png",
      ])
  }

  @Test("frames are chosen by --page")
  func pages() throws {
    try put("frames.gif")
    let first = try run("--first-picture", "frames.gif", "1.npy")
    #expect(first.status == .exited(0) && first.errors.isEmpty)
    let chosen = try run("--page", "3", "frames.gif", "3.npy")
    #expect(chosen.status == .exited(0) && chosen.errors.isEmpty)
    #expect(try bytes("1.npy") != bytes("3.npy"))
    let missing = try run("--page", "6", "frames.gif", "6.npy")
    #expect(missing.errors.contains("frames.gif: error: there is no page 6: the file has 5"))
    #expect(try run("--page", "0", "frames.gif", "0.npy").status == .exited(64))
    #expect(try run("--page", "2", "--first-picture", "frames.gif", "0.npy").status == .exited(64))
    try put("rgb.bmp")
    #expect(
      try run("--page", "2", "rgb.bmp", "0.npy").errors.contains("pages of BMP cannot be chosen"))
    #expect(folder.files == ["1.npy", "3.npy", "frames.gif", "rgb.bmp"])
  }

  @Test(
    "WebP stays of its kind, and keeps what is said of it",
    .enabled(if: FileFormat.written.contains(.webp)))
  func webp() throws {
    try put("said.webp")
    #expect(try run("said.webp", "same.webp").status == .exited(0))
    let (before, after) = (
      try PictureReader(.bytes(bytes("said.webp"))), try PictureReader(.bytes(bytes("same.webp")))
    )
    #expect(after.metadata == before.metadata && after.encoding == before.encoding)
    #expect(after.metadata.orientation == .turnedLeft)
    #expect(
      try before.readPicture().samples(as: UInt8.self)
        == after.readPicture().samples(as: UInt8.self))
    #expect(try run("--quality", "50", "said.webp", "lossy.webp").status == .exited(0))
    #expect(
      try PictureReader(.bytes(bytes("lossy.webp"))).encoding
        == .webp(WebPEncoding(isLossless: false)))
    #expect(
      try run("--lossless", "yes", "--quality", "50", "said.webp", "no.webp").status == .exited(64))
    // PNG says it in its own way.
    #expect(try run("said.webp", "said.png").status == .exited(0))
    let png = try PictureReader(.bytes(bytes("said.png")))
    #expect(png.metadata.xmp == before.metadata.xmp)
    #expect(png.metadata.orientation == .upright && png.format.width == before.format.height)
  }

  @Test(
    "16 bits are rounded for WebP, with a word", .enabled(if: FileFormat.written.contains(.webp)))
  func deep() throws {
    try put("big.npy")
    let result = try run("big.npy", "out.webp")
    #expect(
      result.errors.contains("warning: WebP holds 8 bits a sample: results are rounded to them"))
    #expect(result.status == .exited(0))
  }

  @Test("pages, compression and what is said", .enabled(if: FileFormat.written.contains(.tiff)))
  func tiff() throws {
    try put("pages.tif")
    let first = try run("pages.tif", "1.tif")
    #expect(first.status == .exited(0) && first.errors.isEmpty)
    #expect(
      try run("--page", "2", "--compression", "lzw", "pages.tif", "2.tif").status == .exited(0))
    #expect(
      try PictureReader(.bytes(bytes("2.tif"))).encoding
        == .tiff(TIFFEncoding(bits: 8, compression: 5, isInk: false)))
    #expect(try run("--compression", "zip", "pages.tif", "3.tif").status == .exited(64))
    try put("said.tif")
    #expect(try run("said.tif", "4.tif").errors.isEmpty)
    #expect(
      try PictureReader(.bytes(bytes("4.tif"))).metadata
        == PictureReader(.bytes(bytes("said.tif"))).metadata)
    // A file that cannot say how to turn it stands upright.
    #expect(try run("said.tif", "5.npy").status == .exited(0))
    let turned = try PictureReader(.bytes(bytes("5.npy")))
    #expect((turned.format.width, turned.format.height) == (9, 13))
    try put("cmyk.tif")
    #expect(try run("cmyk.tif", "6.tif").status == .exited(0))
    #expect(try PictureReader(.bytes(bytes("6.tif")), keepsCMYK: true).format.color == .cmyk)
    let piped = try CommandRunner.run(
      ["apply", "-k", "identity", "-", "-"], input: bytes("said.tif"))
    #expect(try piped.output == bytes("4.tif"))
  }

  @Test("floats stay floats, are not clipped, and become levels where they are asked to")
  func floats() throws {
    try put("real.npy")
    try put("real.pfm")
    #expect(try run("real.npy", "same.npy").status == .exited(0))
    func samples(_ name: String) throws -> [Float] {
      try PictureReader(.bytes(bytes(name))).readPicture().samples()
    }
    let real = try samples("real.npy")
    #expect(real.contains { $0 < -1 } && real.contains(.infinity) && real.contains { $0.isNaN })
    #expect(try samples("same.npy").map(\.bitPattern) == real.map(\.bitPattern))
    let png = try run("real.npy", "no.png")
    #expect(png.status == .exited(1))
    #expect(png.errors.contains("PNG holds no floats, which the picture has; say --depth 8 or 16"))
    let levelled = try run("--depth", "8", "real.npy", "yes.png")
    #expect(levelled.status == .exited(0))
    #expect(
      levelled.errors.contains(
        "warning: numbers below 0 (black), above 1 (white), or none, are cut"))
    #expect(try run("--strict", "--depth", "8", "real.npy", "none.png").status == .exited(1))
    // Nothing is cut of what was black to white.
    let between = try CommandRunner.run(
      [
        "apply", "-k", "levels:-2,2", "-k", "median:3", "--depth", "16", folder("real.npy"),
        folder("cut.png"),
      ])
    #expect(between.status == .exited(0))
    let levels: [UInt8] = try PictureReader(.bytes(bytes("yes.png"))).readPicture().samples()
    #expect(levels == real.map { $0 > 0 ? UInt8(min($0, 1) * 255 + 0.5) : 0 })
    #expect(
      try run("real.pfm", "real.tif").status == .exited(FileFormat.written.contains(.tiff) ? 0 : 1))
    #expect(try run("real.npy", "same.pfm").status == .exited(0))
    let compared = try CommandRunner.run(
      ["diff", folder("real.npy"), folder("same.pfm"), "--fail-above", "0"])
    #expect(compared.status == .exited(0) && compared.text.contains("PSNR      equal"))
    #expect(
      try CommandRunner.run(
        ["apply", "-k", "box", "--depth", "f32", "--linear", folder("real.npy"), folder("no.npy")]
      ).status == .exited(64))
  }

  @Test("JPEG, which always loses something, says so where nothing is to be lost")
  func lossless() throws {
    try put("rgb.npy")
    let said = "JPEG is never without loss: --lossless is ignored"
    #expect(try run("--lossless", "yes", "rgb.npy", "a.jpg").errors.contains(said))
    #expect(try run("--lossless", "yes", "rgb.npy", "a.png").errors.isEmpty)
    #expect(try run("--lossless", "no", "rgb.npy", "b.jpg").errors.isEmpty)
  }

  @Test("--depth f32 gives signed results as they are")
  func signed() throws {
    let step: [UInt8] = [0, 0, 0, 255, 255, 0, 0, 0]
    try folder.write(TestPictures.png(8, 1, .gray, step), to: "step.png")
    let result = try CommandRunner.run(
      ["apply", "-k", "3x1: -1,0,1", "--depth", "f32", folder("step.png"), folder("x.npy")])
    #expect(result.status == .exited(0), "\(result.errors)")
    let kernel = try CommandRunner.run(
      ["apply", "-k", "sobel-x", "--depth", "f32", folder("step.png"), folder("s.npy")])
    #expect(kernel.status == .exited(0), "\(kernel.errors)")
    let sobel: [Float] = try PictureReader(.bytes(bytes("s.npy"))).readPicture().samples()
    // Rows are repeated beyond the border: the weights of a column add up to 4.
    #expect(sobel.map { abs($0) } == [0, 0, 1020, 1020, 1020, 1020, 0, 0])
    #expect(sobel[2] == -sobel[4])
  }

  @Test("--version names the formats of the build")
  func version() throws {
    let lines = try CommandRunner.run(["--version"]).text.split(separator: "\n")
    #expect(lines.count >= 4)
    #expect(lines[1].hasPrefix("reads      PNG, JPEG, PNM, NumPy, PFM, BMP, GIF"))
    #expect(lines[2].hasPrefix("writes     PNG, JPEG, PNM, NumPy"))
    #expect(!lines[2].contains("GIF"))
  }
}
