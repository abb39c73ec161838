import ImageCodecs
import PictureSupport
import Raster
import TestSupport
import Testing

/// All pictures of a file are filtered into one result.
@Suite("apply, several pictures in a file")
struct ApplySeriesTests {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func put(_ name: String, as other: String? = nil) throws {
    let path = TestData.package + "/Tests/ImageCodecsTests/Goldens/Series/" + name
    try folder.write(try #require(ScratchFolder.contents(path)), to: other ?? name)
  }

  private func run(_ words: String...) throws -> CommandResult {
    try CommandRunner.run(["apply"] + words.map { $0.contains(".") ? folder($0) : $0 })
  }

  /// The pictures of a result, their times in seconds, and how often they are shown.
  private func pictures(
    _ name: String
  ) throws -> (all: [Picture], times: [Double?], plays: Int?) {
    let reader = try PictureReader(.bytes(try #require(folder.read(name))), all: true)
    var (all, times): ([Picture], [Double?]) = ([], [])
    repeat {
      all.append(try reader.readPicture())
      times.append(reader.frameTime.map { Double($0.numerator) / Double($0.denominator) })
    } while try reader.advance()
    return (all, times, reader.series?.plays)
  }

  private func samples(_ picture: Picture) -> [UInt8] {
    (0..<picture.format.height).flatMap { y in
      Array(UnsafeRawBufferPointer(start: picture.row(y), count: picture.format.bytesPerRow))
    }
  }

  @Test("each channel of an array becomes what it becomes by itself")
  func channels() throws {
    let (height, width, channels) = (6, 5, 7)
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (6, 5, 7), }"
    let text = Array(header.utf8) + [UInt8](repeating: 32, count: 117 - header.utf8.count) + [10]
    let samples = TestPictures.noise(height * width * channels, 3)
    let magic = [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0]
    try folder.write(magic + text + samples, to: "many.npy")
    let result = try run("-k", "box:3", "--stride", "2", "many.npy", "out.npy")
    #expect(result.status == .exited(0) && result.errors.isEmpty, "\(result.errors)")
    let (all, _, _) = try pictures("out.npy")
    #expect(all.count == channels && all.allSatisfy { $0.format.width == 3 })
    for channel in 0..<channels {
      let plane = (0..<height * width).map { samples[$0 * channels + channel] }
      try folder.write(TestPictures.png(width, height, .gray, plane), to: "plane.png")
      _ = try run("-k", "box:3", "--stride", "2", "plane.png", "alone.png", "--force")
      let alone = try #require(try pictures("alone.png").all.first)
      #expect(self.samples(all[channel]) == self.samples(alone), "channel \(channel + 1)")
    }
    let png = try run("-k", "box:3", "many.npy", "out.png")
    #expect(png.status == .exited(1))
    #expect(png.errors.contains("holds 7 channels, a PNG file holds one; choose one by --page N"))
    #expect(try run("-k", "box:3", "--page", "7", "many.npy", "out.png").status == .exited(0))
    let little = try run("-k", "box:3", "many.npy", "no.npy", "--limit-memory", "1k")
    #expect(little.status == .exited(1) && folder.read("no.npy") == nil)
  }

  @Test("no page is asked for where the format is not written anyway")
  func readOnly() throws {
    try put("loops.gif")
    let result = try run("-k", "identity", "loops.gif", "out.gif")
    #expect(result.status == .exited(1))
    #expect(result.errors.contains("GIF is read, not written") && !result.errors.contains("--page"))
  }

  @Test("each frame becomes what it becomes by itself", arguments: ["loops.gif", "opaque.png"])
  func frames(_ name: String) throws {
    try put(name)
    for ending in ["png"] + (FileFormat.written.contains(.webp) ? ["webp"] : []) {
      let result = try run("-k", "box:5", "--lossless", "yes", name, "out." + ending)
      #expect(result.status == .exited(0) && result.errors.isEmpty, "\(result.errors)")
      let (all, times, plays) = try pictures("out." + ending)
      let before = try pictures(name)
      #expect(all.count == before.all.count && plays == before.plays)
      for (one, other) in zip(times, before.times) {
        #expect(abs(try #require(one) - #require(other)) < 0.001)
      }
      for (index, picture) in all.enumerated() {
        let single = "\(index).npy"
        #expect(
          try run("-f", "-k", "box:5", "--page", "\(index + 1)", name, single).status == .exited(0))
        #expect(try samples(picture) == samples(pictures(single).all[0]), "frame \(index + 1)")
      }
    }
  }

