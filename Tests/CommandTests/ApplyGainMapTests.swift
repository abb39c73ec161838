import ImageCodecs
import PictureSupport
import Raster
import TestSupport
import Testing

@Suite("apply, gain maps of JPEG")
struct ApplyGainMapTests {
  let folder: ScratchFolder
  let file: UltraHDRFile

  init() throws {
    folder = try ScratchFolder()
    file = try UltraHDRFile()
    try folder.write(file.bytes, to: "in.jpg")
  }

  /// Words of which a file without a gain map holds none.
  private static let words = [
    "hdrgm", "hdr-gain-map", "photos/1.0/container", "GainMap", "MPF\0", "21496",
  ]

  /// What each of the warnings says.
  private static let warning = "besides its picture: left out"

  /// Whether a result has the map, or nothing of it.
  private func check(_ name: String, keeps: Bool, _ errors: String, warns: Bool = true) throws {
    let bytes = try #require(folder.read(name), "\(errors)")
    if keeps {
      let found = try #require(FoundPictures(bytes), "\(name)")
      #expect(found.files.count == 2 && found.files.last == file.map, "\(name)")
      #expect(found.files.joined().elementsEqual(bytes), "\(name)")
      #expect(found.xmp.contains("I:Length=\"\(file.map.count)\""), "\(name)")
      #expect(found.xmp.contains("hdrgm:Version=\"1.0\"") && found.hasNotice, "\(name)")
      #expect(errors.isEmpty, "\(name): \(errors)")
    } else {
      let text = String(decoding: bytes, as: UTF8.self)
      for word in Self.words { #expect(!text.contains(word), "\(name): \(word)") }
      #expect(FoundPictures(bytes) == nil, "\(name)")
      #expect(errors.contains(Self.warning) == warns, "\(name): \(errors)")
    }
  }

  @Test(
    "it is kept where every place and every colour stays",
    arguments: [
      ["identity"], ["identity:size=5"], ["resize:50%"], ["resize:20x20!"], ["thumbnail:10"],
      ["resize:200%,enlarge=yes"], ["identity", "-k", "resize:longest=20"],
      ["identity", "--quality", "50"], ["identity", "--progressive", "yes"],
      ["resize:50%", "--linear"], ["3x3: 0,0,0, 0,2,0, 0,0,0"],
    ])
  func kept(words: [String]) throws {
    let result = try CommandRunner.run(
      ["apply", "--kernel"] + words + [folder("in.jpg"), folder("out.jpg")])
    #expect(result.status == .exited(0), "\(result.errors)")
    try check("out.jpg", keeps: true, result.errors)
  }

  @Test(
    "it goes, with all that speaks of it and a warning, where they do not",
    arguments: [
      ["gaussian:sigma=1"], ["sharpen"], ["box"], ["invert"], ["crop:20x20+3+3"],
      ["flip:horizontal"], ["rotate:90"], ["resize:20x20,fit=cover"], ["identity:stride=2"],
      ["identity:size=3", "--padding", "valid"], ["identity:size=3", "--padding", "full"],
      ["identity", "--offset", "10"], ["identity", "--scale", "2"],
      ["identity", "--range", "auto"],
      ["identity", "--profile", "srgb"], ["identity", "--metadata", "strip"],
      ["identity", "--region", "9x9+1+1"], ["3x3: 1,0,0, 0,0,0, 0,0,0"],
      ["1x1: 2", "--scale", "1"],
      ["resize:50%", "-k", "gaussian"], ["extend:2"], ["gray"],
    ])
  func lost(words: [String]) throws {
    let arguments = ["apply", "--kernel"] + words + [folder("in.jpg")]
    let result = try CommandRunner.run(arguments + [folder("out.jpg")])
    #expect(result.status == .exited(0), "\(result.errors)")
    try check("out.jpg", keeps: false, result.errors)
    let strict = try CommandRunner.run(arguments + [folder("no.jpg"), "--strict"])
    #expect(strict.status == .exited(1) && folder.read("no.jpg") == nil)
  }

  @Test("other formats have none", arguments: ["out.png", "out.webp", "out.tif"])
  func formats(name: String) throws {
    guard let format = FileFormat(fileExtension: String(name.split(separator: ".")[1])),
      FileFormat.written.contains(format)
    else { return }
    let result = try CommandRunner.apply("identity", folder("in.jpg"), folder(name))
    #expect(result.status == .exited(0), "\(result.errors)")
    try check(name, keeps: false, result.errors)
  }

  @Test("a picture that lies on its side keeps it as long as it is not turned")
  func turned() throws {
    var side = file
    side.orientation = 6
    try folder.write(side.bytes, to: "side.jpg")
    for (kernel, keeps) in [
      ("identity", true), ("resize:12", true), ("resize:12,method=nearest", false),
      ("sobel-x", false),
    ] {
      let name = keeps ? "kept.jpg" : "lost.jpg"
      let result = try CommandRunner.apply(kernel, folder("side.jpg"), folder(name), "-f")
      try check(name, keeps: keeps, result.errors)
    }
  }

  @Test("in place it may be kept, but not lost")
  func inPlace() throws {
    let refused = try CommandRunner.apply("gaussian", folder("in.jpg"), "--in-place")
    #expect(refused.status == .exited(1) && refused.errors.contains("--in-place would lose"))
    #expect(folder.read("in.jpg") == file.bytes)
    let result = try CommandRunner.apply("resize:50%", folder("in.jpg"), "--in-place", "--strict")
    #expect(result.status == .exited(0))
    try check("in.jpg", keeps: true, result.errors)
  }

  @Test("--first-picture leaves it out without a word")
  func firstPicture() throws {
    let result = try CommandRunner.apply(
      "identity", folder("in.jpg"), folder("out.jpg"), "--first-picture")
    #expect(result.errors.isEmpty, "\(result.errors)")
    try check("out.jpg", keeps: false, result.errors, warns: false)
  }

  @Test("through a pipe comes the same file; what comes from one has lost it")
  func pipes() throws {
    _ = try CommandRunner.apply("resize:50%", folder("in.jpg"), folder("out.jpg"))
    let result = try CommandRunner.apply("resize:50%", folder("in.jpg"), "-")
    #expect(result.status == .exited(0) && result.output == folder.read("out.jpg"))
    // The file before the map is held then, which is counted.
    let needs = try ["-", folder("no.jpg")].map { output in
      try CommandRunner.apply("identity", folder("in.jpg"), output, "--limit-memory", "1").errors
    }
    #expect(needs[0].contains("of memory") && needs[0] != needs[1], "\(needs)")
    let piped = try CommandRunner.apply(
      "identity", "-", folder("piped.jpg"), input: file.bytes)
    #expect(piped.status == .exited(0), "\(piped.errors)")
    try check("piped.jpg", keeps: false, piped.errors)
  }

  @Test("a picture of many buffers has its map in the right place, in a file and in a pipe")
  func large() throws {
    let large = try UltraHDRFile(width: 640, height: 480)
    try folder.write(large.bytes, to: "large.jpg")
    let arguments = ["apply", "-k", "identity", "--quality", "100", folder("large.jpg")]
    let result = try CommandRunner.run(arguments + [folder("out.jpg")])
    let piped = try CommandRunner.run(arguments + ["-"])
    let bytes = try #require(folder.read("out.jpg"), "\(result.errors)")
    let found = try #require(FoundPictures(bytes))
    #expect(found.files.count == 2 && found.files.last == large.map)
    #expect(found.files[0].count > 128 << 10 && found.files.joined().elementsEqual(bytes))
    #expect(piped.output == bytes)
  }

  @Test("a file that is broken in some way makes a whole one without it")
  func broken() throws {
    for (number, faults) in [(0, 1, 0, 0), (0, 1 << 30, 0, 0), (0, 0, 1 << 30, 0), (1, 0, 0, 0)]
      .enumerated()
    {
      var broken = file
      broken.faults = faults
      try folder.write(broken.bytes, to: "broken.jpg")
      let result = try CommandRunner.apply(
        "identity", folder("broken.jpg"), folder("\(number).jpg"))
      #expect(result.status == .exited(0), "\(result.errors)")
      try check("\(number).jpg", keeps: false, result.errors)
    }
  }

  @Test(
    "Pillow finds both pictures",
    .enabled(if: ForeignReaderTests.python != nil))
  func pillow() throws {
    let python = try #require(ForeignReaderTests.python)
    let script = TestData.package + "/Tests/CommandTests/Goldens/ultra-hdr.py"
    _ = try CommandRunner.apply("identity", folder("in.jpg"), folder("same.jpg"))
    _ = try CommandRunner.apply("resize:50%", folder("in.jpg"), folder("half.jpg"))
    let result = try CommandRunner.run(
      other: python, [script, folder("in.jpg"), folder("same.jpg"), folder("half.jpg")])
    let count = file.map.count
    let about = "12x8 GainMapLength=\(count) \(count)\n"
    #expect(
      result.text == "2 48x32 \(about)2 48x32 \(about)2 24x16 \(about)", "\(result.errors)")
  }
}
