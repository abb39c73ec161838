import Libc
import PictureSupport
import TestSupport
import Testing
import Text

@testable import convfilter

@Suite("apply, odd names")
struct ApplyNameTests {
  let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.write(TestPictures.pattern(), to: "a.png")
  }

  private func shell(_ line: String) throws -> CommandResult {
    try RunningCommand("/bin/sh", ["-c", line, CommandRunner.program], folder: folder.path).wait()
  }

  @Test(
    "a name that begins with a dash is no call for help",
    arguments: ["-h.png", "-dash.png", "-photo", "-x-h"])
  func dashes(name: String) throws {
    let wrong = try CommandRunner.run(["apply", "-k", "box", name, "b.png"], folder: folder.path)
    #expect(wrong.status == .exited(64))
    #expect(wrong.errors.contains("'\(name)'") && wrong.errors.contains("./\(name)"))
    #expect(wrong.output.isEmpty)
    try folder.write(TestPictures.pattern(), to: name)
    for words in [["./\(name)", "b.png"], ["--", name, "b.png"]] {
      let right = try CommandRunner.run(["apply", "-k", "box", "-f"] + words, folder: folder.path)
      #expect(right.status == .exited(0), "\(right.errors)")
    }
  }

  @Test("short options in a row are none", arguments: ["-h", "-qh", "--help"])
  func help(word: String) throws {
    let result = try CommandRunner.run(["apply", word])
    #expect(result.status == .exited(0) && result.text.hasPrefix("OVERVIEW: "))
  }

  @Test("names that are no UTF-8 are told apart, and JSON holds all their bytes")
  func bytes() throws {
    // APFS refuses such names.
    let made = try shell(
      "for n in '\\377' '\\376'; do cp a.png \"$(printf \"$n\").png\" || exit 9; done")
    if made.status != .exited(0) { return }
    let result = try shell(
      "exec \"$0\" apply -k box --threads 1 --json \"$(printf '\\376').png\" \"$(printf '\\377').png\" out"
    )
    #expect(result.status == .exited(0), "\(result.errors)")
    let lines = result.text.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(
      lines[0].contains(#""input": "�.png", "inputBytes": "/i5wbmc=", "output": "out/�.png", "#))
    #expect(lines[1].contains(#""inputBytes": "/y5wbmc=""#))
    #expect(lines[1].contains(#""outputBytes": "b3V0L/8ucG5n""#))
    #expect(try shell("ls out | wc -l").text.contains("2"))
  }

  @Test("every sequence of bytes goes through a word and back")
  func words() {
    let samples: [[UInt8]] = [
      [], Array("a b ü 漢 😀".utf8), [0xff], [0xc3], [0xe2, 0x82], [0x80, 0x41, 0xfe],
      Array("\u{10ff41}\u{10ffff}\u{10feff}".utf8), [0xf4, 0x90, 0x80, 0x80], Array(1...255),
    ]
    for bytes in samples { #expect(CommandWords.bytes(CommandWords.text(bytes)) == bytes) }
  }

  @Test("a circle of links and a link that leads nowhere are named")
  func links() throws {
    symlink("one.png", folder("two.png"))
    symlink("two.png", folder("one.png"))
    symlink("nowhere", folder("lost.png"))
    for (name, reason) in [
      ("one.png", "too many"), ("lost.png", "is a link to a file that does not"),
    ] {
      let single = try CommandRunner.run(
        ["apply", "-k", "box", name, "b.png"], folder: folder.path)
      #expect(single.status == .exited(1))
      #expect(
        single.errors.contains("\(name): error: ") && single.errors.contains(reason),
        "\(single.errors)")
      let several = try CommandRunner.run(
        ["apply", "-k", "box", "-f", name, "a.png", "out"], folder: folder.path)
      #expect(several.status == .exited(1))
      #expect(folder.read("out/a.png") != nil)
    }
    let output = try CommandRunner.run(
      ["apply", "-k", "box", "a.png", "one.png"], folder: folder.path)
    #expect(output.errors.contains("one.png: "), "\(output.errors)")
  }
}
