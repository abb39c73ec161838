import ImageCodecs
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

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

  private func clock(_ kind: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(kind, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
