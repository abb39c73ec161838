import PictureSupport
import TestSupport
import Testing

@Suite("Standard streams")
struct StandardStreamTests {
  let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.write(TestPictures.pattern(), to: "a.png")
    try folder.write(Array("1 2 3\n4 5 6\n7 8 9\n".utf8), to: "numbers.txt")
  }

  /// The program as `"$0"` of a line for the shell.
  private func shell(_ line: String, input: [UInt8] = []) throws -> CommandResult {
    try RunningCommand(
      "/bin/sh", ["-c", line, CommandRunner.program], input: input,
      environment: ["CONVFILTER_DATA": "nowhere"], folder: folder.path
    ).wait()
  }

  @Test(
    "a full or closed standard output is an error that is said",
    arguments: [
      "--help", "--version", "help apply", "apply --help", "kernels", "kernels --json",
      "kernels sobel-x --text", "kernels box --png -", "summary digits-conv",
      "summary digits-conv --json", "dataset list", "dataset list --json",
      "matrix -k box numbers.txt", "apply -k box --dry-run a.png b.png",
      "apply -k box --json a.png c.png", "apply -k box a.png -",
      "--generate-completion-script bash",
    ], [">/dev/full", ">&-"])
  func output(line: String, redirection: String) throws {
    let result = try shell("exec \"$0\" \(line) \(redirection)")
    #expect(result.status == .exited(1))
    #expect(result.errors.contains("standard output: "), "\(result.errors)")
    let reason = redirection == ">&-" ? "the stream is closed" : "no space left on device"
    #expect(result.errors.contains(reason), "\(result.errors)")
    #expect(!result.errors.contains("Usage"))
  }

  @Test("a report that cannot be written is said once; the pictures are written")
  func report() throws {
    for index in 0..<5 {
      try folder.write(TestPictures.pattern(seed: index), to: "in/\(index).png")
    }
    let result = try shell("exec \"$0\" apply -k box --json in out >/dev/full")
    #expect(result.status == .exited(1))
    #expect(result.errors.components("no space left on device") == 1, "\(result.errors)")
    #expect(folder.files.filter { $0.hasPrefix("out/") }.count == 5)
  }

  @Test(
    "with closed streams nothing is said into a picture",
    arguments: ["<&-", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
  func closed(redirections: String) throws {
    for index in 0..<4 {
      try folder.write(TestPictures.pattern(seed: index), to: "in/\(index).png")
    }
    _ = try shell("exec \"$0\" apply -k box -q in good")
    for extra in ["-v", "--json", "--strict"] {
      _ = try shell("exec \"$0\" apply -k box -f \(extra) --threads 4 in out \(redirections)")
      for index in 0..<4 {
        #expect(folder.read("out/\(index).png") == folder.read("good/\(index).png"))
      }
    }
  }

  @Test("messages that nobody takes are no failure", arguments: ["2>/dev/full", "2>&-"])
  func diagnostics(redirection: String) throws {
    let result = try shell("exec \"$0\" apply -k box -v -f a.png out.png \(redirection)")
    #expect(result.status == .exited(0))
    #expect(folder.read("out.png") != nil)
  }

  @Test("messages wait for a slow reader that does not block")
  func slow() throws {
    guard Mirror.has("python3") else {
      print("skipped: python3 makes the pipe that does not block")
      return
    }
    for index in 0..<300 {
      try folder.write([1], to: "in/a-name-long-enough-to-fill-a-pipe-\(index).png")
    }
    let script = """
      import os, subprocess, sys, time
      r, w = os.pipe()
      os.set_blocking(w, False)
      p = subprocess.Popen([sys.argv[1], 'apply', '-k', 'box', 'in', 'out'], stderr=w)
      os.close(w)
      time.sleep(0.5)
      text = b''
      while True:
        part = os.read(r, 4096)
        if not part: break
        text += part
        time.sleep(0.001)
      print(p.wait(), text.count(b'error:'))
      """
    let result = try RunningCommand(
      "/usr/bin/env", ["python3", "-c", script, CommandRunner.program], folder: folder.path
    ).wait()
    #expect(result.text == "1 300\n", "\(result.errors)")
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(_ text: String) -> Int {
    var (count, rest) = (0, self[...])
    while let range = rest.firstRange(of: text) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
