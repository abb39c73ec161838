import ImageCodecs
import PictureSupport
import Raster
import TestSupport
import Testing

@Suite("apply, one picture")
struct ApplyTests {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  @Test("writes the filtered picture and says nothing")
  func filters() throws {
    try folder.write(TestPictures.png(3, 1, .gray, [0, 0, 1]), to: "in.png")
    let result = try CommandRunner.apply("box:size=3", folder("in.png"), folder("out.png"))
    #expect(result.status == .exited(0))
    #expect(result.errors.isEmpty && result.output.isEmpty)
    #expect(try TestPictures.samples(folder.read("out.png")) == [0, 0, 1])
    #expect(folder.files == ["in.png", "out.png"])
  }

  @Test("correlates; --flip convolves")
  func orientation() throws {
    var impulse = [UInt8](repeating: 0, count: 49)
    impulse[24] = 10
    try folder.write(TestPictures.png(7, 7, .gray, impulse), to: "in.png")
    let kernel = "3x3: 1,2,3, 4,5,6, 7,8,9"
    let centre = { (samples: [UInt8]?) in
      samples.map { all in (2...4).map { y in (2...4).map { x in all[y * 7 + x] } } }
    }
    _ = try CommandRunner.apply(kernel, "--scale", "1", folder("in.png"), folder("a.png"))
    #expect(
      try centre(TestPictures.samples(folder.read("a.png")))
        == [[90, 80, 70], [60, 50, 40], [30, 20, 10]])
    _ = try CommandRunner.apply(
      kernel, "--scale", "1", "--flip", folder("in.png"), folder("b.png"))
    #expect(
      try centre(TestPictures.samples(folder.read("b.png")))
        == [[10, 20, 30], [40, 50, 60], [70, 80, 90]])
  }

  @Test(
    "adds the offset after the scale and rounds halves up",
    arguments: [(UInt8(4), UInt8(126)), (UInt8(2), UInt8(127))])
  func offset(level: UInt8, expected: UInt8) throws {
    try folder.write(TestPictures.png(1, 1, .gray, [level]), to: "in.png")
    let result = try CommandRunner.apply(
      "1x1: -1", "--scale", "2", "--offset", "128", folder("in.png"), folder("out.png"))
    #expect(result.status == .exited(0))
    #expect(try TestPictures.samples(folder.read("out.png")) == [expected])
  }

  @Test("applies several kernels in the order given")
  func chain() throws {
    try folder.write(TestPictures.png(4, 1, .gray, [0, 100, 0, 0]), to: "in.png")
    let result = try CommandRunner.run([
      "apply", "-k", "3x1: 1,2,1", "-k", "maxpool:size=2x1", folder("in.png"), folder("out.png"),
    ])
    #expect(result.status == .exited(0))
    #expect(try TestPictures.samples(folder.read("out.png")) == [50, 25])
  }

  @Test("reads standard input and writes standard output, in the input's format")
  func pipes() throws {
    let png = try CommandRunner.apply("box", "-", "-", input: TestPictures.pattern())
    #expect(png.status == .exited(0) && png.errors.isEmpty)
    #expect(FileFormat(head: png.output) == .png)
    let jpeg = try CommandRunner.apply("box", "-", "-", input: TestPictures.jpeg())
    #expect(FileFormat(head: jpeg.output) == .jpeg)
    let pnm = try CommandRunner.apply(
      "box", "-", "-", "--format", "pnm", input: TestPictures.pattern())
    #expect(pnm.output.starts(with: Array("P5\n24 16\n255\n".utf8)))
    #expect(try decode(pnm.output).samples() as [UInt8] == decode(png.output).samples())
  }

  @Test("chooses the format by the output's ending, else by the input's content")
  func format() throws {
    try folder.write(TestPictures.jpeg(), to: "photo")
    for (name, format) in [
      ("a.png", FileFormat.png), ("b.JPG", .jpeg), ("c", .jpeg), ("d.ppm", .pnm),
    ] {
      let result = try CommandRunner.apply("box", folder("photo"), folder(name))
      #expect(result.status == .exited(0), "\(result.errors)")
      #expect(FileFormat(head: folder.read(name) ?? []) == format)
    }
  }

  @Test(
    "takes names as they are", arguments: ["-x.png", "a:b.png", "%o.png", "a b\n.png", "é.png"])
  func literalNames(name: String) throws {
    try folder.write(TestPictures.pattern(), to: name)
    let result = try CommandRunner.run(
      ["apply", "-k", "box", "--", name, "out-" + name], folder: folder.path)
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(folder.files.sorted() == [name, "out-" + name].sorted())
  }

  @Test("finds files whose names are not UTF-8, in folders and in lists")
  func foreignNames() throws {
    try folder.write(TestPictures.pattern(), to: "in.png")
    // The shell makes the name: Swift's strings cannot hold it.
    let script = """
      mkdir "$1/a" && name="$(printf '\\\\377.png')" && mv "$1/in.png" "$1/a/$name" &&
      "$0" apply -k box "$1/a" "$1/b" && test -f "$1/b/$name" &&
      "$0" apply -k box "$1/a/$name" "$1/c-$name" && test -f "$1/c-$name"
      """
    let result = try RunningCommand(
      "/bin/sh", ["-c", script, CommandRunner.program, folder.path]
    ).wait()
    #expect(result.status == .exited(0), "\(result.errors)")
  }

  @Test("a 16-bit picture stays one, and becomes 8 bits in a JPEG with a warning")
  func depth() throws {
    let format = PictureFormat(width: 2, height: 2, color: .gray, sample: .uint16)
    let picture = Picture(format, samples: [0, 1000, 40000, 65535] as [UInt16])
    try folder.write(encodePNG(picture), to: "in.png")
    _ = try CommandRunner.apply("identity", folder("in.png"), folder("out.png"))
    #expect(try decode(folder.read("out.png") ?? []).samples() == picture.samples(as: UInt16.self))
    let result = try CommandRunner.apply("identity", folder("in.png"), folder("out.jpg"))
    #expect(result.status == .exited(0) && result.errors.contains("JPEG holds 8 bits"))
    let strict = try CommandRunner.apply(
      "identity", "--strict", folder("in.png"), folder("strict.jpg"))
    #expect(strict.status == .exited(1))
    #expect(folder.read("strict.jpg") == nil)
  }

  @Test("a picture with alpha is laid on white for a JPEG, with a warning")
  func alpha() throws {
    let samples = [UInt8](repeating: 0, count: 16 * 16 * 4)
    try folder.write(TestPictures.png(16, 16, .rgba, samples), to: "in.png")
    let result = try CommandRunner.apply("box", folder("in.png"), folder("out.jpg"))
    #expect(result.status == .exited(0) && result.errors.contains("laid on white"))
    #expect(try TestPictures.samples(folder.read("out.jpg"))?.allSatisfy { $0 == 255 } == true)
    // Who chose the colour is told nothing.
    let chosen = try CommandRunner.apply(
      "box", "--strict", "--background", "white", folder("in.png"), folder("white.jpg"))
    #expect(chosen.status == .exited(0) && chosen.errors.isEmpty, "\(chosen.errors)")
    #expect(folder.read("white.jpg") == folder.read("out.jpg"))
  }

  @Test("options that no step takes are named")
  func idleOptions() throws {
    try folder.write(TestPictures.pattern(), to: "in.png")
    for (kernel, words, named) in [
      ("median", ["--offset", "9", "--range", "abs"], "--offset, --range: they are"),
      ("gray", ["--stride", "2", "--padding", "zero"], "--stride, --padding: they are"),
      ("clahe", ["--padding", "wrap"], "--padding: it is"), ("median", ["--padding", "wrap"], nil),
      ("sobel", ["--offset", "9"], nil), ("extend:3", ["--padding", "zero"], nil),
      ("canny:sigma=1", ["--padding", "zero"], nil),
      ("canny", ["--padding", "zero"], "--padding: it is"),
    ] as [(String, [String], String?)] {
      let result = try CommandRunner.run(
        ["apply", "--force", "-k", kernel] + words + [folder("in.png"), folder("out.png")])
      #expect(result.status == .exited(0))
      #expect(result.errors.contains("without effect") == (named != nil), "\(result.errors)")
      #expect(
        named.map { result.errors.contains("no step takes " + $0) } ?? true, "\(result.errors)")
    }
  }

  @Test("the number of threads changes no byte")
  func threads() throws {
    try folder.write(
      TestPictures.png(700, 500, .rgb, TestPictures.noise(700 * 500 * 3, 7)), to: "in.png")
    var results: Set<[UInt8]> = []
    for count in ["1", "2", "8"] {
      let result = try CommandRunner.apply(
        "gaussian:sigma=2", "--threads", count, folder("in.png"), folder("\(count).png"))
      #expect(result.status == .exited(0))
      results.insert(folder.read("\(count).png") ?? [])
    }
    #expect(results.count == 1)
  }
}
