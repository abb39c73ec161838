import ImageCodecs
import PictureSupport
import Raster
import TestSupport
import Testing

@testable import convfilter

@Suite("apply, chosen names")
struct ApplySelectionTests {
  let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    for (index, name) in ["in/a.png", "in/b.PNG", "in/x/a.png", "in/x/y/c.v2.png"].enumerated() {
      try folder.write(TestPictures.pattern(seed: index), to: name)
    }
    try folder.write(TestPictures.jpeg(), to: "in/e.jpg")
  }

  private func run(_ words: String...) throws -> CommandResult {
    try CommandRunner.run(["apply", "-k", "box"] + words, folder: folder.path)
  }

  private func results(_ name: String) -> [String] {
    folder.files.filter { $0.hasPrefix(name + "/") }.map { String($0.dropFirst(name.count + 1)) }
  }

  @Test("--name: its fields, and the format by the ending")
  func names() throws {
    for (template, wanted) in [
      (
        "{folder}/{stem}-sharp.{ext}",
        [
          "a-sharp.png", "b-sharp.PNG", "e-sharp.jpg", "x/a-sharp.png", "x/y/c.v2-sharp.png",
        ]
      ),
      (
        "{number}/{{{name}}}.ppm",
        [
          "1/{a.png}.ppm", "2/{b.PNG}.ppm", "3/{e.jpg}.ppm", "4/{a.png}.ppm", "5/{c.v2.png}.ppm",
        ]
      ),
    ] {
      let result = try run("-r", "--name", template, "in", "out")
      #expect(result.status == .exited(0), "\(result.errors)")
      #expect(results("out") == wanted)
      for name in wanted where name.hasSuffix("ppm") {
        #expect(FileFormat(head: folder.read("out/" + name) ?? []) == .pnm)
      }
      _ = try RunningCommand("/bin/rm", ["-r", folder("out")]).wait()
    }
    let format = try run("--format", "jpeg", "--name", "{stem}.x.{ext}", "in", "new/out")
    #expect(format.status == .exited(0), "\(format.errors)")
    #expect(results("new/out") == ["a.x.jpg", "b.x.jpg", "e.x.jpg"])
    #expect(try run("--name", "{stem}-s.{ext}", "in/a.png", "in/x").status == .exited(0))
    #expect(results("in/x").contains("a-s.png"))
  }

  @Test("--name: ten numbers have two digits; a name without an ending gets none")
  func parts() throws {
    let template = try NameTemplate("{folder}/{number}-{stem}.{ext}", hasFormat: false)
    #expect(
      template.name(for: FilePath("a/b/c.png"), number: 3, of: 10) == FilePath("a/b/03-c.png"))
    #expect(template.name(for: FilePath("photo"), number: 10, of: 10) == FilePath("10-photo"))
    #expect(template.name(for: FilePath(".c"), number: 1, of: 9) == FilePath("1-.c"))
  }

  @Test(
    "--name: what is wrong with it is said at once",
    arguments: [
      "{stme}.png":
        "there is no field {stme}; there are {folder}, {stem}, {ext}, {name}, {number}; "
        + "did you mean {stem}?",
      "{stem": "has '{' without '}'", "a}.png": "has '}' without '{'", "": "names no file",
      "{stem}/": "names no file", "/tmp/{name}": "leads out of the folder",
      "a/../../{name}": "leads out of the folder",
      "{stem}.jp2": "the ending '.jp2' stands for no",
    ])
  func mistakes(template: String, message: String) throws {
    let result = try run("--name", template, "in", "out")
    #expect(result.status == .exited(64))
    #expect(result.errors.contains("--name '\(template)': \(message)"), "\(result.errors)")
    #expect(results("out") == [])
  }

  @Test("--name: two results of one name are refused before anything is written")
  func clash() throws {
    let result = try run("-r", "--name", "{stem}.png", "in", "out")
    #expect(result.status == .exited(64))
    #expect(result.errors.contains("in/x/a.png would be written to out/a.png, as in/a.png is"))
    #expect(results("out") == [])
    for words in [["in/a.png", "-"], ["--in-place", "in/a.png"]] {
      let result = try CommandRunner.run(
        ["apply", "-k", "box", "--name", "{name}"] + words, folder: folder.path)
      #expect(result.status == .exited(64) && result.errors.contains("--name"))
    }
  }

  @Test("--include and --exclude: by the name below the folder, or the last part of it")
  func selection() throws {
    for (words, wanted, said) in [
      (["--include", "*.png"], ["a.png", "x/a.png", "x/y/c.v2.png"], "2 left out by --include"),
      (["--include", "x/**", "--include", "e.*"], ["e.jpg", "x/a.png", "x/y/c.v2.png"], "2 left"),
      (
        ["--exclude", "x"], ["a.png", "b.PNG", "e.jpg"], "3 written, 1 left out by --exclude x in"
      ),
      (
        ["--exclude", "a.png", "--exclude", "*.jpg"], ["b.PNG", "x/y/c.v2.png"],
        "1 left out by --exclude *.jpg, 2 left out by --exclude a.png in "
      ),
    ] {
      let result = try CommandRunner.run(
        ["apply", "-k", "box", "-r"] + words + ["in", "out"], folder: folder.path)
      #expect(result.status == .exited(0), "\(result.errors)")
      #expect(results("out") == wanted)
      #expect(result.errors.contains(said), "\(result.errors)")
      _ = try RunningCommand("/bin/rm", ["-r", folder("out")]).wait()
    }
  }

  @Test("--json names what is left out, and counts at the end")
  func json() throws {
    let result = try run("--json", "--exclude", "*.jpg", "in", "out")
    let lines = result.text.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(
      lines[0] == #"{"input": "in/e.jpg", "status": "leftOut", "reason": "--exclude *.jpg"}"#)
    #expect(
      lines[3].hasPrefix(
        #"{"summary": {"written": 2, "planned": 0, "skipped": {}, "leftOut": {"--exclude *.jpg": 1}, "#
      ))
  }

  @Test("nothing that is left is status 2, a glob that is none is 64")
  func nothing() throws {
    let nothing = try run("--include", "*.gif", "in", "out")
    #expect(nothing.status == .exited(2))
    #expect(nothing.errors.contains("3 left out by --include"))
    let wrong = try run("--exclude", "[a", "in", "out")
    #expect(wrong.status == .exited(64))
    #expect(wrong.errors.contains("--exclude '[a': has '[' without ']'"))
  }

  @Test("--parents keeps the folders of what was given, for lists and for folders")
  func parents() throws {
    let list = "in/a.png\0./in/x/a.png\0"
    let listed = try CommandRunner.run(
      ["apply", "-k", "box", "--files0-from", "-", "--parents", "-o", "out"],
      input: Array(list.utf8), folder: folder.path)
    #expect(listed.status == .exited(0), "\(listed.errors)")
    #expect(results("out") == ["in/a.png", "in/x/a.png"])
    #expect(try run("--parents", "in/x", "new").status == .exited(0))
    #expect(results("new") == ["in/x/a.png"])
    let up = try run("--parents", "in/x/../a.png", "in/x", "new")
    #expect(up.status == .exited(1) && up.errors.contains("has .. in its name"))
  }
}
