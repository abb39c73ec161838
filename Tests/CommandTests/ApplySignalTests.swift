import ImageCodecs
import Libc
import PictureSupport
import TestSupport
import Testing

@Suite("apply, ended from outside")
struct ApplySignalTests {
  let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  @Test(
    "a signal leaves no file behind and ends the program as signals do",
    arguments: [SIGINT, SIGTERM, SIGHUP], ApplyOverwriteTests.ways)
  func signals(signal: Int32, way: [String: String]) throws {
    // The program waits for the second half of its input, its output open.
    let picture = try TestPictures.pattern(600, 600)
    mkfifo(folder("pipe"), 0o600)
    let running = try CommandRunner.start(
      ["apply", "-k", "box", folder("pipe"), folder("out.png")], environment: way)
    let pipe = open(folder("pipe"), O_WRONLY)
    let half = picture.count / 2
    #expect(write(pipe, Array(picture.prefix(half)), half) == half)
    let hidden = way.isEmpty ? 0 : 1
    for _ in 0..<200 where folder.files.count < 1 + hidden { usleep(5000) }
    usleep(20000)
    #expect(folder.files.count == 1 + hidden)
    running.signal(signal)
    let result = running.wait()
    close(pipe)
    #expect(result.status == .killed(signal))
    #expect(result.errors.isEmpty)
    #expect(folder.files == ["pipe"])
  }

  @Test("killed at any moment, a picture filtered in place is the old one or the new one")
  func kills() throws {
    let old = try TestPictures.png(900, 600, .rgb, TestPictures.noise(900 * 600 * 3, 5))
    let start = clock(CLOCK_MONOTONIC)
    let new = try CommandRunner.apply("gaussian:sigma=2", "-", "-", input: old).output
    let duration = clock(CLOCK_MONOTONIC) - start
    var seen: Set<Bool> = []
    for round in 0..<24 {
      try folder.write(old, to: "a.png")
      let running = try CommandRunner.start(
        ["apply", "-k", "gaussian:sigma=2", "--in-place", folder("a.png")])
      usleep(UInt32(duration * 1e6) * UInt32(round) / 12)
      running.signal(SIGKILL)
      _ = running.wait()
      let now = folder.read("a.png")
      #expect(now == old || now == new, "round \(round)")
      seen.insert(now == new)
    }
    #expect(seen.contains(false))
    // A killed program leaves hidden files at most, which no later run takes for pictures.
    #expect(folder.files.allSatisfy { $0 == "a.png" || $0.hasPrefix(".convfilter-") })
  }

  @Test(
    "with many threads, too, a signal leaves nothing, and no false errors are said",
    arguments: [SIGINT, SIGTERM])
  func threads(signal: Int32) throws {
    for index in 0..<120 {
      try folder.write(TestPictures.pattern(60, 60, seed: index), to: "in/\(index).png")
    }
    for round in 0..<15 {
      let running = try CommandRunner.start(
        ["apply", "-k", "box", "--force", "--threads", "16", folder("in"), folder("out")],
        environment: ApplyOverwriteTests.ways[1])
      usleep(UInt32(8000 + 3000 * round))
      running.signal(signal)
      let result = running.wait()
      if result.status == .exited(0) { continue }
      #expect(result.status == .killed(signal))
      #expect(folder.files.filter { $0.contains(".convfilter-") } == [])
      let lines = result.errors.split(separator: "\n")
      #expect(lines.count <= 1, "\(result.errors)")
      if let line = lines.first {
        #expect(line.hasPrefix("interrupted: "))
        #expect(line.hasSuffix(" of 120 pictures are done; the same command starts over"))
        let count = folder.files.filter { $0.hasPrefix("out/") }.count
        let said = try #require(Int(line.split(separator: " ")[1]))
        // One may be there that was not counted yet; with --force older ones are there, too.
        #expect(said <= count)
      }
    }
  }

