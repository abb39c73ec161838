import ConvNet
import ImageCodecs
import PictureSupport
import Raster
import Reports
import TestSupport
import Testing
import Text

@Suite("features and summary")
struct ModelSightTests {
  let training: SmallTraining
  var folder: ScratchFolder { training.folder }

  init() throws { training = try SmallTraining() }

  @Test("features draws input, filters, every map and the attention")
  func features() throws {
    try training.trainDigits(
      "m.safetensors", epochs: 1,
      layers: "conv 6 3x3 same relu; maxpool 2; conv 5 1x1 relu; flatten; dense 10")
    try folder.write(TestPictures.pattern(20, 20), to: "in.png")
    let result = try training.run("features", "m.safetensors", "in.png", "maps")
    #expect(result.status == .exited(0), "\(result.errors)")
    let names = [
      "maps/00-input.png", "maps/01-conv1-filters.png", "maps/02-conv1.png",
      "maps/03-maxpool1.png", "maps/04-conv2.png", "maps/05-answers.png",
      "maps/06-attention.png",
    ]
    #expect(folder.files.filter { $0.hasPrefix("maps/") } == names)
    for name in names {
      #expect(result.text.contains(name))
      #expect(try decode(folder.read(name) ?? []).format.width >= 100)
    }
    let again = try training.run("features", "m.safetensors", "in.png", "maps")
    #expect(again.status == .exited(1) && again.errors.contains("exists already"))
    let gray = try training.run("features", "m.safetensors", "in.png", "maps", "--gray", "--force")
    #expect(gray.status == .exited(0))
  }

