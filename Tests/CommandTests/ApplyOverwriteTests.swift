import ImageCodecs
import PictureSupport
import TestSupport
import Testing

#if canImport(Glibc)
  import CLinux
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("apply, files that exist")
struct ApplyOverwriteTests {
  let folder: ScratchFolder
  let picture: [UInt8]

  init() throws {
    folder = try ScratchFolder()
    picture = try TestPictures.pattern()
    try folder.write(picture, to: "a.png")
  }

  /// Both ways of writing: with files that have no name while they are written, and with hidden ones.
  static let ways: [[String: String]] = [[:], ["CONVFILTER_NAMED_TEMPORARIES": "1"]]

  @Test("an existing file stays without --force, whatever the way of writing", arguments: ways)
  func exists(way: [String: String]) throws {
    try folder.write([1, 2, 3], to: "b.png")
    let refused = try CommandRunner.apply(
      "box", folder("a.png"), folder("b.png"), environment: way)
    #expect(refused.status == .exited(1))
    #expect(refused.errors.contains("b.png: error: exists already; use --force"))
    let skipped = try CommandRunner.apply(
      "box", "--no-clobber", folder("a.png"), folder("b.png"), environment: way)
    #expect(skipped.status == .exited(0))
    #expect(folder.read("b.png") == [1, 2, 3])
    chmod(folder("b.png"), 0o640)
    let forced = try CommandRunner.apply(
      "box", "--force", folder("a.png"), folder("b.png"), environment: way)
    #expect(forced.status == .exited(0))
    #expect(FileFormat(head: folder.read("b.png") ?? []) == .png)
    #expect(permissions("b.png") == 0o640)
    #expect(folder.files == ["a.png", "b.png"])
  }

  @Test(
    "an input is never its own output, under no name", arguments: ["a.png", "soft.png", "hard.png"])
  func itself(name: String) throws {
    symlink("a.png", folder("soft.png"))
    link(folder("a.png"), folder("hard.png"))
    let result = try CommandRunner.apply("box", "--force", folder("a.png"), folder(name))
    #expect(result.status == .exited(1))
    #expect(result.errors.contains("is the input itself; use --in-place"))
    #expect(folder.read("a.png") == picture)
  }

  @Test("--force overwrites no other input")
  func otherInput() throws {
    try folder.write(TestPictures.pattern(seed: 2), to: "sub/a.png")
    let result = try CommandRunner.apply(
      "box", "--force", folder("a.png"), folder("sub/a.png"), folder("sub"))
    #expect(result.status == .exited(1))
    #expect(folder.read("a.png") == picture)
  }

