import Libc
import PictureSupport
import TestSupport
import Testing

@testable import convfilter

@Suite("apply, again")
struct ApplyUpdateTests {
  let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    for (index, name) in ["in/a.png", "in/b.png", "in/x/c.png"].enumerated() {
      try folder.write(TestPictures.pattern(seed: index), to: name)
    }
    try folder.write(Array("3 3\n1 1 1\n1 2 1\n1 1 1\n".utf8), to: "k.txt")
  }

  private func run(_ words: String...) throws -> CommandResult {
    try CommandRunner.run(["apply", "-r", "--update"] + words, folder: folder.path)
  }

  /// What the summary says before the time.
  private func summary(_ result: CommandResult) -> String {
    let line = result.errors.split(separator: "\n").last.map(String.init) ?? ""
    // … in 0.1 s
    let words = line.split(separator: " ")
    return words.suffix(3).first == "in" ? words.dropLast(3).joined(separator: " ") : line
  }

  @Test("what is no file in the place of the record is named, and nobody waits for it")
  func noRecord() throws {
    let record = folder.path + "/out/.convfilter-update"
    #expect(try run("-k", "box", "in", "out").status == .exited(0))
    let makers: [() -> Int32] = [
      { mkfifo(record, 0o600) }, { symlink("elsewhere", record) }, { mkdir(record, 0o700) },
    ]
    for make in makers {
      #expect(remove(record) == 0)
      #expect(make() == 0)
      let result = try run("-k", "box", "in", "out")
      #expect(result.status == .exited(1))
      #expect(
        result.errors.contains(
          "out/.convfilter-update: error: is no record of --update; remove or rename it"),
        "\(result.errors)")
    }
  }

  @Test(
    "a second run does nothing; a changed picture, kernel or option makes what it concerns anew")
  func again() throws {
    #expect(try summary(run("-k", "k.txt", "in", "out")) == "3 written")
    #expect(try summary(run("-k", "k.txt", "in", "out")) == "0 written, 3 skipped (3 up to date)")
    // Neither the order of the words nor more threads make another picture.
    #expect(
      try summary(run("-t", "2", "--kernel", "k.txt", "in", "out"))
        == "0 written, 3 skipped (3 up to date)")
    // Nor do patterns that none of them fits.
    #expect(
      try summary(run("-k", "k.txt", "--exclude", "*.gif", "in", "out"))
        == "0 written, 3 skipped (3 up to date)")
    try folder.write(TestPictures.pattern(seed: 9), to: "in/b.png")
    #expect(try summary(run("-k", "k.txt", "in", "out")) == "1 written, 2 skipped (2 up to date)")
    unlink(folder("out/x/c.png"))
    #expect(try summary(run("-k", "k.txt", "in", "out")) == "1 written, 2 skipped (2 up to date)")
    try folder.write(Array("3 3\n1 1 1\n1 3 1\n1 1 1\n".utf8), to: "k.txt")
    #expect(try summary(run("-k", "k.txt", "in", "out")) == "3 written")
    #expect(try summary(run("-k", "k.txt", "--flip", "in", "out")) == "3 written")
    #expect(
      try summary(run("-k", "k.txt", "--flip", "--padding", "wrap", "in", "out")) == "3 written")
    #expect(try summary(run("-k", "box", "in", "out")) == "3 written")
    let expected = try CommandRunner.run(
      ["apply", "-k", "box", "in/b.png", "-"], folder: folder.path)
    #expect(folder.read("out/b.png") == expected.output)
    #expect(folder.files.filter { $0.contains("/.") } == ["out/.convfilter-update"])
  }

  @Test("pictures are not opened where nothing is to be done")
  func unopened() throws {
    _ = try run("-k", "box", "in", "out")
    // Broken pictures of the same size and time are none that anybody sees.
    for name in ["in/a.png", "in/b.png", "in/x/c.png"] {
      var status = stat()
      stat(folder(name), &status)
      #if canImport(Glibc)
        let times = [status.st_atim, status.st_mtim]
      #else
        let times = [status.st_atimespec, status.st_mtimespec]
      #endif
      try folder.write([UInt8](repeating: 7, count: folder.read(name)!.count), to: name)
      utimensat(AT_FDCWD, folder(name), times, 0)
    }
    let result = try run("-k", "box", "in", "out")
    #expect(result.status == .exited(0))
    #expect(summary(result) == "0 written, 3 skipped (3 up to date)")
  }

  @Test("a mask counts by what is in it")
  func mask() throws {
    for (name, seed) in [("m.png", 1), ("same.png", 1), ("other.png", 2)] {
      try folder.write(TestPictures.pattern(seed: seed), to: name)
    }
    for (mask, wanted) in [
      ("m.png", "3 written"), ("same.png", "0 written, 3 skipped (3 up to date)"),
      ("other.png", "3 written"),
    ] {
      #expect(try summary(run("-k", "box", "--mask", mask, "in", "out")) == wanted)
    }
  }

  @Test("a result that something else has written is made anew; --force makes all")
  func foreign() throws {
    _ = try run("-k", "box", "in", "out")
    _ = try CommandRunner.run(
      ["apply", "-f", "-k", "emboss", "in/a.png", "out"], folder: folder.path)
    #expect(try summary(run("-k", "box", "in", "out")) == "1 written, 2 skipped (2 up to date)")
    #expect(try summary(run("-f", "-k", "box", "in", "out")) == "3 written")
    #expect(try summary(run("-k", "box", "in", "out")) == "0 written, 3 skipped (3 up to date)")
  }

  @Test("results among the pictures are not filtered again")
  func beside() throws {
    let words = ["-k", "box", "--name", "{folder}/{stem}-box.{ext}", "in", "in"]
    for wanted in ["3 written", "0 written, 6 skipped (3 up to date, 3 results themselves)"] {
      let result = try CommandRunner.run(["apply", "-r", "--update"] + words, folder: folder.path)
      #expect(result.status == .exited(0))
      #expect(summary(result) == wanted)
    }
  }

  @Test("a record that was cut short, has grown long or is empty costs no more than work")
  func damage() throws {
    _ = try run("-k", "box", "in", "out")
    for (length, written) in [(0, 3), (5, 3), (-3, 1)] {
      let whole = try #require(folder.read("out/.convfilter-update"))
      let left = length < 0 ? whole.count + length : length
      try folder.write(Array(whole.prefix(left)), to: "out/.convfilter-update")
      let result = try run("-k", "box", "in", "out")
      #expect(result.status == .exited(0), "\(result.errors)")
      #expect(summary(result).hasPrefix("\(written) written"))
      #expect(try summary(run("-k", "box", "in", "out")) == "0 written, 3 skipped (3 up to date)")
    }
    try folder.write(Array("something else".utf8), to: "out/.convfilter-update")
    let result = try run("-k", "box", "in", "out")
    #expect(result.status == .exited(1))
    #expect(result.errors.contains("out/.convfilter-update: error: is no record of --update"))
    #expect(folder.read("out/.convfilter-update") == Array("something else".utf8))
  }

  @Test("a long record is written anew, shorter, and still holds")
  func shortening() throws {
    _ = try run("-k", "box", "in", "out")
    var text = try #require(folder.read("out/.convfilter-update"))
    let line = text.split(separator: UInt8(ascii: "\n"))[1] + [UInt8(ascii: "\n")]
    for _ in 0..<200 { text += line }
    try folder.write(text, to: "out/.convfilter-update")
    #expect(try summary(run("-k", "box", "in", "out")) == "0 written, 3 skipped (3 up to date)")
    let short = try #require(folder.read("out/.convfilter-update"))
    #expect(short.split(separator: UInt8(ascii: "\n")).count == 4)
    #expect(try summary(run("-k", "box", "in", "out")) == "0 written, 3 skipped (3 up to date)")
  }

  @Test("two runs never share a record")
  func lock() throws {
    _ = try run("-k", "box", "in", "out")
    // Not for the programs that other tests start meanwhile: they would keep the lock.
    let file = open(folder("out/.convfilter-update"), O_RDONLY | O_CLOEXEC)
    flock(file, LOCK_EX)
    let result = try run("-k", "box", "in", "out")
    #expect(result.status == .exited(1))
    #expect(result.errors.contains("another run with --update is at work here"))
    let dry = try run("--dry-run", "-k", "emboss", "in", "out")
    #expect(dry.status == .exited(0) && summary(dry) == "3 would be written")
    close(file)
    #expect(try summary(run("-k", "box", "in", "out")) == "0 written, 3 skipped (3 up to date)")
  }

  @Test("in place, no picture is filtered twice, however a run ends")
  func inPlace() throws {
    let words = ["-k", "box", "--in-place", "in"]
    let once = try CommandRunner.run(["apply", "-k", "box", "in/a.png", "-"], folder: folder.path)
    let first = try CommandRunner.run(
      ["apply", "--update", "-k", "box", "--in-place", "in/a.png"], folder: folder.path)
    #expect(first.status == .exited(0), "\(first.errors)")
    for wanted in ["2 written, 1 skipped (1 up to date)", "0 written, 3 skipped (3 up to date)"] {
      let result = try CommandRunner.run(["apply", "-r", "--update"] + words, folder: folder.path)
      #expect(summary(result) == wanted)
    }
    #expect(try TestPictures.samples(folder.read("in/a.png")) == TestPictures.samples(once.output))
    // A line of a picture that the run did not get to replace holds for no file.
    for index in 0..<40 {
      try folder.write(TestPictures.pattern(90, 80, seed: index), to: "many/\(index).png")
    }
    let singles = try (0..<40).map { index in
      try CommandRunner.run(
        ["apply", "-k", "emboss", "many/\(index).png", "-"], folder: folder.path
      ).output
    }
    for round in 0..<12 {
      let running = try CommandRunner.start(
        ["apply", "-q", "--update", "-t", "3", "-k", "emboss", "--in-place", folder("many")])
      if round < 11 {
        usleep(UInt32(4000 + 6000 * round))
        running.signal(SIGKILL)
      }
      _ = running.wait()
    }
    for index in 0..<40 {
      #expect(folder.read("many/\(index).png") == singles[index], "\(index)")
    }
  }

  @Test("names with line ends and per cents are known again; JSON says why")
  func names() throws {
    try folder.write(TestPictures.pattern(seed: 5), to: "odd/a\n%25%0A.png")
    try folder.write(TestPictures.pattern(seed: 6), to: "odd/b.png")
    _ = try run("-k", "box", "odd", "out")
    let result = try run("--json", "-k", "box", "odd", "out")
    let lines = result.text.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(
      lines[0].contains(#""status": "skipped""#) && lines[0].contains(#""reason": "upToDate""#))
    #expect(lines[2].contains(#""skipped": {"upToDate": 2}"#))
  }

  @Test("one file has its record beside it; a pipe has none")
  func single() throws {
    for skipped in [false, true] {
      let result = try run("-v", "-k", "box", "in/a.png", "one.png")
      #expect(result.status == .exited(0))
      #expect(result.errors.contains("one.png: up to date, skipped") == skipped)
    }
    #expect(folder.files.contains(".convfilter-update"))
    #expect(try run("-k", "box", "in/a.png", "-").status == .exited(64))
    #expect(try run("-n", "-k", "box", "in/a.png", "out").status == .exited(64))
  }

  @Test("fingerprints are the same in every order of sets, and differ with every part")
  func fingerprints() {
    let sets = (0..<20).map { _ in Fingerprint([Set(1...30)]) }
    #expect(Set(sets).count == 1)
    let others = [
      Fingerprint([1, 2]), Fingerprint([12]), Fingerprint([[1.0, 2.0]]),
      Fingerprint([[1.0], [2.0]]),
      Fingerprint([Optional<Int>.none as Any]), Fingerprint([]),
    ]
    #expect(Set(others).count == others.count)
  }
}
