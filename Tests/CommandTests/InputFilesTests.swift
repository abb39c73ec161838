import Libc
import PictureSupport
import TestSupport
import Testing

@Suite("--force and the files that a command reads")
struct InputFilesTests {
  let training: SmallTraining
  var folder: ScratchFolder { training.folder }

  init() throws {
    training = try SmallTraining()
    try training.trainDigits(
      "m.safetensors", epochs: 1, layers: "conv 2 3x3 relu; flatten; dense 10")
    try folder.write(TestPictures.pattern(8, 8), to: "p.png")
    try folder.write(Array("3 3\n0 -1 0\n-1 5 -1\n0 -1 0\n".utf8), to: "k.txt")
    try folder.write(Array("3 3\n0 1 0\n1 1 1\n0 1 0\n".utf8), to: "ks/k.png")
    try folder.write(Array("flatten\ndense 10\n".utf8), to: "layers.safetensors")
  }

  /// Runs a command with `--force`, which must leave the file that it reads as it is.
  private func refuses(_ file: String, _ words: [String]) throws {
    let before = folder.read(file)
    let result = try training.run(words + ["--force"])
    #expect(result.status == .exited(1), "\(words)")
    #expect(
      result.errors.contains("\(file): error: is one of the inputs; write elsewhere"),
      "\(words): \(result.errors)")
    #expect(folder.read(file) == before && before != nil, "\(words)")
  }

  @Test("models stay: no figure, page, module or model takes their place")
  func models() throws {
    let model = "m.safetensors"
    for option in ["--png", "--curves", "--mistakes", "--report"] {
      try refuses(model, ["evaluate", model, "digits", option, model])
    }
    try refuses(model, ["explore", model, "p.png", "-o", model])
    try refuses(model, ["export", model, model])
    try refuses(model, ["export", model, "--pytorch", model])
    try refuses(model, ["train", "digits", "--epochs", "1", "--from", model, "-o", model])
    try refuses(
      "layers.safetensors",
      [
        "train", "digits", "--epochs", "1", "--architecture", "layers.safetensors", "-o",
        "layers.safetensors",
      ])
    // A second name of the file is the same file.
    #expect(link(folder(model), folder("second.png")) == 0)
    try refuses("second.png", ["evaluate", model, "digits", "--png", "second.png"])
  }

  @Test("pictures stay, and kernels")
  func pictures() throws {
    try refuses("p.png", ["explore", "-k", "box", "p.png", "-o", "p.png"])
    try refuses("k.txt", ["explore", "-k", "k.txt", "p.png", "-o", "k.txt"])
    try refuses("p.png", ["sheet", "-k", "box", "p.png", "-o", "p.png"])
    try refuses("ks/k.png", ["sheet", "--kernels-from", "ks", "p.png", "-o", "ks/k.png"])
    try refuses("k.txt", ["kernels", "k.txt", "--png", "k.txt"])
    try refuses("p.png", ["diff", "p.png", "p.png", "-o", "p.png"])
    try folder.write(TestPictures.pattern(8, 8), to: "maps/p.png")
    let drawn = try training.run("features", "m.safetensors", "p.png", "maps")
    #expect(drawn.status == .exited(0), "\(drawn.errors)")
    let input = try #require(folder.files.first { $0.hasSuffix("-input.png") })
    try refuses(input, ["features", "m.safetensors", input, "maps"])
  }

  @Test("pictures that are learnt from and judged by stay; other files in their folder may go")
  func dataSet() throws {
    try training.writePictures("set")
    let trained = try training.run(
      "train", "set", "--layers", "flatten; dense 3", "--epochs", "1", "-o", "s.safetensors")
    #expect(trained.status == .exited(0), "\(trained.errors)")
    let picture = "set/dark/1.png"
    let layers = ["--layers", "flatten; dense 3"]
    for option in ["--png", "--curves", "--report"] {
      try refuses(picture, ["evaluate", "s.safetensors", "set", "--split", "all", option, picture])
    }
    try refuses(picture, ["train", "set", "--preview", picture] + layers)
    // A training would draw its curves there.
    let curves = "set/dark/x-curves.png"
    try folder.write(try #require(folder.read(picture)), to: curves)
    try refuses(
      curves, ["train", "set", "--epochs", "1", "-o", "set/dark/x.safetensors"] + layers)
    try folder.write([1], to: "set/c.png")
    let result = try training.run(
      "evaluate", "s.safetensors", "set", "--split", "all", "--png", "set/c.png", "--force")
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(folder.read("set/c.png") != [1])
    // A list is read, too.
    try folder.write(
      Array("path,label\nset/dark/0.png,dark\nset/gray/0.png,gray\nset/light/0.png,light\n".utf8),
      to: "list.csv")
    try refuses("list.csv", ["evaluate", "s.safetensors", "list.csv", "--list", "list.csv"])
  }

  @Test("reports and logs of runs that are compared stay")
  func runs() throws {
    try refuses("m-report.html", ["compare", "m.safetensors", "-o", "m-report.html"])
    try refuses("m-log.jsonl", ["compare", "m-log.jsonl", "-o", "m-log.jsonl"])
    try refuses("m-report.html", ["compare", "m-log.jsonl", "-o", "m-report.html"])
    for _ in 0..<2 {
      let page = try training.run("compare", ".", "-o", "all.html", "--force")
      #expect(page.status == .exited(0), "\(page.errors)")
    }
  }

  @Test("of pictures that are sorted none takes the place of another")
  func sorted() throws {
    try training.writePictures("set")
    let trained = try training.run(
      "train", "set", "--layers", "flatten; dense 3", "--epochs", "60", "--augment", "none", "-o",
      "s.safetensors")
    #expect(trained.status == .exited(0), "\(trained.errors)")
    let (light, dark) = (folder.read("set/light/1.png"), folder.read("set/dark/2.png"))
    // The light one lies where dark ones go.
    try folder.write(try #require(light), to: "in/dark/1.png")
    try folder.write(try #require(dark), to: "in/other/1.png")
    let result = try training.run(
      "predict", "s.safetensors", "in/other/1.png", "in/dark/1.png", "--sort-into", "in", "--force")
    #expect(result.status == .exited(1))
    #expect(
      result.errors.contains("in/dark/1.png: is one of the inputs; write elsewhere"),
      "\(result.errors)")
    #expect(folder.read("in/dark/1.png") == light)
  }
}