  @Test("--force overwrites no kernel, no mask and no list of the command")
  func parts() throws {
    let kernel = Array("3 3\n0 -1 0\n-1 5 -1\n0 -1 0\n".utf8)
    let mask = try TestPictures.png(8, 6, .gray, TestPictures.noise(48, 1))
    let small = try TestPictures.png(8, 6, .gray, TestPictures.noise(48, 2))
    try folder.write(small, to: "b.png")
    try folder.write(kernel, to: "k.png")
    try folder.write(kernel, to: "set.png")
    try folder.write(mask, to: "mask.png")
    try folder.write(Array("-k box\n".utf8), to: "r.recipe")
    try folder.write(Array("b.png\0".utf8), to: "list/b.png")
    link(folder("mask.png"), folder("hard.png"))
    for (name, words) in [
      ("k.png", ["-k", "./k.png", "b.png", "k.png"]),
      ("set.png", ["-k", "erode:mask=./set.png", "b.png", "set.png"]),
      ("mask.png", ["-k", "box", "--mask", "mask.png", "b.png", "mask.png"]),
      ("hard.png", ["-k", "box", "--mask", "mask.png", "b.png", "hard.png"]),
      ("r.recipe", ["@r.recipe", "b.png", "r.recipe", "--format", "png"]),
      ("list/b.png", ["-k", "box", "--files0-from", "list/b.png", "-o", "list"]),
    ] {
      let before = folder.read(name)
      let result = try CommandRunner.run(["apply", "--force"] + words, folder: folder.path)
      #expect(result.status == .exited(1))
      #expect(
        result.errors.contains("\(name): error: is one of the inputs; write elsewhere"),
        "\(result.errors)")
      #expect(folder.read(name) == before && before != nil)
    }
    let other = try CommandRunner.run(
      ["apply", "--force", "-k", "./k.png", "--mask", "mask.png", "b.png", "set.png"],
      folder: folder.path)
    #expect(other.status == .exited(0), "\(other.errors)")
  }

  @Test("--in-place replaces the input; permissions, links and format stay", arguments: ways)
  func inPlace(way: [String: String]) throws {
    chmod(folder("a.png"), 0o604)
    symlink("a.png", folder("link"))
    let result = try CommandRunner.apply("box", "--in-place", folder("link"), environment: way)
    #expect(result.status == .exited(0), "\(result.errors)")
    let expected = try CommandRunner.apply("box", "-", "-", input: picture).output
    #expect(folder.read("a.png") == expected)
    #expect(permissions("a.png") == 0o604)
    #expect(folder.read("link") == expected)
    var status = stat()
    #expect(lstat(folder("link"), &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(folder.files == ["a.png", "link"])
  }

  @Test("--in-place says that other names of a file keep the old picture")
  func hardLinks() throws {
    link(folder("a.png"), folder("other.png"))
    let strict = try CommandRunner.apply("box", "--in-place", "--strict", folder("a.png"))
    #expect(strict.status == .exited(1) && folder.read("a.png") == picture)
    let result = try CommandRunner.apply("box", "--in-place", folder("a.png"))
    #expect(result.status == .exited(0))
    #expect(
      result.errors.contains("a.png: warning: has other names (hard links)"), "\(result.errors)")
    #expect(folder.read("other.png") == picture && folder.read("a.png") != picture)
  }

  #if canImport(Glibc)
    @Test("the user's attributes stay with a file that is replaced", arguments: ways)
    func attributes(way: [String: String]) throws {
      let note = Array("by hand".utf8)
      guard setxattr(folder("a.png"), "user.note", note, note.count, 0) == 0 else {
        return  // A file system without attributes has none to lose.
      }
      let result = try CommandRunner.apply("box", "--in-place", folder("a.png"), environment: way)
      #expect(result.status == .exited(0) && folder.read("a.png") != picture)
      var value = [UInt8](repeating: 0, count: 20)
      let count = getxattr(folder("a.png"), "user.note", &value, value.count)
      #expect(count == note.count && Array(value.prefix(note.count)) == note)
    }
  #endif

  @Test("a picture given twice is filtered in place once")
  func twice() throws {
    symlink("a.png", folder("link.png"))
    let result = try CommandRunner.apply("box", "--in-place", folder("a.png"), folder("link.png"))
    #expect(result.status == .exited(1))
    #expect(result.errors.contains("is given twice"))
    let expected = try CommandRunner.apply("box", "-", "-", input: picture).output
    #expect(folder.read("a.png") == expected)
  }

  @Test("results may take the times of their inputs")
  func times() throws {
    var times = [timespec(tv_sec: 1_000_000, tv_nsec: 0), timespec(tv_sec: 2_000_000, tv_nsec: 7)]
    utimensat(AT_FDCWD, folder("a.png"), &times, 0)
    _ = try CommandRunner.apply("box", "--preserve-times", folder("a.png"), folder("b.png"))
    var status = stat()
    #expect(stat(folder("b.png"), &status) == 0)
    #if canImport(Glibc)
      #expect(status.st_mtim.tv_sec == 2_000_000 && status.st_mtim.tv_nsec == 7)
    #endif
  }

  @Test("a link that leads nowhere is not followed")
  func dangling() throws {
    symlink("nowhere.png", folder("link.png"))
    let result = try CommandRunner.apply("box", "--force", folder("a.png"), folder("link.png"))
    #expect(result.status == .exited(1))
    #expect(result.errors.contains("link to a file that does not exist"))
  }

  @Test("a file that comes up meanwhile is another's: it stays", arguments: ways)
  func race(way: [String: String]) throws {
    for (option, status) in [("--no-clobber", 0), ("--strict", 1)] as [(String, Int32)] {
      mkfifo(folder("pipe"), 0o600)
      let running = try CommandRunner.start(
        ["apply", "-k", "box", option, folder("pipe"), folder("b.png")], environment: way)
      let pipe = open(folder("pipe"), O_WRONLY)
      #expect(write(pipe, Array(picture.prefix(20)), 20) == 20)
      usleep(100_000)
      try folder.write([1, 2, 3], to: "b.png")
      #expect(write(pipe, Array(picture.dropFirst(20)), picture.count - 20) == picture.count - 20)
      close(pipe)
      let result = running.wait()
      #expect(result.status == .exited(status), "\(result.errors)")
      #expect(result.errors.contains("exists already") == (status == 1))
      #expect(folder.read("b.png") == [1, 2, 3])
      #expect(folder.files.filter { $0.contains("convfilter") } == [])
      unlink(folder("b.png"))
      unlink(folder("pipe"))
    }
  }

  private func permissions(_ name: String) -> mode_t {
    var status = stat()
    return stat(folder(name), &status) == 0 ? status.st_mode & 0o777 : 0
  }
}
