import ImageCodecs
import Libc
import PictureSupport
import TestSupport
import Testing

@Suite("apply, what goes wrong")
struct ApplyFailureTests {
  let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.write(TestPictures.pattern(64, 64), to: "a.png")
  }

  @Test(
    "wrong usage is status 64 and says what to do",
    arguments: [
      (["apply", "a.png", "b.png"], "--kernel is missing"),
      (["apply", "-k", "box", "a.png"], "OUTPUT is missing after 'a.png'"),
      (["apply", "-k", "box"], "name INPUT and OUTPUT"),
      (["apply", "-k", "bocks", "a.png", "b.png"], "no kernel and no file is called 'bocks'"),
      (["apply", "-k", "3x3: 1,2", "a.png", "b.png"], "2 of 9 numbers"),
      (["apply", "-k", "box", "--padding", "odd", "a.png", "b.png"], "--padding odd: expected"),
      (["apply", "-k", "box", "--stride", "0", "a.png", "b.png"], "--stride 0: expected"),
      (["apply", "-k", "box", "--range", "x", "a.png", "b.png"], "clamp, abs, offset or auto"),
      (["apply", "-k", "box", "--quality", "101", "a.png", "b.png"], "must be 1 to 100"),
      (["apply", "-k", "box", "--force", "-n", "a.png", "b.png"], "exclude each other"),
      (["apply", "-k", "box", "--in-place", "--format", "png", "a.png"], "drop --format"),
      (["apply", "-k", "box", "--frob", "a.png", "b.png"], "Unknown option '--frob'"),
      (["apply", "-k", "box", "-", "-", "out/"], "can be read only once"),
      (["apply", "-k", "box", "a.png", "a.png", "c.png"], "'c.png' is no folder"),
      (["apply", "-k", "box", "a.png", "a.png", "-"], "only one picture fits"),
      (["apply", "-k", "box", "--json", "a.png", "-"], "cannot share standard output"),
    ])
  func usage(arguments: [String], message: String) throws {
    let result = try CommandRunner.run(arguments, folder: folder.path)
    #expect(result.status == .exited(64))
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.output.isEmpty)
    #expect(folder.files == ["a.png"])
  }

  @Test(
    "a failure is status 1, names the file and leaves no output",
    arguments: [
      (["box", "missing.png", "b.png"], "missing.png: error: there is no such file"),
      (["box", "a.png", "b.jp2"], "b.jp2: error: the ending '.jp2' stands for no format"),
      (["box", "a.png", "no/where/b.png"], "no/where/b.png: error: cannot be written"),
      (
        ["box:size=99", "--padding", "valid", "a.png", "b.png"], "a.png: error: the kernel spans 99"
      ),
      (
        ["box", "--channels", "r", "a.png", "b.png"], "a.png: error: a gray picture has no channel"
      ),
      (["box", "--limit-pixels", "4k", "a.png", "b.png"], "raise --limit-pixels"),
      (["box", "a.png", String(repeating: "n", count: 300)], "use a shorter one"),
      (["box", "a.png", "/dev/full"], "/dev/full: error: cannot be written: no space left"),
      (
        ["box", "/proc/self/mem", "b.png"],
        "/proc/self/mem: error: cannot be read: input/output error; the disk or the network"
      ),
    ])
  func failures(arguments: [String], message: String) throws {
    let result = try CommandRunner.run(["apply", "-k"] + arguments, folder: folder.path)
    #expect(result.status == .exited(1))
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(folder.files == ["a.png"])
  }

  @Test("a file that cannot be read", .enabled(if: geteuid() != 0, "root reads everything"))
  func unreadable() throws {
    chmod(folder("a.png"), 0)
    let result = try CommandRunner.apply("box", folder("a.png"), folder("b.png"))
    #expect(result.status == .exited(1))
    #expect(result.errors.contains("check the permissions"))
  }

  @Test("what is cut short or damaged leaves no output, unless damage is tolerated")
  func damage() throws {
    let whole = try #require(folder.read("a.png"))
    let jpeg = try TestPictures.jpeg(320, 240)
    var flipped = whole
    flipped[whole.count - 40] ^= 1
    for (name, bytes) in [
      ("cut.png", Array(whole.dropLast(whole.count / 2))), ("flipped.png", flipped),
      ("cut.jpg", Array(jpeg.dropLast(jpeg.count / 2))), ("empty.png", []),
    ] {
      try folder.write(bytes, to: name)
      let result = try CommandRunner.apply("box", folder(name), folder("out-" + name))
      #expect(result.status == .exited(1), "\(name)")
      #expect(result.errors.contains(name + ": error: "), "\(result.errors)")
      #expect(folder.read("out-" + name) == nil)
    }
    let tolerated = try CommandRunner.apply(
      "box", "--tolerate-damage", folder("cut.png"), folder("out.png"))
    #expect(tolerated.status == .exited(0) && tolerated.errors.contains("warning: "))
    #expect(FileFormat(head: folder.read("out.png") ?? []) == .png)
    let strict = try CommandRunner.apply(
      "box", "--tolerate-damage", "--strict", folder("cut.png"), folder("strict.png"))
    #expect(strict.status == .exited(1))
    #expect(folder.read("strict.png") == nil)
  }

  @Test("a reader that goes away ends the program quietly")
  func closedPipe() throws {
    try folder.write(
      TestPictures.png(800, 800, .rgb, TestPictures.noise(800 * 800 * 3, 3)), to: "big.png")
    let result = try RunningCommand(
      "/bin/sh",
      [
        "-c", "{ \"$0\" apply -k box \"$1\" - --format pnm; echo $? >&2; } | head -c 10 >/dev/null",
        CommandRunner.program, folder("big.png"),
      ]
    ).wait()
    #expect(result.errors == "141\n")
  }

  @Test("a folder is no picture file")
  func folderAsFile() throws {
    let result = try CommandRunner.apply("box", folder.path, folder("a.png"))
    #expect(result.status == .exited(64))
    #expect(result.errors.contains("is no folder"))
  }

  @Test(
    "what is packed is named, with the way to its pictures",
    arguments: [
      ("gzip", [0x1f, 0x8b, 8, 0]), ("ZIP", [0x50, 0x4b, 3, 4]), ("bzip2", Array("BZh9".utf8)),
      ("xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), ("Zstandard", [0x28, 0xb5, 0x2f, 0xfd]),
    ] as [(String, [UInt8])])
  func packed(name: String, head: [UInt8]) throws {
    try folder.write(head + [UInt8](repeating: 7, count: 40), to: "p.png")
    let result = try CommandRunner.run(
      ["apply", "-k", "box", "p.png", "b.png"], folder: folder.path)
    #expect(result.status == .exited(1))
    #expect(
      result.errors.contains("p.png: error: \(name) is not read here; unpack it first"),
      "\(result.errors)")
    #expect(folder.files == ["a.png", "p.png"])
  }
}
