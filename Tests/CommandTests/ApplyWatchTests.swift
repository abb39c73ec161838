import Libc
import TestSupport
import Testing

@Suite("apply, watching")
struct ApplyWatchTests {
  let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.write(TestPictures.pattern(), to: "in/a.png")
  }

  /// The kernel tells, and looking for changes.
  static let ways = [[:], ["CONVFILTER_WATCH": "poll"]]

  private func wait(for names: String...) {
    for _ in 0..<1500 where !names.allSatisfy({ folder.read($0) != nil }) { usleep(10_000) }
    for name in names { #expect(folder.read(name) != nil, "\(name)") }
  }

  @Test("what is there, comes up or changes is filtered once it is whole", arguments: ways)
  func changes(way: [String: String]) throws {
    let running = try CommandRunner.start(
      ["apply", "-r", "--watch", "-k", "box", "--exclude", "skip*", folder("in"), folder("out")],
      environment: way)
    wait(for: "out/a.png")
    let picture = try TestPictures.pattern(seed: 3)
    try folder.write(picture, to: "in/b.png")
    try folder.write(picture, to: "in/skip.png")
    try folder.write(picture, to: "in/new/deep/c.png")
    rename(folder("in/new"), folder("in/moved"))
    try folder.write(picture, to: "away/d.png")
    rename(folder("away/d.png"), folder("in/d.png"))
    wait(for: "out/b.png", "out/moved/deep/c.png", "out/d.png")
    // Written in two parts.
    let slow = open(folder("in/slow.png"), O_WRONLY | O_CREAT, 0o644)
    write(slow, picture, 40)
    usleep(1_200_000)
    #expect(folder.read("out/slow.png") == nil)
    write(slow, Array(picture.dropFirst(40)), picture.count - 40)
    close(slow)
    wait(for: "out/slow.png")
    let before = folder.read("out/a.png")
    try folder.write(TestPictures.pattern(seed: 8), to: "in/a.png")
    for _ in 0..<1500 where folder.read("out/a.png") == before { usleep(10_000) }
    #expect(folder.read("out/a.png") != before)
    running.signal(SIGINT)
    let result = running.wait()
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(!result.errors.contains("error"), "\(result.errors)")
    #expect(result.errors.contains("written"))
    #expect(folder.read("out/skip.png") == nil)
    #expect(folder.files.filter { $0.contains("/.") } == ["out/.convfilter-update"])
    let again = try CommandRunner.run(
      ["apply", "-r", "--update", "-k", "box", "--exclude", "skip*", folder("in"), folder("out")])
    #expect(again.errors.contains("0 written, 5 skipped (5 up to date)"), "\(again.errors)")
  }

  @Test("results beside the pictures are no pictures", arguments: ways)
  func beside(way: [String: String]) throws {
    let running = try CommandRunner.start(
      ["apply", "--watch", "-k", "box", "--name", "{stem}-box.{ext}", folder("in"), folder("in")],
      environment: way)
    wait(for: "in/a-box.png")
    try folder.write(TestPictures.pattern(seed: 2), to: "in/b.png")
    wait(for: "in/b-box.png")
    usleep(500_000)
    running.signal(SIGTERM)
    #expect(running.wait().status == .exited(0))
    #expect(
      folder.files.filter { !$0.contains("/.") }
        == ["in/a-box.png", "in/a.png", "in/b-box.png", "in/b.png"])
  }

  @Test("one picture can be watched; what makes no sense is refused")
  func single() throws {
    let running = try CommandRunner.start(
      ["apply", "--watch", "-k", "box", "in/a.png", "out.png"], folder: folder.path)
    wait(for: "out.png")
    let before = folder.read("out.png")
    try folder.write(TestPictures.pattern(seed: 7), to: "in/b.png")
    try folder.write(TestPictures.pattern(seed: 7), to: "in/a.png")
    for _ in 0..<1500 where folder.read("out.png") == before { usleep(10_000) }
    running.signal(SIGINT)
    let result = running.wait()
    #expect(result.status == .exited(0) && result.errors.contains("2 written"), "\(result.errors)")
    for words in [
      ["--in-place", "in"], ["--dry-run", "in", "out"], ["in/a.png", "-"],
      ["--name", "{number}.png", "in", "out"],
    ] {
      let result = try CommandRunner.run(
        ["apply", "--watch", "-k", "box"] + words, folder: folder.path, timeout: 10)
      #expect(result.status == .exited(64) && result.errors.contains("--watch"), "\(result.errors)")
    }
    let missing = try CommandRunner.run(
      ["apply", "--watch", "-k", "box", "none/", "out"], folder: folder.path, timeout: 10)
    #expect(missing.status != .exited(0))
  }
}
