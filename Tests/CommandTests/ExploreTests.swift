import PictureSupport
import TestSupport
import Testing
import Text

/// What stands in the pages; what they do is tried in a browser: `Tests/Browser`.
@Suite("convfilter explore")
struct ExploreTests {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func run(_ arguments: String...) throws -> CommandResult {
    try CommandRunner.run(["explore"] + arguments, folder: folder.path)
  }

  /// What the scripts of a page read.
  private func data(_ name: String) throws -> JSON {
    let page = String(decoding: try #require(folder.read(name)), as: UTF8.self)
    let start = try #require(page.firstRange(of: "id=\"data\">")).upperBound
    let end = try #require(page[start...].firstRange(of: "</script>")).lowerBound
    return try #require(JSON(page[start..<end].utf8))
  }

  @Test("holds picture, kernel, windows, result and the command that makes it")
  func filter() throws {
    try folder.write(TestPictures.png(5, 5, .gray, (0..<25).map { UInt8($0 * 10) }), to: "in.png")
    let result = try run(
      "-k", "sharpen", "in.png", "-o", "page.html", "--stride", "2", "--padding", "zero")
    #expect(result.status == .exited(0) && result.errors.isEmpty, "\(result.errors)")
    #expect(result.text.hasPrefix("page.html  "))
    let data = try data("page.html")
    #expect(data["title"]?.string == "sharpen on in.png")
    #expect(
      data["command"]?.string
        == "convfilter apply -k sharpen --padding zero --stride 2 in.png out.png")
    let stage = try #require(data["stages"]?.array?.first)
    #expect(stage["stride"]?.array?.map(\.integer) == [2, 2])
    #expect(stage["padding"]?.string == "zero")
    let kernel = try #require(stage["kernels"]?.array?.first)
    #expect(
      kernel["taps"]?.array?.map(\.string) == ["0", "-1", "0", "-1", "5", "-1", "0", "-1", "0"])
    #expect(data["expected"]?["width"]?.integer == 3)
    _ = try CommandRunner.apply(
      "sharpen", "in.png", "out.png", "--padding", "zero", "--stride", "2", folder: folder.path)
    let written = try #require(try TestPictures.samples(folder.read("out.png")))
    #expect(data["expected"]?["samples"]?.string == Base64.encode(written))
  }

  @Test("says what it cannot show, and why")
  func refusals() throws {
    try folder.write(TestPictures.png(5, 5, .gray, (0..<25).map { UInt8($0 * 10) }), to: "in.png")
    let means = try run("-k", "nlmeans", "in.png", "-o", "page.html")
    #expect(means.status == .exited(64))
    #expect(
      means.errors.contains("every sample is a mean of 21×21, each weighed by 7×7 differences"))
    try folder.write(
      Array("Pf\n1 1\n-1.0\n".utf8) + [0, 0, 0, 0], to: "real.pfm")
    let real = try run("-k", "box", "real.pfm", "-o", "page.html")
    #expect(
      real.errors.hasPrefix("real.pfm: error: its samples are real numbers"), "\(real.errors)")
  }

  @Test("says that it shows the first picture alone, as sheets do")
  func first() throws {
    try folder.write(Array("P5 1 1 255\n\u{1}P5 1 1 255\n\u{2}".utf8), to: "two.pgm")
    let said =
      "two.pgm: warning: holds further pictures besides its first picture, which alone is shown"
    #expect(try run("-k", "box", "two.pgm", "-o", "page.html").errors.contains(said))
    let sheet = try CommandRunner.run(
      ["sheet", "-k", "box", "-k", "sobel", "two.pgm", "-o", "sheet.png"], folder: folder.path)
    #expect(sheet.status == .exited(0) && sheet.errors == said + "\n", "\(sheet.errors)")
  }

  @Test("holds members and rank of what picks a sample, and the steps of an opening")
  func picks() throws {
    try folder.write(TestPictures.pattern(9, 7), to: "in.png")
    let result = try run(
      "-k", "open:radius=1,shape=disk", "-k", "rank:percent=25,size=4x3", "in.png", "-o", "p.html",
      "--stride", "2")
    #expect(result.status == .exited(0) && result.errors.isEmpty, "\(result.errors)")
    let data = try data("p.html")
    let stages = try #require(data["stages"]?.array)
    #expect(stages.map { $0["pick"]?.string } == ["erode", "dilate", "rank"])
    // An opening erodes every sample, whatever the stride is.
    #expect(stages.map { $0["stride"]?.array?.map(\.integer) } == [[1, 1], [2, 2], [2, 2]])
    #expect(stages.map { $0["padding"]?.string } == ["truncate", "truncate", "replicate"])
    #expect(stages[2]["percent"]?.string == "25" && stages[2]["members"] == JSON.null)
    #expect(stages[2]["anchor"]?.array?.map(\.integer) == [2, 1])
    let cross = [false, true, false, true, true, true, false, true, false]
    #expect(stages[0]["members"] == .array(cross.map(JSON.bool)))
  }

  @Test("a filter of several steps is shown by these, each with the part that it is")
  func parts() throws {
    try folder.write(TestPictures.pattern(9, 8), to: "in.png")
    let result = try run(
      "-k", "tophat:size=4x3", "-k", "canny:low=9,high=20,sigma=1", "-k", "clahe:clip=2,tiles=3x2",
      "in.png", "-o", "page.html", "--anchor", "1,0")
    #expect(result.status == .exited(0), "\(result.errors)")
    let data = try data("page.html")
    let stages = try #require(data["stages"]?.array)
    #expect(stages.map { $0["pick"]?.string } == ["erode", "dilate", nil, nil, nil, nil])
    #expect(
      stages.map { $0["work"]?.string } == [nil, nil, "difference", nil, "canny", "clahe"])
    #expect(
      stages.map { $0["link"]?["name"]?.string }
        == ["tophat", "tophat", "tophat", "canny", "canny", nil])
    #expect(stages.map { $0["link"]?["part"]?.integer } == [0, 1, 2, 0, 1, nil])
    // The second step is mirrored.
    #expect(stages.prefix(2).map { $0["anchor"]?.array?.map(\.integer) } == [[1, 0], [2, 2]])
    #expect(data["anchor"]?.array?.map(\.integer) == [1, 0])
    #expect(stages[5]["parameters"]?["columns"]?.string == "3")
  }

  @Test("makes a large picture smaller by a stage that its command names, and so does apply")
  func large() throws {
    try folder.write(TestPictures.jpeg(90, 60), to: "in.jpg")
    let result = try run("-k", "box", "in.jpg", "-o", "page.html", "--side", "32")
    #expect(result.status == .exited(0), "\(result.errors)")
    let data = try data("page.html")
    #expect(
      data["command"]?.string == "convfilter apply -k thumbnail:32x32 -k box in.jpg out.png")
    _ = try CommandRunner.run(
      ["apply", "-k", "thumbnail:32x32", "-k", "box", "in.jpg", "out.png"], folder: folder.path)
    let written = try #require(try TestPictures.samples(folder.read("out.png")))
    #expect(data["expected"]?["samples"]?.string == Base64.encode(written))
  }

  @Test("asks no other machine for anything, and takes no text for markup")
  func closed() throws {
    let name = "<script>alert(1)</script>&.png".replacing("/", with: "")
    try folder.write(TestPictures.pattern(6, 6), to: name)
    #expect(try run("-k", "sharpen", name, "-o", "page.html").status == .exited(0))
    let page = String(decoding: try #require(folder.read("page.html")), as: UTF8.self)
    #expect(!page.contains("<script>alert"))
    #expect(page.contains("default-src 'none'"))
    for word in ["http:", "https:", "//cdn", "@import", " src=", "url("] {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(try data("page.html")["title"]?.string == "sharpen on \(name)")
  }

  @Test("keeps an existing page unless told otherwise, and writes to standard output")
  func places() throws {
    try folder.write(TestPictures.pattern(6, 6), to: "in.png")
    #expect(try run("-k", "sharpen", "in.png", "-o", "page.html").status == .exited(0))
    let again = try run("-k", "sharpen", "in.png", "-o", "page.html")
    #expect(again.status == .exited(1) && again.errors.contains("exists already"))
    #expect(try run("-k", "sharpen", "in.png", "-o", "page.html", "-f", "-q").text.isEmpty)
    let piped = try run("-k", "sharpen", "in.png", "-o", "-")
    #expect(piped.output == folder.read("page.html"))
  }

  @Test(
    "says what it cannot show",
    arguments: [
      (["-k", "invert", "in.png", "-o", "p.html"], "a page shows filters"),
      (
        ["-k", "sharpen", "-k", "resize:50%", "in.png", "-o", "p.html"],
        "put this change before one"
      ),
      (["in.png", "-o", "p.html"], "--kernel is missing"),
      (["-k", "sharpen", "in.png"], "--output is missing"),
      (["-k", "sharpen", "in.png", "in.png", "-o", "p.html"], "shows one picture"),
      (["-k", "sharpen", "-", "-o", "p.html"], "has no name"),
      (["-k", "sharpen", "in.png", "-o", "p.html", "--side", "5"], "must be 8 to 1024"),
      (
        ["-k", "sharpen", "in.png", "-o", "p.html", "--range", "auto"], "looks at the whole picture"
      ),
      (
        [
          "-k", "gaussian", "-k", "invert", "-k", "edge", "in.png", "-o", "p.html", "--offset", "9",
        ],
        "could mean several steps"
      ),
      (
        ["-k", "sharpen:padding=valid", "in.png", "-o", "p.html", "--dilation", "9"],
        "the kernel spans 19"
      ),
      (["-k", "sharpen", "none.png", "-o", "p.html"], "no such file"),
    ])
  func refusals(words: [String], reason: String) throws {
    try folder.write(TestPictures.pattern(6, 6), to: "in.png")
    let result = try CommandRunner.run(["explore"] + words, folder: folder.path)
    #expect(result.status != .exited(0))
    #expect(result.errors.contains(reason), "\(result.errors)")
    #expect(!folder.files.contains("p.html"))
  }
}
