import PictureSupport
import TestSupport
import Testing

@Suite("apply, what it says")
struct ApplyReportTests {
  let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.write(TestPictures.pattern(24, 16), to: "in/a.png")
    try folder.write(TestPictures.jpeg(32, 24), to: "in/b.jpg")
  }

  @Test("--json prints an object a picture on standard output")
  func json() throws {
    let result = try CommandRunner.apply(
      "maxpool:size=2", "--json", "--threads", "1", "in/a.png", "in/no\"ne", "out",
      folder: folder.path)
    #expect(result.status == .exited(1))
    let lines = result.text.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(
      lines.contains {
        $0.hasPrefix(
          #"{"input": "in/a.png", "output": "out/a.png", "status": "written", "format": "PNG", "#
            + #""width": 24, "height": 16, "channels": 1, "depth": 8, "outputFormat": "PNG", "#
            + #""outputWidth": 12, "outputHeight": 8, "outputChannels": 1, "outputDepth": 8, "#
            + #""milliseconds": "#)
          && $0.hasSuffix(#", "warnings": []}"#)
      }, "\(result.text)")
    #expect(
      lines.contains {
        $0.hasPrefix(#"{"input": "in/no\"ne", "status": "failed", "milliseconds": "#)
          && $0.hasSuffix(#", "error": "in/no\"ne: there is no such file"}"#)
      }, "\(result.text)")
  }

  @Test("--dry-run says what would be done and what would fail, and does nothing")
  func dryRun() throws {
    try folder.write([1], to: "out/b.jpg")
    let result = try CommandRunner.apply("box", "--dry-run", "in", "out", folder: folder.path)
    #expect(result.status == .exited(1))
    #expect(result.text == "in/a.png -> out/a.png\n")
    #expect(result.errors.contains("out/b.jpg: error: exists already"))
    #expect(folder.files == ["in/a.png", "in/b.jpg", "out/b.jpg"])
  }

  @Test("--verbose says how; --quiet only what failed")
  func verbosity() throws {
    let verbose = try CommandRunner.apply("box", "-v", "in", "out", folder: folder.path)
    #expect(verbose.errors.contains("in/a.png: "))
    #expect(verbose.errors.contains("in/b.jpg -> out/b.jpg"))
    let quiet = try CommandRunner.apply("box", "-q", "in", "missing", "quiet", folder: folder.path)
    #expect(quiet.errors == "missing: error: there is no such file\n")
  }

  @Test("colour on a terminal only, and not where NO_COLOR is set")
  func color() throws {
    let arguments = ["apply", "-k", "box", folder("none.png"), folder("out.png")]
    let term = ["TERM": "xterm", "NO_COLOR": ""]
    #expect(try CommandRunner.run(arguments, environment: term).errors.contains("\u{1b}") == false)
    let terminal = try CommandRunner.run(arguments, environment: term, terminal: true)
    #expect(terminal.errors.contains("\u{1b}[1;31merror: \u{1b}[0m"))
    let plain = try CommandRunner.run(
      arguments, environment: ["TERM": "xterm", "NO_COLOR": "1"], terminal: true)
    #expect(!plain.errors.contains("\u{1b}"))
  }

  @Test("on a terminal a long batch shows how far it is, and takes that away")
  func progress() throws {
    for index in 0..<40 {
      try folder.write(TestPictures.pattern(500, 400, seed: index), to: "many/\(index).png")
    }
    // A wide kernel without factors takes its time.
    let kernel = "gabor:size=41"
    let arguments = ["apply", "--threads", "1", "-k", kernel, folder("many"), folder("out")]
    let shown = try CommandRunner.run(
      arguments + ["--force"], environment: ["TERM": "xterm"], terminal: true)
    #expect(shown.status == .exited(0))
    if shown.errors.contains("left") {
      #expect(shown.errors.contains("/40 files  "))
      #expect(shown.errors.contains("\r\u{1b}[K40 written"))
    }
    let piped = try CommandRunner.run(arguments + ["--force"])
    #expect(piped.errors.hasPrefix("40 written in ") && !piped.errors.contains("\r"))
  }
}