  @Test(
    "a batch that a signal ends says how much is done and how to go on, whatever the way of writing",
    arguments: [SIGINT, SIGTERM, SIGHUP], ApplyOverwriteTests.ways)
  func lastWords(signal: Int32, way: [String: String]) throws {
    for (options, hint) in [
      ([], "the same command with --no-clobber goes on"),
      (["--force"], "the same command starts over"), (["--update"], "the same command goes on"),
    ] {
      // The second picture is one that never comes.
      let (first, pipe, out) = ("a.png", "pipe-\(options).png", "out\(options)")
      try folder.write(TestPictures.pattern(), to: first)
      mkfifo(folder(pipe), 0o600)
      let running = try CommandRunner.start(
        ["apply", "-k", "box", "--threads", "1"] + options + [first, pipe, "-o", out],
        environment: way, folder: folder.path)
      for _ in 0..<4000 where folder.read("\(out)/a.png") == nil { usleep(5000) }
      usleep(50_000)
      running.signal(signal)
      let result = running.wait()
      #expect(result.status == .killed(signal), "\(options)")
      #expect(result.errors == "interrupted: 1 of 2 pictures are done; \(hint)\n", "\(options)")
    }
  }

  @Test("a program that was started with interrupts ignored ignores them")
  func ignored() throws {
    let picture = try TestPictures.pattern(600, 600)
    mkfifo(folder("pipe"), 0o600)
    let running = try RunningCommand(
      "/bin/sh",
      [
        "-c", "trap '' INT; exec \"$0\" apply -k box \"$1\" \"$2\"", CommandRunner.program,
        folder("pipe"), folder("out.png"),
      ])
    let pipe = open(folder("pipe"), O_WRONLY)
    usleep(50_000)
    running.signal(SIGINT)
    #expect(write(pipe, picture, picture.count) == picture.count)
    close(pipe)
    #expect(running.wait().status == .exited(0))
    #expect(folder.read("out.png") != nil)
  }

  @Test("a file that grows beyond what is allowed is an error, and leaves nothing")
  func fileSize() throws {
    try folder.write(
      TestPictures.png(300, 300, .rgb, TestPictures.noise(300 * 300 * 3, 3)), to: "a.png")
    for way in ApplyOverwriteTests.ways {
      let result = try RunningCommand(
        "/bin/sh",
        [
          "-c", "ulimit -f 8; exec \"$0\" apply -k identity \"$1\" \"$2\"", CommandRunner.program,
          folder("a.png"), folder("b.png"),
        ], environment: way
      ).wait()
      #expect(result.status == .exited(1))
      #expect(result.errors.contains("b.png: error: cannot be written: file too large"))
      #expect(folder.files == ["a.png"])
    }
  }

  @Test("what a killed program has left goes with the next run, and nothing else does")
  func leftovers() throws {
    try folder.write(TestPictures.pattern(), to: "a.png")
    // A process that has ended, one that lives, and one elsewhere that holds its lock.
    let dead = try RunningCommand("/bin/sh", ["-c", "echo $$"]).wait().text.dropLast()
    for name in ["\(dead)-1", "\(getpid())-1", "\(dead)-2", "\(dead)", "\(dead)-1.png", "x-1"] {
      try folder.write([1, 2, 3], to: ".convfilter-\(name)")
    }
    symlink("a.png", folder(".convfilter-\(dead)-3"))
    let locked = open(folder(".convfilter-\(dead)-2"), O_RDONLY)
    flock(locked, LOCK_EX)
    defer { close(locked) }
    let result = try CommandRunner.apply("box", "--in-place", folder("a.png"))
    #expect(result.status == .exited(0), "\(result.errors)")
    let left = folder.files.filter { $0 != "a.png" }
      .map { String($0.dropFirst(".convfilter-".count)) }
    #expect(
      Set<String>(left) == [
        "\(getpid())-1", "\(dead)-2", "\(dead)", "\(dead)-1.png", "x-1", "\(dead)-3",
      ])
  }

  private func clock(_ kind: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(kind, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
