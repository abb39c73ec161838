import ImageCodecs
import PictureSupport
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc

  /// Faults of the system that cannot be had otherwise: `Faults/faults.c` brings them about.
  @Suite("apply, on a system with faults")
  struct FaultTests {
    let folder: ScratchFolder
    private let library: String?

    init() throws {
      folder = try ScratchFolder()
      let file = folder(".faults.so")
      let source = TestData.package + "/Tests/CommandTests/Faults/faults.c"
      let compiled = try RunningCommand(
        "/bin/sh",
        [
          "-c", "cc -shared -fPIC -o \"$1\" \"$2\" -ldl || clang -shared -fPIC -o \"$1\" \"$2\"",
          "-", file, source,
        ]
      ).wait()
      library = compiled.status == .exited(0) ? file : nil
      if library == nil { print("skipped: no C compiler makes faults (\(compiled.errors))") }
    }

    private func run(_ fault: String, _ value: String, _ arguments: String...) throws
      -> CommandResult?
    {
      guard let library else { return nil }
      return try CommandRunner.run(
        arguments, environment: ["LD_PRELOAD": library, fault: value], folder: folder.path)
    }

    @Test(
      "a result is not lost where nameless files get no name",
      arguments: [[], ["--force"], ["--in-place"]])
    func refusedLink(options: [String]) throws {
      try folder.write(TestPictures.pattern(200, 100), to: "a.png")
      chmod(folder("a.png"), 0o604)
      let expected = try CommandRunner.apply("box", "-", "-", input: TestPictures.pattern(200, 100))
      if options == ["--force"] { try folder.write([1], to: "b.png") }
      let words = options == ["--in-place"] ? ["a.png"] : ["a.png", "b.png"]
      guard let library else { return }
      let result = try CommandRunner.run(
        ["apply", "-k", "box"] + options + words,
        environment: ["LD_PRELOAD": library, "FAULT_LINKAT": "1"], folder: folder.path)
      #expect(result.status == .exited(0), "\(result.errors)")
      #expect(folder.read(words.last!) == expected.output)
      #expect(folder.files.filter { $0.hasPrefix(".convfilter") } == [])
      var status = stat()
      if options == ["--in-place"] {
        #expect(stat(folder("a.png"), &status) == 0 && status.st_mode & 0o777 == 0o604)
      }
    }

    @Test("a full disk ends a batch with one error, and says how to go on", arguments: ["1", "4"])
    func fullDisk(threads: String) throws {
      for index in 0..<20 {
        try folder.write(
          TestPictures.png(50, 50, .gray, TestPictures.noise(2500, index)),
          to: "in/\(100 + index).png")
      }
      guard
        let result = try run(
          "FAULT_DISK", "12000", "apply", "-k", "identity", "--threads", threads, "in", "out")
      else { return }
      #expect(result.status == .exited(1))
      let lines = result.errors.split(separator: "\n")
      #expect(lines.filter { $0.contains("no space left on device; free some space") }.count == 1)
      let written = folder.files.filter { $0.hasPrefix("out/") }.count
      #expect(written > 0 && written < 20)
      #expect(
        result.errors.contains(
          "ended: \(written) of 20 pictures are done; the same command with --no-clobber goes on"),
        "\(result.errors)")
      let rest = try CommandRunner.run(
        ["apply", "-k", "identity", "--no-clobber", "in", "out"], folder: folder.path)
      #expect(rest.status == .exited(0))
      #expect(folder.files.filter { $0.hasPrefix("out/") }.count == 20)
    }

    @Test("the words of the command line are known without /proc")
    func proc() throws {
      try folder.write(TestPictures.pattern(), to: "a.png")
      guard let result = try run("FAULT_PROC", "1", "apply", "-k", "box", "a.png", "b.png") else {
        return
      }
      #expect(result.status == .exited(0), "\(result.errors)")
      #expect(folder.read("b.png") != nil)
      let help = try run("FAULT_PROC", "1", "--version")
      #expect(help?.text.hasPrefix("0.1.0\n") == true)
    }
  }
#endif
