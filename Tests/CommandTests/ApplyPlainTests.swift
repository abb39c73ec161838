import TestSupport
import Testing

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

  @Test(
    "leave what is wrong with them to the parser",
    arguments: [
      "in.png out.png": "--kernel is missing", "-k": "Missing value for '-k <spec>'",
      "-k sharpen --quality 0 in.jpg out.jpg": "--quality 0: must be 1 to 100",
      "-k sharpen --quality x in.jpg out.jpg": "'x' is invalid for '--quality",
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
