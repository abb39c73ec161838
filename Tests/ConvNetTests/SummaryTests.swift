import ConvNet
import Testing

@Suite("Summaries and presets")
struct SummaryTests {
  static let colour = FeatureShape(height: 32, width: 32, channels: 3)
  static let gray = FeatureShape(height: 28, width: 28, channels: 1)

  @Test(
    "presets have the lecture's parameters",
    arguments: [
      ("mnist-dense", gray, 101_770), ("mnist-conv", gray, 1_385_450),
      ("cifar-conv", colour, 1_845_354), ("cifar-pool", colour, 462_954),
      ("cifar-deep", colour, 564_426),
    ])
  func counts(name: String, input: FeatureShape, parameters: Int) throws {
    let network = try Network(Preset.named(name)!.architecture(classes: 10), input: input)
    #expect(Summary(network).parameters == parameters)
    #expect(Summary(network).nonTrainable == 0)
  }

  @Test(
    "deep presets have the parameters of those who published them",
    arguments: [
      ("cifar-94", colour, 1_971_352), ("cifar-96", colour, 9_915_416),
      ("resnet18", colour, 11_173_962),
      ("resnet18-imagenet", FeatureShape(height: 224, width: 224, channels: 3), 11_181_642),
    ])
  func deepCounts(name: String, input: FeatureShape, parameters: Int) throws {
    let network = try Network(Preset.named(name)!.architecture(classes: 10), input: input)
    #expect(Summary(network).trainable == parameters)
  }

  @Test("the table of the network with pooling is the lecture's")
  func table() throws {
    let network = try Network(
      Preset.named("cifar-pool")!.architecture(classes: 10), input: Self.colour)
    let rows = Summary(network).rows
    #expect(rows.map(\.name) == ["conv1", "maxpool1", "flatten1", "dense1", "dense2"])
    #expect(rows.map(\.output.description) == ["30×30×64", "15×15×64", "14,400", "32", "10"])
    #expect(rows.map(\.parameters) == [1792, 0, 0, 460_832, 330])
    #expect(rows[0].title == "Conv2D(64, 3×3, ReLU)")
    #expect(
      rows[0].explanation == [
        "height and width: (input + padding before + padding after − window)/stride + 1:"
          + " (32 + 0 + 0 − 3)/1 + 1 = 30",
        "channels: one a filter: 64",
        "parameters: kernel height · kernel width · input channels · filters + one bias a filter:"
          + " 3·3·3·64 + 64 = 1,792",
      ])
  }

  @Test("a forward pass of the network with pooling takes 4 million operations")
  func operations() throws {
    let network = try Network(
      Preset.named("cifar-pool")!.architecture(classes: 10), input: Self.colour)
    // 2 · (30·30·27·64 + 14,400·32 + 32·10), and 4 comparisons an output of the pooling.
    let operations = Summary(network).rows.reduce(0) { $0 + $1.operations }
    #expect(operations == 3_110_400 + 57_600 + 921_600 + 640)
  }

  @Test("layers inside blocks are listed and counted; running statistics are not trained")
  func blocks() throws {
    let network = try Network(
      Architecture("residual { conv 3 1x1; batchnorm }; globalavgpool; dense 2"),
      input: Self.colour)
    let summary = Summary(network)
    #expect(summary.rows.map(\.depth) == [0, 1, 1, 0, 0])
    #expect(summary.trainable == 12 + 6 + 8)
    #expect(summary.nonTrainable == 6)
  }

  @Test("every preset fits its images, and every image size has a standard network")
  func standards() throws {
    for side in [1, 8, 20, 28, 32, 64, 224] {
      let input = FeatureShape(height: side, width: side, channels: 3)
      let preset = Preset.standard(dataSet: "a folder", input: input, examples: 9)
      let network = try Network(preset.architecture(classes: 7), input: input)
      #expect(network.output == .vector(7))
    }
    func batch(_ examples: Int) -> Int {
      Preset.standard(dataSet: "a folder", input: Self.colour, examples: examples).settings.batch
    }
    #expect(batch(60) == 32 && batch(2047) == 32 && batch(2048) == 128)
    #expect(
      Preset.standard(dataSet: "cifar10", input: Self.colour, examples: 9).name == "cifar-fast")
  }
}