  @Test("features of some layers, for a class, of several pictures; what is unknown is named")
  func chosenFeatures() throws {
    try training.trainDigits(
      "m.safetensors", epochs: 1,
      layers: "conv 6 3x3 same relu; maxpool 2; conv 5 1x1 relu; flatten; dense 10")
    for name in ["a", "b"] { try folder.write(TestPictures.pattern(20, 20), to: "\(name).png") }
    let result = try training.run(
      "features", "m.safetensors", "a.png", "b.png", "maps", "--layer", "conv1", "--class", "7")
    #expect(result.status == .exited(0), "\(result.errors)")
    let names = [
      "00-input.png", "01-conv1.png", "02-answers.png", "03-conv1-attention.png",
    ]
    #expect(
      folder.files.filter { $0.hasPrefix("maps/") }
        == ["a", "b"].flatMap { folder in
          names.map { "maps/\(folder)/\($0)" }
        })
    #expect(result.text.contains("where it looks like 7 (") && result.text.contains("at conv1"))
    func errors(_ words: String...) throws -> String {
      let result = try training.run(["features", "m.safetensors"] + words)
      #expect(result.status == .exited(64), "\(result.errors)")
      return result.errors
    }
    #expect(
      try errors("a.png", "x", "--layer", "conf1").contains("no layer 'conf1'; it has conv1, max"))
    #expect(try errors("a.png", "x", "--class", "ten").contains("has no class 'ten'; it has 0, 1,"))
    #expect(try errors("a.png").contains("the folder to write into, last"))
    let twice = try training.run("features", "m.safetensors", "a.png", "./a.png", "y")
    #expect(twice.status == .exited(1) && twice.errors.contains("two pictures of this name"))
  }

  @Test("a dense layer on pixels shows its weights as pictures")
  func pixelWeights() throws {
    try training.trainDigits("d.safetensors", epochs: 1, layers: "flatten; dense 10")
    let bank = try #require(try training.model("d.safetensors").pixelWeights)
    #expect((bank.name, bank.height, bank.width, bank.channels) == ("dense1", 8, 8, 1))
    // [outputs, inputs] in the file, row by row.
    let model = try training.model("d.safetensors")
    let slot = try #require(model.network.slots.first { $0.name == "dense1.weight" })
    let memory = Array(model.weights.values(of: slot))
    for place in 0..<64 { #expect(bank.filter(3)[3 * 64 + place] == memory[place * 10 + 3]) }
    try folder.write(TestPictures.pattern(20, 20), to: "in.png")
    let result = try training.run("features", "d.safetensors", "in.png", "maps")
    #expect(result.status == .exited(0), "\(result.errors)")
    #expect(result.text.contains("maps/01-dense1-weights.png"))
    let conv = "conv 2 3x3 same; flatten; dense 10"
    try training.trainDigits("c.safetensors", epochs: 1, layers: conv)
    #expect(try training.model("c.safetensors").pixelWeights == nil)
  }

  @Test("each tile is one feature map: a filter that copies shows the picture")
  func tiles() throws {
    let network = try Network(
      Architecture("conv 3 1x1 nobias; globalavgpool; dense 2"),
      input: FeatureShape(height: 6, width: 5, channels: 1))
    var weights = Weights(network, seed: 1)
    for (index, weight) in [1, -1, 2].enumerated() { weights.trained[index] = Float(weight) }
    let model = try Model(
      network: network, weights: weights, classNames: ["a", "b"],
      normalization: .unit(channels: 1))
    try folder.write(ModelFile.encode(model), to: "m.safetensors")
    let samples = TestPictures.noise(30, 3)
    try folder.write(TestPictures.png(5, 6, .gray, samples), to: "in.png")
    let result = try training.run("features", "m.safetensors", "in.png", "maps", "--gray")
    #expect(result.status == .exited(0), "\(result.errors)")
    let levels = samples.map { Float($0) / 255 }
    let drawn = FeatureMapPictures(
      title: "conv1: Conv2D(3, 1×1, no bias), 6×5×3", height: 6, width: 5,
      values: levels.flatMap { [$0, -$0, 2 * $0] })
    for index in 0..<3 {
      let sign: Float = index == 1 ? -1 : 1
      #expect(drawn.map(index).map { $0 * sign / (index == 2 ? 2 : 1) } == levels)
    }
    let picture = try decode(folder.read("maps/02-conv1.png") ?? [])
    let expected = drawn.picture(palette: .gray)
    #expect(picture.format == expected.format)
    let same = (picture.samples() as [UInt8]) == expected.samples()
    #expect(same)
  }

  @Test(
    "summary counts the parameters of the presets",
    arguments: [
      ("mnist-dense", "101,770"), ("mnist-conv", "1,385,450"), ("cifar-conv", "1,845,354"),
      ("cifar-pool", "462,954"), ("cifar-deep", "564,426"), ("fashion-deep", "440,394"),
      ("digits-conv", "151,306"),
    ])
  func counts(preset: String, parameters: String) throws {
    let result = try training.run("summary", preset)
    #expect(result.text.contains("Total parameters: \(parameters) ("))
  }

  @Test("--explain says why: the lecture's 30×30 and 1,792")
  func explain() throws {
    let text = try training.run("summary", "cifar-conv", "--explain").text
    #expect(text.contains("(32 + 0 + 0 − 3)/1 + 1 = 30"))
    #expect(text.contains("3·3·3·64 + 64 = 1,792"))
  }

  @Test(
    "--description is what to copy: its layers and options train to the weights of the preset",
    arguments: [("mnist-best", "28x28", "gray"), ("cifar-fast", "32x32", "rgb")])
  func description(preset: String, size: String, color: String) throws {
    try training.writePictures(
      "pictures", count: 6, width: 28, height: 28, color: color == "gray" ? .gray : .rgb)
    let said = try training.run("summary", preset, "--description", "--classes", "3")
    #expect(said.status == .exited(0), "\(said.errors)")
    try folder.write(said.output, to: "mine.txt")
    let lines = said.text.split(separator: "\n").map(String.init)
    let start = "# Options of train: "
    try #require(lines[0].hasPrefix(start))
    let options = lines[0].dropFirst(start.count).split(separator: " ")
      .map { word in String(word.filter { $0 != "'" }) }
    let words = ["train", "pictures", "--size", size, "--color", color, "--quiet"]
    let given = try training.run(words + ["--model", preset, "-o", "a.safetensors"])
    let copied = try training.run(
      words + ["--architecture", "mine.txt", "-o", "b.safetensors"] + options)
    #expect(given.status == .exited(0) && copied.status == .exited(0), "\(copied.errors)")
    let (first, second) = try (training.model("a.safetensors"), training.model("b.safetensors"))
    #expect(first.weights == second.weights)
    #expect(first.facts.filter { $0.key != "model" } == second.facts.filter { $0.key != "model" })
    // For programs, too; a description reads back as itself.
    let json = try #require(
      JSON(try training.run("summary", preset, "--json", "--classes", "3").output))
    let layers = try #require(json["description"]?.string)
    #expect(lines.dropFirst().joined(separator: "\n") == layers)
    #expect(start + (json["options"]?.string ?? "") == lines[0])
    #expect(try training.run("summary", "mine.txt", "--description").text == layers + "\n")
    let both = try training.run("summary", preset, "--description", "--explain")
    #expect(both.status == .exited(64) && both.errors.contains("drop --explain"))
  }

  @Test("a model file, a description file and layers on the command line show the same table")
  func sources() throws {
    let layers = "conv 4 3x3 relu; flatten; dense 10"
    try training.trainDigits("m.safetensors", epochs: 1, layers: layers)
    try folder.write(Array(layers.replacing("; ", with: "\n").utf8), to: "m.txt")
    func table(_ arguments: String...) throws -> [Substring] {
      let result = try CommandRunner.run(["summary"] + arguments, folder: folder.path)
      #expect(result.status == .exited(0), "\(result.errors)")
      return result.text.split(separator: "\n").dropFirst().map { $0 }
    }
    let model = try table("m.safetensors")
    #expect(model.contains("Total parameters: 1,490 (5.96 kB)"))
    #expect(try table("m.txt", "--input", "8x8x1") == model)
    #expect(try table("--layers", layers, "--input", "8x8x1") == model)
    try folder.write(TestPictures.pattern(), to: "in.png")
    #expect(
      try training.run("summary", "in.png").errors
        == "in.png: error: is neither a model file nor a text with a layer a line\n")
    let json = try training.run("summary", "m.safetensors", "--json")
    #expect(json.text.contains("\"conv1\"") && json.text.contains("1490"))
    let wrong = try training.run("summary", "--layers", "conv 4; dense 2", "--input", "8x8x1")
    #expect(wrong.status == .exited(64))
    #expect(wrong.errors.contains("--layers: error: 1:1: conv needs a kernel size, as 3x3"))
  }
}
