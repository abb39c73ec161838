import ImageCodecs
import PictureSupport
import TestSupport
import Testing

@Suite("convfilter sheet")
struct SheetTests {
  let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.write(TestPictures.pattern(20, 10), to: "in.png")
  }

  private func run(_ arguments: String...) throws -> CommandResult {
    try CommandRunner.run(["sheet"] + arguments, folder: folder.path)
  }

  @Test("lays a picture and what a kernel makes of it side by side, pixel for pixel")
  func beforeAndAfter() throws {
    let result = try run("-k", "emboss", "in.png", "-o", "sheet.png", "--side", "40")
    #expect(result.status == .exited(0) && result.text.hasPrefix("sheet.png  2 pictures, "))
    _ = try CommandRunner.apply("emboss", "in.png", "out.png", folder: folder.path)
    let sheet = try decode(try #require(folder.read("sheet.png")))
    let samples: [UInt8] = sheet.samples()
    // 20×10 pixels fit twice into 40: margins of 20, cells of 40, gaps of 16.
    #expect(sheet.format.width == 136)
    for (name, left) in [("in.png", 20), ("out.png", 76)] {
      let expected = try #require(try TestPictures.samples(folder.read(name)))
      var wrong = 0
      for y in 0..<20 {
        for x in 0..<40 {
          let place = ((20 + y) * sheet.format.width + left + x) * 3
          if samples[place] != expected[y / 2 * 20 + x / 2] { wrong += 1 }
        }
      }
      #expect(wrong == 0, "\(name)")
    }
  }

  @Test("shows every step of a chain, every file of a folder, and every name")
  func variants() throws {
    func count(_ arguments: String...) throws -> Int {
      let result = try CommandRunner.run(
        ["sheet"] + arguments + ["in.png", "-o", "s.png", "--force", "--side", "20"],
        folder: folder.path)
      #expect(result.status == .exited(0), "\(result.errors)")
      return Int(result.text.split(separator: " ")[1]) ?? 0
    }
    #expect(try count("-k", "box", "-k", "sobel", "--chain") == 3)
    #expect(try count("-k", "box", "-k", "sobel", "--only-results") == 2)
    try folder.write(Array("3 3\n0 -1 0\n-1 5 -1\n0 -1 0\n".utf8), to: "kernels/a.txt")
    try folder.write(Array("2 1\n1 1\n".utf8), to: "kernels/b.txt")
    try folder.write(Array("no kernel".utf8), to: "kernels/c.txt")
    #expect(try count("--kernels-from", "kernels") == 3)
    let warned = try run("--kernels-from", "kernels", "in.png", "-o", "s.png", "-f")
    #expect(warned.errors.contains("kernels/c.txt: warning: is left out"))
    #expect(try count("--all") > 60)
  }

  @Test("is a file of the format that its name says, and is not overwritten unasked")
  func files() throws {
    for (name, format) in [("a.png", FileFormat.png), ("a.jpg", .jpeg), ("a.ppm", .pnm)] {
      #expect(try run("in.png", "in.png", "-o", name).status == .exited(0))
      #expect(try PictureReader(.bytes(try #require(folder.read(name)))).fileFormat == format)
    }
    #expect(try run("in.png", "-o", "a.png").errors.contains("exists already"))
    #expect(try run("in.png", "-o", "a.txt").errors.contains("no ending of a picture file"))
    #expect(try run("in.png").errors.contains("--output is missing"))
    #expect(try run("in.png", "-o", "b.png", "--only-results").errors.contains("without a kernel"))
    #expect(try run("in.png", "-o", "b.png", "--chain").errors.contains("has no kernels"))
    #expect(try run("-", "-o", "b.png").errors.contains("read only once"))
    #expect(try run("-k", "nothing", "in.png", "-o", "b.png").errors.contains("'nothing'"))
    try folder.write(Array("3 3\n0 0 0\n0 1 0\n0 0 0\n".utf8), to: "own/same.mat")
    for name in ["own", "own/"] {
      let place = try run("-k", name, "in.png", "-o", "b.png")
      #expect(place.status == .exited(64))
      #expect(
        place.errors.contains("'\(name)': is a folder; --kernels-from \(name) shows each kernel"),
        "\(place.errors)")
    }
    #expect(
      try run("--kernels-from", "own", "in.png", "-o", "b.png").status == .exited(0))
  }
}
