import ImageCodecs
import KernelLanguage
import TestSupport
import Testing
import Text

@Suite("convfilter kernels")
struct KernelsTests {
  private func run(_ arguments: String...) throws -> CommandResult {
    try CommandRunner.run(["kernels"] + arguments)
  }

  @Test("lists every kernel with size and title, aligned")
  func list() throws {
    let result = try run()
    let lines = result.text.split(separator: "\n").map(String.init)
    for named in KernelCatalog.all {
      let line = try #require(lines.first { $0.hasPrefix(named.name + " ") }, "\(named.name)")
      #expect(line.hasSuffix(named.title))
    }
    let size = try #require(lines[0].firstRange(of: "size"))
    let place = lines[0].distance(from: lines[0].startIndex, to: size.lowerBound)
    #expect(lines[3].dropFirst(place - 1).first == " " && lines[3].dropFirst(place).first != " ")
    #expect(result.status == .exited(0) && result.errors.isEmpty)
    #expect(try run("--json").text.split(separator: "\n").count == KernelCatalog.all.count)
  }

  @Test("shows large kernels in a moment, and writes no more coefficients than anybody reads")
  func large() throws {
    let disk = try CommandRunner.run(["kernels", "disk:600"], timeout: 60)
    #expect(disk.status == .exited(0), "\(disk.errors)")
    #expect(disk.text.contains("\nseparable    no\n") && !disk.text.contains("\nrank "))
    #expect(disk.text.contains("\ndirectional  no\n"))
    let median = try CommandRunner.run(["kernels", "median:size=65535"], timeout: 20)
    #expect(median.status == .exited(0) && median.text.contains("4294836225 samples take part"))
    for form in [["--json"], ["--text"], ["--png", "-"]] {
      let result = try CommandRunner.run(["kernels", "box:size=4001"] + form, timeout: 60)
      #expect(result.status == .exited(64) && result.output.isEmpty)
      #expect(result.errors.contains("has 16008001 coefficients; 4194304 can be written or drawn"))
    }
  }

  @Test("shows whole numbers as whole numbers, with what is known of the kernel")
  func sobel() throws {
    let text = try run("sobel-x").text
    #expect(text.contains("\n  -1   0   1\n  -2   0   2\n  -1   0   1\n"))
    for line in [
      "size         3×3", "sum          0", "divisor      1 (the sum is 0)", "anchor       1,1",
      "rank         1", "separable    yes, column × row", "column       1 2 1",
      "row          -1 0 1", "directional  yes",
    ] {
      #expect(text.contains("\n\(line)\n"), "\(line)")
    }
    #expect(text.contains("OpenCV Sobel"))
  }

  @Test("shows a Gaussian with its parameters")
  func gaussian() throws {
    let text = try run("gaussian:sigma=2").text
    #expect(text.contains("size         17×17") && text.contains("rank         1"))
    // SciPy: gaussian_filter of an impulse, sigma 2, its middle.
    #expect(text.contains(" 0.03979"))
    #expect(text.contains("parameter") && text.contains("standard deviation, samples (> 0)"))
  }

  @Test("shows sets, poolings, files and K×K×C kernels")
  func others() throws {
    #expect(try run("kirsch").text.contains("kernel 8 of 8\n"))
    #expect(try run("sobel").text.contains("combined     the square root of the sum of squares"))
    #expect(try run("maxpool:3").text.contains("window       3×3, its maximum\nstride       3,3\n"))
    #expect(try run("[[[1,2]],[[3,4]]]").text.contains("channel 1\n  3  4\n"))
    let file = TestData.package + "/Kernels/sharpen.txt"
    #expect(try run(file).text.contains("Sharpen: 4 neighbours"))
  }

  @Test(
    "writes a kernel file that reads back as the same kernel",
    arguments: [
      "sharpen", "gaussian:sigma=0.7", "pillow-emboss", "4x1+1+0: 1,2,3,4", "[[[1,2]],[[3,4.5]]]",
    ])
  func text(spec: String) throws {
    let text = try run(spec, "--text")
    let sources = KernelSources(
      file: { _ throws(KernelError) in text.output },
      filter: { model, _ throws(KernelError) in throw .unusableModel(model, reason: "") })
    let read = try #require(try KernelSpec.parse("file", sources: sources).kernels.first)
    let written = try #require(try KernelSpec.parse(spec).kernels.first)
    #expect(read.taps == written.taps && abs(read.divisor - written.divisor) < 1e-12)
    #expect(read.offset == written.offset && read.origin == written.origin)
    #expect(read.depth == written.depth)
  }

  @Test("writes JSON")
  func json() throws {
    let text = try run("sobel-x", "--json").text
    #expect(text.contains("\"taps\": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]"))
    #expect(text.contains("\"column\": [1, 2, 1], \"row\": [-1, 0, 1]"))
  }

  @Test(
    "draws a kernel as PNG",
    arguments: ["sobel-x", "kirsch", "gaussian:sigma=9", "[[[1]],[[2]],[[3]]]"])
  func png(spec: String) throws {
    let result = try run(spec, "--png", "-")
    #expect(result.output.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(result.status == .exited(0))
  }

  @Test("says what is wrong, with status 64")
  func errors() throws {
    let unknown = try run("gausian")
    #expect(unknown.status == .exited(64) && unknown.output.isEmpty)
    #expect(unknown.errors.contains("did you mean 'gaussian'?"))
    #expect(try run("sobel", "--text").status == .exited(64))
    #expect(try run("maxpool", "--png", "-").status == .exited(64))
    let folder = try ScratchFolder()
    try folder.write([1], to: "there.png")
    let exists = try run("sobel", "--png", folder("there.png"))
    #expect(exists.status == .exited(1) && !exists.errors.contains("--no-clobber"))
    #expect(exists.errors.contains("exists already; use --force to overwrite it"))
    #expect(try run("--text").errors.contains("--text needs a kernel"))
  }
}