  @Test(
    "each page becomes what it becomes by itself", .enabled(if: FileFormat.written.contains(.tiff)))
  func pages() throws {
    try put("mixed.tif")
    let result = try run("-k", "resize:50%", "-k", "sharpen", "mixed.tif", "out.tif")
    #expect(result.status == .exited(0), "\(result.errors)")
    let all = try pictures("out.tif").all
    #expect(all.count == 5)
    for (index, picture) in all.enumerated() {
      #expect(
        try run(
          "-k", "resize:50%", "-k", "sharpen", "--page", "\(index + 1)", "mixed.tif", "\(index).tif"
        )
        .status == .exited(0))
      let single = try pictures("\(index).tif").all[0]
      #expect(single.format == picture.format && samples(single) == samples(picture))
    }
    let place = try run("-k", "resize:50%", "-k", "sharpen", "--in-place", "mixed.tif")
    #expect(place.status == .exited(0) && folder.read("mixed.tif") == folder.read("out.tif"))
  }

  @Test("a stream of PNM becomes one, also through pipes")
  func stream() throws {
    try put("stream.ppm")
    let piped = try CommandRunner.run(
      ["apply", "-k", "identity", "-", "-"], input: folder.read("stream.ppm") ?? [])
    #expect(piped.status == .exited(0) && piped.errors.isEmpty, "\(piped.errors)")
    try folder.write(piped.output, to: "out.pnm")
    let (before, after) = (try pictures("stream.ppm").all, try pictures("out.pnm").all)
    #expect(after.map(samples) == before.map(samples))
  }

  @Test("what holds one picture says how to choose, and is not written")
  func refused() throws {
    try put("loops.gif")
    try put("stream.ppm")
    for (name, what, names) in [
      ("loops.gif", "4 frames of an animation", ".png, .webp or .tif"),
      ("stream.ppm", "several pictures", ".tif or .ppm"),
    ] {
      let result = try run("-k", "identity", name, "out.npy")
      #expect(result.status == .exited(1))
      #expect(
        result.errors.contains(
          "\(name): error: holds \(what), a NumPy file holds one; choose one by --page N (the first "
            + "by --first-picture), or name the result \(names)"), "\(result.errors)")
      #expect(folder.files == ["loops.gif", "stream.ppm"])
    }
    for name in ["loops.gif", "stream.ppm"] {
      #expect(try run("-k", "identity", "-f", "--first-picture", name, "first.npy").errors.isEmpty)
      #expect(try run("-k", "identity", "-f", "--page", "1", name, "one.npy").errors.isEmpty)
      #expect(folder.read("first.npy") == folder.read("one.npy"))
    }
  }

  @Test("times that are lost are named, and so is a first picture that is no frame")
  func lost() throws {
    try put("still.png")
    let same = try run("-k", "identity", "--strict", "still.png", "same.png")
    #expect(same.status == .exited(0), "\(same.errors)")
    #expect(try pictures("same.png").all.map(samples) == pictures("still.png").all.map(samples))
    if FileFormat.written.contains(.tiff) {
      let pages = try run("-k", "identity", "still.png", "out.tif")
      #expect(pages.errors.contains("warning: TIFF holds no times: the frames become pages"))
      #expect(try pictures("out.tif").all.count == 3)
      #expect(try run("-k", "identity", "--strict", "still.png", "no.tif").status == .exited(1))
    }
    if FileFormat.written.contains(.webp) {
      let moving = try run("-k", "identity", "--lossless", "yes", "still.png", "out.webp")
      #expect(moving.errors.contains("its first picture, for viewers without animation"))
      let frames = try pictures("still.png").all.dropFirst().map(samples)
      #expect(try pictures("out.webp").all.map(samples) == frames)
    }
  }

  @Test("a fault in a later picture names it, and nothing is written")
  func fault() throws {
    try folder.write(Array("P5 1 1 255\n\u{1}P5 2 2 255\n\u{2}".utf8), to: "cut.pgm")
    let result = try run("-k", "identity", "cut.pgm", "out.pgm")
    #expect(result.status == .exited(1))
    #expect(result.errors.contains("picture 2: the PNM file is cut short"), "\(result.errors)")
    #expect(folder.files == ["cut.pgm"])
  }

  @Test("a mask of several pictures is refused")
  func masks() throws {
    let one = Array("P5 2 1 255\n".utf8) + [0, 255]
    try folder.write(one, to: "one.pgm")
    try folder.write(one + one, to: "two.pgm")
    try folder.write(TestPictures.png(2, 1, .gray, [5, 9]), to: "in.png")
    let good = try CommandRunner.apply(
      "box", "--mask", folder("one.pgm"), folder("in.png"), folder("good.png"))
    #expect(good.status == .exited(0), "\(good.errors)")
    let bad = try CommandRunner.apply(
      "box", "--mask", folder("two.pgm"), folder("in.png"), folder("bad.png"))
    #expect(bad.status == .exited(1) && folder.read("bad.png") == nil)
    #expect(bad.errors.contains("two.pgm: error: holds several pictures; a mask is one"))
  }
}
