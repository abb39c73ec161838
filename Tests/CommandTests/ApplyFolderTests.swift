import ImageCodecs
import Libc
import PictureSupport
import TestSupport
import Testing

@Suite("apply, many pictures")
struct ApplyFolderTests {
  let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    for (index, name) in ["in/a.png", "in/b.PNG", "in/x/c.png", "in/x/y/d.png"].enumerated() {
      try folder.write(TestPictures.pattern(seed: index), to: name)
    }
    try folder.write(TestPictures.jpeg(), to: "in/e.jpg")
    try folder.write(Array("no picture".utf8), to: "in/notes.txt")
    try folder.write(TestPictures.pattern(), to: "in/.hidden.png")
  }

  private func results(_ name: String) -> [String] {
    folder.files.filter { $0.hasPrefix(name + "/") }.map { String($0.dropFirst(name.count + 1)) }
  }

  @Test("a folder: its pictures; with --recursive those of its folders too, structure kept")
  func folders() throws {
    let flat = try CommandRunner.apply("box", folder("in"), folder("flat"))
    #expect(flat.status == .exited(0), "\(flat.errors)")
    #expect(results("flat") == ["a.png", "b.PNG", "e.jpg"])
    #expect(flat.errors.hasPrefix("3 written in "))
    let deep = try CommandRunner.apply("box", "--recursive", folder("in"), folder("deep/er"))
    #expect(deep.status == .exited(0), "\(deep.errors)")
    #expect(results("deep/er") == ["a.png", "b.PNG", "e.jpg", "x/c.png", "x/y/d.png"])
  }

  @Test("a folder within the input is not read while it is written")
  func nested() throws {
    for _ in 0..<2 {
      let result = try CommandRunner.apply(
        "box", "-r", "--force", folder("in"), folder("in/out"))
      #expect(result.status == .exited(0), "\(result.errors)")
    }
    #expect(results("in/out") == ["a.png", "b.PNG", "e.jpg", "x/c.png", "x/y/d.png"])
  }

  @Test("several inputs keep their names, folders the name of the folder")
  func several() throws {
    let result = try CommandRunner.apply(
      "box", folder("in/a.png"), folder("in/x"), folder("out"))
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(results("out") == ["a.png", "x/c.png"])
  }

  @Test("--output-dir, --format and --files0-from")
  func lists() throws {
    let names = [folder("in/a.png"), folder("in/x/c.png")].joined(separator: "\0") + "\0"
    let result = try CommandRunner.apply(
      "box", "--files0-from", "-", "--output-dir", folder("out"), "--format", "jpeg",
      folder("in/e.jpg"), input: Array(names.utf8))
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(results("out") == ["a.jpg", "c.jpg", "e.jpg"])
    for name in results("out") {
      #expect(FileFormat(head: folder.read("out/" + name) ?? []) == .jpeg)
    }
  }

  @Test("one bad picture stops no other; the status says that something failed")
  func badPicture() throws {
    try folder.write(Array(TestPictures.pattern().prefix(60)), to: "in/bad.png")
    let result = try CommandRunner.apply("box", folder("in"), folder("missing.png"), folder("out"))
    #expect(result.status == .exited(1))
    #expect(results("out") == ["in/a.png", "in/b.PNG", "in/e.jpg"])
    #expect(result.errors.contains("bad.png: error: the PNG file is cut short"))
    #expect(result.errors.contains("missing.png: error: there is no such file"))
    #expect(result.errors.contains("3 written, 2 failed in "))
  }

  @Test("two pictures never go to one file")
  func collision() throws {
    let result = try CommandRunner.apply(
      "box", folder("in/a.png"), folder("in/x/../a.png"), folder("out"))
    #expect(result.status == .exited(1))
    #expect(result.errors.contains("write into another folder"))
    #expect(results("out") == ["a.png"])
  }

  @Test("nothing to do is status 2")
  func nothing() throws {
    mkdir(folder("empty"), 0o755)
    let result = try CommandRunner.apply("box", folder("empty"), folder("out"))
    #expect(result.status == .exited(2))
    #expect(result.errors.contains("no picture"))
    let list = try CommandRunner.apply("box", "--files0-from", "-", folder("out"))
    #expect(list.status == .exited(2))
    #expect(!folder.files.contains { $0.hasPrefix("out") })
  }

  @Test("a batch gives the same bytes for any number of threads, large and small ones mixed")
  func threads() throws {
    for index in 0..<12 {
      try folder.write(TestPictures.pattern(90, 70, seed: index), to: "mix/\(index).png")
    }
    // Above the size from which pictures wait for the small ones.
    try folder.write(TestPictures.pattern(2100, 2000), to: "mix/large.png")
    for threads in ["1", "3"] {
      let result = try CommandRunner.apply(
        "sharpen", "--threads", threads, folder("mix"), folder(threads))
      #expect(result.status == .exited(0), "\(result.errors)")
    }
    #expect(results("1").count == 13)
    for name in results("1") {
      #expect(folder.read("1/" + name) == folder.read("3/" + name), "\(name)")
    }
  }

  @Test("pipes, sockets and devices in a folder are passed over, and named by --verbose")
  func special() throws {
    mkfifo(folder("in/pipe.png"), 0o600)
    symlink("pipe.png", folder("in/link.png"))
    symlink("nowhere.png", folder("in/z.png"))
    let result = try CommandRunner.apply("box", "-v", folder("in"), folder("out"))
    #expect(result.errors.contains("in/pipe.png: passed over, is no regular file"))
    #expect(result.errors.contains("in/link.png: passed over, is no regular file"))
    // A link that leads nowhere is a mistake.
    #expect(result.status == .exited(1))
    #expect(result.errors.contains("in/z.png: error: is a link to a file that does not exist"))
    #expect(results("out") == ["a.png", "b.PNG", "e.jpg"])
  }

  @Test("pictures in formats that are not read are mentioned, and named by --verbose")
  func foreign() throws {
    try folder.write([1], to: "in/f.jp2")
    try folder.write([1], to: "in/g.PSD")
    try folder.write([1], to: "in/x/h.exr")
    let result = try CommandRunner.apply("box", folder("in"), folder("out"))
    #expect(result.status == .exited(0))
    #expect(
      result.errors.contains(
        "2 files in formats not read here (JPEG 2000, Photoshop): convert them first\n"))
    let verbose = try CommandRunner.apply("box", "-rvf", folder("in"), folder("out"))
    #expect(verbose.errors.contains("in/x/h.exr: passed over, OpenEXR is not read here"))
    let named = try CommandRunner.apply("box", folder("in/f.jp2"), folder("f.png"))
    #expect(named.status == .exited(1))
    try folder.write([0xff, 0x4f, 0xff, 0x51, 0, 0], to: "in/f.jp2")
    let sniffed = try CommandRunner.apply("box", folder("in/f.jp2"), folder("f.png"))
    #expect(sniffed.errors.contains("f.jp2: error: JPEG 2000 is not read here; convert the file"))
  }
}
