import Libc
import PictureSupport
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
      folder: folder.path)
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
      folder: folder.path)
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

  @Test("of several pictures in one folder each is watched", arguments: ways)
  func together(way: [String: String]) throws {
    try folder.write(TestPictures.pattern(), to: "in/b.png")
    let running = try CommandRunner.start(
      [
        "apply", "--watch", "-k", "box", "-o", folder("out"), folder("in/a.png"),
        folder("in/b.png"), folder("in"),
      ], environment: way)
    wait(for: "out/a.png", "out/b.png", "out/in/a.png", "out/in/b.png")
    let before = folder.read("out/a.png")
    for name in ["in/a.png", "in/b.png"] {
      try folder.write(TestPictures.pattern(seed: 5), to: name)
    }
    let names = ["out/a.png", "out/b.png", "out/in/a.png", "out/in/b.png"]
    for _ in 0..<1500 where names.contains(where: { folder.read($0) == before }) { usleep(10_000) }
    for name in names { #expect(folder.read(name) != before, "\(name)") }
    running.signal(SIGINT)
    #expect(running.wait().status == .exited(0))
  }

  @Test("a folder that is replaced is watched on, one that is gone is named", arguments: ways)
  func replaced(way: [String: String]) throws {
    try folder.write(TestPictures.pattern(), to: "other/a.png")
    symlink("in", folder("link"))
    let running = try CommandRunner.start(
      ["apply", "--watch", "-k", "box", "-o", "out", "link", "other"], environment: way,
      folder: folder.path)
    wait(for: "out/link/a.png", "out/other/a.png")
    rename(folder("other"), folder("older"))
    try folder.write(TestPictures.pattern(seed: 2), to: "other/b.png")
    wait(for: "out/other/b.png")
    try folder.write(TestPictures.pattern(seed: 3), to: "newer/c.png")
    symlink("newer", folder("link.new"))
    rename(folder("link.new"), folder("link"))
    wait(for: "out/link/c.png")
    rename(folder("other"), folder("oldest"))
    sleep(4)
    try folder.write(TestPictures.pattern(seed: 4), to: "other/d.png")
    wait(for: "out/other/d.png")
    unlink(folder("link"))
    rename(folder("other"), folder("away"))
    let result = running.wait()
    #expect(result.status == .exited(1), "\(result.errors)")
    #expect(result.errors.contains("other: error: is gone; it is watched again"))
    #expect(result.errors.contains("link: error: is gone"))
  }

  @Test("folders that come up while the kernel loses count are watched, too")
  func overflow() throws {
    let limit = try #require(fopen("/proc/sys/fs/inotify/max_queued_events", "r"))
    var digits = [CChar](repeating: 0, count: 32)
    fgets(&digits, 32, limit)
    fclose(limit)
    let most = Int(atoi(digits))
    let running = try CommandRunner.start(
      ["apply", "-r", "--watch", "-k", "box", folder("in"), folder("out")])
    wait(for: "out/a.png")
    running.signal(SIGSTOP)
    try folder.write(TestPictures.pattern(seed: 2), to: "in/x.txt")
    for _ in 0...most / 4 {
      rename(folder("in/x.txt"), folder("in/y.txt"))
      rename(folder("in/y.txt"), folder("in/x.txt"))
    }
    try folder.write(TestPictures.pattern(seed: 2), to: "in/new/b.png")
    running.signal(SIGCONT)
    wait(for: "out/new/b.png")
    try folder.write(TestPictures.pattern(seed: 3), to: "in/new/c.png")
    wait(for: "out/new/c.png")
    running.signal(SIGINT)
    #expect(running.wait().status == .exited(0))
  }

  @Test("links in a circle are named and end nothing; a folder that is missing is refused")
  func circles() throws {
    let running = try CommandRunner.start(
      ["apply", "-r", "--watch", "-k", "box", "in", "out"], folder: folder.path)
    wait(for: "out/a.png")
    symlink("l.png", folder("in/l.png"))
    symlink(".", folder("in/again"))
    try folder.write(TestPictures.pattern(seed: 3), to: "in/b.png")
    wait(for: "out/b.png")
    sleep(1)
    running.signal(SIGINT)
    let result = running.wait()
    #expect(result.status == .exited(0))
    #expect(result.errors.contains("in/l.png: error: cannot be read"), "\(result.errors)")
    let missing = try CommandRunner.run(
      ["apply", "--watch", "-k", "box", "none", "out"], folder: folder.path, timeout: 20)
    #expect(missing.status == .exited(1), "\(missing.errors)")
    #expect(missing.errors.contains("none: error: there is no such folder to watch; make it first"))
  }
}
