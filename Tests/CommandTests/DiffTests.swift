import ImageCodecs
import PictureSupport
import Raster
import TestSupport
import Testing

@Suite("diff")
struct DiffTests {
  let folder: ScratchFolder

  init() throws {
    folder = try ScratchFolder()
    try folder.write(TestPictures.png(20, 12, .rgb, TestPictures.noise(720, 1)), to: "a/x.png")
    var other = TestPictures.noise(720, 1)
    other[20 * 3 * 7 + 5 * 3 + 1] ^= 64
    other[3] ^= 1
    try folder.write(TestPictures.png(20, 12, .rgb, other), to: "b/x.png")
  }

  private func run(_ words: String...) throws -> CommandResult {
    try CommandRunner.run(["diff"] + words, folder: folder.path)
  }

  @Test("of files with several pictures --page says which are compared")
  func pages() throws {
    try folder.write(Array("P5 1 1 255\n\u{1}P5 1 1 255\n\u{5}".utf8), to: "one.pgm")
    try folder.write(Array("P5 1 1 255\n\u{1}P5 1 1 255\n\u{9}".utf8), to: "two.pgm")
    let first = try run("one.pgm", "two.pgm", "--page", "1", "--fail-above", "0")
    #expect(first.status == .exited(0) && first.errors.isEmpty)
    // A verdict on the first pictures would be taken for one on the files.
    let all = try run("one.pgm", "two.pgm")
    #expect(all.status == .exited(1) && all.text.isEmpty)
    #expect(
      all.errors == "one.pgm: error: holds several pictures; compare one at a time: --page N\n")
    let second = try run("one.pgm", "two.pgm", "--page", "2", "--fail-above", "3")
    #expect(second.status == .exited(1) && second.text.contains("largest   4 of 255"))
    #expect(try run("one.pgm", "two.pgm", "--page", "3").errors.contains("there is no page 3"))
    #expect(try run("one.pgm", "two.pgm", "--page", "0").status == .exited(64))
  }

  @Test("two pictures: the figures, one a line")
  func pair() throws {
    let result = try run("a/x.png", "b/x.png")
    #expect(result.status == .exited(0), "\(result.errors)")
    let lines = result.text.split(separator: "\n")
    #expect(lines[0] == "largest   64 of 255  at 5,7 in channel 1")
    #expect(lines[1] == "mean      0.0903")  // 65/720
    #expect(lines[2] == "RMSE      2.3854")  // √(4097/720)
    #expect(lines[3] == "PSNR      40.58 dB")
    #expect(lines[5] == "MS-SSIM   too small")
    #expect(lines[6] == "differ    2 of 720 samples, 0.28 %")
    let same = try run("a/x.png", "a/x.png", "--fail-above", "0")
    #expect(same.status == .exited(0) && same.text.contains("PSNR      equal"))
    let json = try run("a/x.png", "b/x.png", "--json")
    #expect(
      json.text.contains(#""largest": 64, "largestAt": [5, 7, 1], "mean": 0.0902777777777777"#))
    let null = try run("a/x.png", "a/x.png", "--json")
    #expect(null.text.contains(#""largestAt": null"#) && null.text.contains(#""psnr": null"#))
  }

  @Test("--fail-above: the largest difference may be that large")
  func limit() throws {
    #expect(try run("a/x.png", "b/x.png", "--fail-above", "64").status == .exited(0))
    let above = try run("a/x.png", "b/x.png", "--fail-above", "63", "-q")
    #expect(above.status == .exited(1) && above.output.isEmpty && above.errors.isEmpty)
    for words in [["--fail-above", "-1"], ["--gain", "0"], ["--gain", "2"], ["--threads", "0"]] {
      let wrong = try CommandRunner.run(["diff", "a", "b"] + words, folder: folder.path)
      #expect(wrong.status == .exited(64), "\(words)")
    }
  }

  @Test("--output: the differences, brightened, and no file is lost for it")
  func picture() throws {
    #expect(try run("a/x.png", "b/x.png", "-o", "d.png", "--gain", "3").status == .exited(0))
    let samples = try #require(try TestPictures.samples(folder.read("d.png")))
    #expect(samples[20 * 3 * 7 + 5 * 3 + 1] == 192 && samples[3] == 3)
    #expect(samples.count { $0 != 0 } == 2)
    let again = try run("a/x.png", "b/x.png", "-o", "d.png")
    #expect(again.status == .exited(1) && again.errors.contains("exists already; use --force"))
    #expect(try run("a/x.png", "b/x.png", "-f", "-o", "d.png").status == .exited(0))
    let input = try run("a/x.png", "b/x.png", "-f", "-o", "a/x.png")
    #expect(input.status == .exited(1) && input.errors.contains("is one of the inputs"))
    #expect(try run("a/x.png", "b/x.png", "-o", "d.jp2").errors.contains("'.jp2' stands for no"))
  }

  @Test("a tall picture of the differences is written in bands", arguments: ["png", "jpg", "ppm"])
  func bands(ending: String) throws {
    let (first, second) = (TestPictures.noise(31 * 700 * 3, 4), TestPictures.noise(31 * 700 * 3, 5))
    try folder.write(TestPictures.png(31, 700, .rgb, first), to: "1.png")
    try folder.write(TestPictures.png(31, 700, .rgb, second), to: "2.png")
    let result = try run("1.png", "2.png", "-o", "d.\(ending)")
    #expect(result.status == .exited(0), "\(result.errors)")
    let samples = try #require(try TestPictures.samples(folder.read("d.\(ending)")))
    let wanted = zip(first, second).map { $0 > $1 ? $0 - $1 : $1 - $0 }
    if ending == "jpg" {
      #expect(samples.count == wanted.count)
    } else {
      #expect(samples == wanted)
    }
  }

  @Test("folders: by their names, a row or an object each; what has no partner is a failure")
  func folders() throws {
    for name in ["a/deep/y.png", "b/deep/y.png"] {
      try folder.write(TestPictures.pattern(), to: name)
    }
    let flat = try run("a", "b")
    #expect(flat.status == .exited(0), "\(flat.errors)")
    #expect(flat.text.split(separator: "\n").count == 3)
    let deep = try run("-r", "a", "b", "--json", "-o", "apart")
    #expect(deep.status == .exited(0), "\(deep.errors)")
    #expect(deep.text.split(separator: "\n").count == 2)
    #expect(deep.text.hasPrefix(#"{"a": "a/deep/y.png", "b": "b/deep/y.png", "width": 24, "#))
    #expect(folder.read("apart/deep/y.png") != nil)
    try folder.write(TestPictures.pattern(), to: "b/z.png")
    let lonely = try run("a", "b")
    #expect(lonely.status == .exited(1))
    #expect(lonely.errors.contains("b/z.png: error: has no partner in a"))
    try folder.write([1], to: "c/notes.txt")
    #expect(try run("c", "c").status == .exited(2))
    #expect(try run("a", "b/x.png").errors.contains("is a folder"))
    #expect(try run("a", "none").errors.contains("none: error: there is no such file"))
  }

  @Test("other sizes, colours and depths are refused; depths may be compared on one scale")
  func shapes() throws {
    try folder.write(TestPictures.pattern(20, 13), to: "tall.png")
    try folder.write(TestPictures.pattern(20, 12), to: "gray.png")
    let size = try run("a/x.png", "tall.png")
    #expect(size.status == .exited(1))
    #expect(size.errors.contains("tall.png: error: is 20x13, a/x.png is 20x12"))
    #expect(try run("a/x.png", "gray.png").errors.contains("is gray, a/x.png is RGB"))
    let deep = try CommandRunner.run(
      ["apply", "-k", "identity", "--depth", "16", "a/x.png", "deep.png"], folder: folder.path)
    #expect(deep.status == .exited(0), "\(deep.errors)")
    let depth = try run("a/x.png", "deep.png")
    #expect(
      depth.errors.contains("has 16 bits a sample, a/x.png has 8 bits a sample; say --common-scale")
    )
    let common = try run("a/x.png", "deep.png", "--common-scale", "--fail-above", "0")
    #expect(common.status == .exited(0), "\(common.errors)")
    #expect(common.text.hasPrefix("largest   0 of 65535\n"))
    #expect(
      try run("b/x.png", "deep.png", "--common-scale").text.hasPrefix("largest   16448 of 65535"))
    let memory = try run("a/x.png", "b/x.png", "--limit-memory", "1k")
    #expect(memory.status == .exited(1) && memory.errors.contains("--limit-memory"))
    #expect(try run("a/x.png", "b/x.png", "--limit-pixels", "10").status == .exited(1))
  }

  @Test("floats: as they are, with the data range, NaN, and whole samples on their scale")
  func floats() throws {
    func write(_ samples: [Float], _ name: String, _ kind: FileFormat) throws {
      let format = PictureFormat(width: 3, height: 2, color: .gray, sample: .float32)
      try folder.write(encode(Picture(format, samples: samples), as: kind), to: name)
    }
    try write([-4, 0, 1, 2, 0.5, 9], "a.tif", .tiff)
    try write([-4, 0, 1.25, 2, 0.5, 9], "b.npy", .npy)
    try write([-4, 0, .nan, 2, 0.5, 9], "c.pfm", .pfm)
    let pair = try run("a.tif", "b.npy")
    #expect(pair.status == .exited(0), "\(pair.errors)")
    let lines = pair.text.split(separator: "\n")
    #expect(lines[0] == "largest   0.25 of 1  at 2,0")
    #expect(lines[1] == "mean      0.0416667" && lines[2] == "RMSE      0.102062")
    #expect(lines[3] == "PSNR      19.82 dB")
    #expect(lines[6] == "differ    1 of 6 samples, 16.67 %")
    // 20 log10(10 / RMSE).
    let wide = try run("a.tif", "b.npy", "--data-range", "10")
    #expect(wide.text.contains("0.25 of 10  at") && wide.text.contains("PSNR      39.82 dB"))
    #expect(try run("a.tif", "b.npy", "--fail-above", "0.25").status == .exited(0))
    #expect(try run("a.tif", "b.npy", "--fail-above", "0.24").status == .exited(1))
    let hole = try run("a.tif", "c.pfm", "--fail-above", "1000")
    #expect(hole.status == .exited(1) && hole.text.contains("PSNR      equal numbers"))
    #expect(hole.text.contains("1 of 6 samples, 16.67 %, 1 of them a number in one only"))
    let same = try run("c.pfm", "c.pfm", "--fail-above", "0", "--json")
    #expect(same.status == .exited(0) && same.text.contains(#""largest": 0.0, "#))
    #expect(same.text.contains(#""incomparable": 0, "dataRange": 1.0"#))
    let drawn = try run("a.tif", "b.npy", "-o", "apart.npy", "--gain", "4")
    #expect(drawn.status == .exited(0), "\(drawn.errors)")
    let apart = try decode(#require(folder.read("apart.npy"))).samples(as: Float.self)
    #expect(apart == [0, 0, 1, 0, 0, 0])
    #expect(try run("a.tif", "b.npy", "-o", "apart.png").status == .exited(1))
    try folder.write(TestPictures.png(3, 2, .gray, [0, 255, 51, 0, 0, 0]), to: "whole.png")
    try write([0, 1, 0.2, 0, 0, 0], "unit.npy", .npy)
    let refused = try run("whole.png", "unit.npy")
    #expect(
      refused.errors.contains("has floats, whole.png has 8 bits a sample; say --common-scale"))
    let unit = try run("whole.png", "unit.npy", "--common-scale", "--fail-above", "0")
    #expect(unit.status == .exited(0) && unit.text.contains("largest   0 of 1\n"))
    for range in ["0", "-1", "nan", "inf"] {
      #expect(try run("a.tif", "b.npy", "--data-range", range).status == .exited(64), "\(range)")
    }
  }
}
