import PictureSupport
import TestSupport
import Testing

@testable import convfilter

/// Common words are understood without the argument parser; `--metadata keep`, which says the default,
/// sends the same words through it.
@Suite("apply, plain words")
struct ApplyPlainTests {
  private struct Trace: Equatable {
    var status: CommandResult.Status
    var output: [UInt8]
    var errors: String
    var files: [String: [UInt8]]
  }

  private func trace(_ words: [String]) throws -> Trace {
    let folder = try ScratchFolder()
    try folder.write(TestPictures.pattern(), to: "in.png")
    try folder.write(TestPictures.jpeg(), to: "in.jpg")
    try folder.write(TestPictures.pattern(seed: 2), to: "all/one.png")
    try folder.write(TestPictures.pattern(seed: 3), to: "all/deep/two.png")
    try folder.write([1, 2, 3], to: "broken.png")
    let result = try CommandRunner.run(
      ["apply"] + words, input: TestPictures.pattern(seed: 4), folder: folder.path)
    return Trace(
      status: result.status, output: result.output, errors: result.errors,
      files: Dictionary(
        uniqueKeysWithValues: folder.files.filter { !$0.hasSuffix("/") }.map {
          ($0, folder.read($0) ?? [])
        }))
  }

  @Test(
    "do what the parser's do",
    arguments: [
      "-k sharpen in.png out.png", "--kernel sharpen -k box:size=3 in.png out.png",
      "in.png out.png -k emboss", "-k sharpen -q in.png out.png", "-k sharpen in.jpg in.png",
      "-k sharpen -f in.jpg in.png", "-k sharpen --force in.png in.png", "-k sharpen - -",
      "-k sharpen --quiet all results", "-k sharpen -q -r all results",
      "-k sharpen -q --recursive all/ results", "-q -k sharpen -o results in.png in.jpg",
      "-q -k sharpen --output-dir results in.png broken.png", "-k sharpen broken.png out.png",
      "-k sharpen in.jpg --quality 30 out.jpg", "-k sharpen --threads 3 in.png out.png",
      "-k nonsense in.png out.png", "-k sharpen in.png", "-k sharpen", "-k sharpen missing out",
      "-k -1 in.png out.png", "-k 1x1:2 --threads +2 in.png out.png",
    ])
  func equality(_ line: String) throws {
    let words = line.split(separator: " ").map(String.init)
    let plain = try trace(words)
    #expect(try plain == trace(words + ["--metadata", "keep"]))
    #expect(plain.status == .exited(0) || !plain.errors.isEmpty)
  }

  /// All that is understood without the parser, what looks like it, and what tears it apart.
  private static let pieces: [[String]] = [
    ["-k", "sharpen"], ["--kernel", "box:size=3"], ["-k", "-1"], ["-k", "--force"], ["-k", "--"],
    ["-k"],
    ["-q"], ["--quiet"], ["-r"], ["--recursive"], ["-f"], ["--force"], ["-o", "out"],
    ["--output-dir", "an out"], ["-o", "-q"], ["-o", "-"], ["--quality", "30"],
    ["--quality", "+7"], ["--quality", "0"], ["--quality=30"], ["--threads", "3"],
    ["--threads", "1024"], ["--threads", "1025"], ["--threads", "3x"], ["a.png"], ["b c.png"],
    ["-"], [""], ["--"], ["-fq"], ["-kbox"], ["ü.png"], ["-n"], ["--in-place"],
  ]

  @Test("are understood as the parser understands them, in any order and number")
  func readings() throws {
    var state: UInt32 = 1
    func next(_ bound: Int) -> Int {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Int(state >> 16) % bound
    }
    var understood: Set<[String]> = []
    for round in 0..<4000 {
      // Each piece comes early with a kernel, so that it is met in a line that can be understood.
      var line = [["-k", "emboss"], Self.pieces[round % Self.pieces.count]]
      for _ in 0..<next(4) { line.append(Self.pieces[next(Self.pieces.count)]) }
      if next(2) == 0 { line.reverse() }
      let words = Array(line.joined())
      guard let plain = FilterRequest(plain: words) else { continue }
      understood.formUnion(line)
      let parsed = try #require(
        try Apply.parseAsRoot(words) as? Apply, "the parser refuses \(words)")
      #expect(try String(reflecting: plain) == String(reflecting: parsed.request()), "\(words)")
    }
    for option in [
      "-k", "--kernel", "-q", "--quiet", "-r", "--recursive", "-f", "--force", "-o", "--output-dir",
      "--quality", "--threads",
    ] {
      #expect(understood.contains { $0[0] == option }, "\(option) is never understood")
    }
  }

  @Test(
    "leave what is wrong with them to the parser",
    arguments: [
      "in.png out.png": "--kernel is missing", "-k": "Missing value for '-k <spec>'",
      "-k sharpen --quality 0 in.jpg out.jpg": "--quality 0: must be 1 to 100",
      "-k sharpen --quality x in.jpg out.jpg":
        "'x' is invalid for '--quality <percent>'; expected a whole number without a sign, as in 8",
      "-k sharpen --threads 0 in.png out.png": "--threads 0: must be 1 to 1024",
      "-k sharpen -o -q in.png": "Missing value for '-o <folder>'",
      "-k sharpen -fn in.png out.png": "--force and --no-clobber exclude each other",
      "-k sharpen --frobnicate in.png out.png": "Unknown option '--frobnicate'",
    ])
  func refusal(_ line: String, _ message: String) throws {
    let result = try CommandRunner.run(["apply"] + line.split(separator: " ").map(String.init))
    #expect(result.status == .exited(64))
    #expect(result.errors.contains(message))
  }
}
