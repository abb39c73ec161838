import ConvNet
import KernelLanguage
import Random
import Raster
import Testing

@Suite("Looking inside")
struct InspectionTests {
  static func model(_ layers: String, _ shape: FeatureShape) throws -> Model {
    let network = try Network(Architecture(layers), input: shape)
    var weights = Weights(network, seed: 6)
    // Biases that show.
    for slot in network.slots where slot.name.hasSuffix("bias") {
      for i in slot.range { weights.trained[i] = Float(i % 5) * 0.1 - 0.2 }
    }
    return try Model(
      network: network, weights: weights, classNames: (0..<network.output.count).map { "c\($0)" },
      normalization: Normalization(
        mean: shape.channels == 3 ? [0.49, 0.48, 0.45] : [0.13],
        deviation: shape.channels == 3 ? [0.25, 0.24, 0.26] : [0.31]))
  }

  static func picture(_ shape: FeatureShape) -> [Float] {
    (0..<shape.count).map { Float(CounterRandom(key: 3).bits(UInt64($0)) >> 56) }
  }

  @Test(
    "a filter as a kernel computes what the layer computes",
    arguments: [
      ("conv 4 3x3", 1), ("conv 4 3x3", 3), ("conv 4 5x3 stride 2x1", 3),
      ("conv 3 3x3 dilation 2 nobias", 3), ("conv 3 3x3 same", 1), ("conv 2 2x4 same", 1),
      ("conv 2 3x3 stride 2 pad 1", 1), ("conv 2 3x5 dilation 2 same", 1),
      ("conv 3 3x3 same", 3), ("conv 2 5x4 stride 3x2 same", 3), ("conv 2 3x3 pad 5", 3),
      ("conv 2 3x3 pad 2,0,1,2 dilation 2", 3),
    ])
  func kernels(layer: String, channels: Int) throws {
    let shape = FeatureShape(height: 9, width: 10, channels: channels)
    let model = try Self.model("\(layer); flatten; dense 2", shape)
    let levels = Self.picture(shape)
    let maps = Inspector(model, team: .forNetworks(threads: 1)).maps(of: levels)[0]
    #expect(maps.name == "conv1")
    for filter in 0..<maps.shape.channels {
      let stage = try model.stage(named: "conv1/\(filter)")
      guard case .correlate(let kernel) = stage.operation else {
        Issue.record("a filter is a correlation")
        return
      }
      #expect(try kernel == model.kernel(named: "conv1/\(filter)"))
      #expect(kernel.depth == channels)
      let map = maps.map(filter)
      for y in 0..<maps.shape.height {
        for x in 0..<maps.shape.width {
          let value = try correlate(stage, kernel, levels, shape, y, x) / 255
          #expect(abs(value - Double(map[y * maps.shape.width + x])) < 1e-5)
        }
      }
    }
  }

  /// One output of a stage, by the definition.
  func correlate(
    _ stage: Stage, _ kernel: Kernel, _ levels: [Float], _ shape: FeatureShape, _ y: Int, _ x: Int
  ) throws -> Double {
    let (strideY, strideX) = (stage.geometry.strideY ?? 1, stage.geometry.strideX ?? 1)
    let before = try #require(
      stage.geometry.extent.map {
        (
          $0.rows(shape.height, span: kernel.height, stride: strideY).before,
          $0.columns(shape.width, span: kernel.width, stride: strideX).before
        )
      } ?? (stage.geometry.padding == .valid ? (0, 0) : nil))
    var beyond = [Double](repeating: 0, count: shape.channels)
    if case .levels(let levels)? = stage.geometry.padding { beyond = levels }
    let (top, left) = (y * strideY - before.0, x * strideX - before.1)
    var sum = 0.0
    for j in 0..<kernel.height {
      for i in 0..<kernel.width {
        let isInside =
          (0..<shape.height).contains(top + j) && (0..<shape.width).contains(left + i)
        for c in 0..<shape.channels {
          let place = ((top + j) * shape.width + left + i) * shape.channels + c
          sum += kernel[i, j, c] * (isInside ? Double(levels[place]) : beyond[c])
        }
      }
    }
    return kernel.offset + sum / kernel.divisor
  }

  @Test("names that aren't there are refused with those that are")
  func names() throws {
    let shape = FeatureShape(height: 8, width: 8, channels: 1)
    let model = try Self.model("conv 2 3x3; conv 3 3x3; flatten; dense 2", shape)
    #expect(throws: NetworkError.unknownLayerName("conv9", known: ["conv1", "conv2"])) {
      try model.kernel(named: "conv9/0")
    }
    #expect(throws: NetworkError.notAConvolution("dense1")) { try model.kernel(named: "dense1/0") }
    #expect(throws: NetworkError.notFirstLayer("conv2")) { try model.kernel(named: "conv2/0") }
    for name in ["conv1/2", "conv1", "conv1/", "conv1/-1", "conv1/0/0"] {
      #expect(throws: NetworkError.filterOutOfRange(name, filters: 2)) {
        try model.kernel(named: name)
      }
    }
  }

  @Test("filters come with rows, columns, channels")
  func filters() throws {
    let model = try Self.model(
      "conv 4 3x2; flatten; dense 2", FeatureShape(height: 8, width: 8, channels: 3))
    let bank = try #require(model.firstFilters)
    #expect([bank.height, bank.width, bank.channels, bank.filters] == [3, 2, 3, 4])
    let memory = model.weights.values(of: model.network.slots[0])
    #expect(bank.filter(1)[18 + 7] == memory[7 * 4 + 1])
  }

  @Test("every layer shows its maps, and the last are the outputs")
  func maps() throws {
    let shape = FeatureShape(height: 8, width: 8, channels: 1)
    let model = try Self.model(
      "conv 3 3x3 relu; maxpool 2; conv 4 3x3 gelu; batchnorm; flatten; dropout 0.5; dense 2", shape
    )
    let levels = Self.picture(shape)
    let maps = Inspector(model, team: .forNetworks(threads: 2)).maps(of: levels)
    #expect(maps.map(\.name) == ["conv1", "maxpool1", "conv2", "batchnorm1", "dense1"])
    let outputs = CompiledNetwork(
      model.network, model.weights, batch: 1, team: .forNetworks(threads: 1)
    ).outputs(for: model.normalization.apply(levels))
    #expect(difference(maps.last!.values, outputs) < 1e-5)
    let pooled = maps[1]
    #expect(pooled.map(2)[0] == [0, 1, 6, 7].map { maps[0].map(2)[$0] }.max())
  }

  @Test("layers inside a block show their maps before it, and the block is their sum")
  func innerMaps() throws {
    let shape = FeatureShape(height: 8, width: 7, channels: 3)
    let model = try Self.model(
      """
      conv 5 3x3 same
      residual { conv 4 3x3 same relu; residual { conv 4 1x1 }; batchnorm } shortcut { conv 4 1x1 } relu
      flatten; dense 2
      """, shape)
    let maps = Inspector(model, team: .forNetworks(threads: 2)).maps(of: Self.picture(shape))
    let names = maps.map(\.name)
    #expect(
      names.dropLast() == [
        "conv1", "conv2", "conv3", "residual2", "batchnorm1", "conv4", "residual1",
      ])
    func values(_ name: String) throws -> [Float] {
      try #require(maps.first { $0.name == name }).values
    }
    let inner = try zip(values("conv2"), values("conv3")).map { $0 + $1 }
    #expect(try difference(values("residual2"), inner) < 1e-5)
    let outer = try zip(values("batchnorm1"), values("conv4")).map { max($0 + $1, 0) }
    #expect(try difference(values("residual1"), outer) < 1e-5)
    let outputs = CompiledNetwork(
      model.network, model.weights, batch: 1, team: .forNetworks(threads: 1)
    ).outputs(for: model.normalization.apply(Self.picture(shape)))
    #expect(difference(maps.last!.values, outputs) < 1e-5)
  }

  @Test("Grad-CAM weighs maps by the slope of the class's output")
  func attention() throws {
    // One map, summed by the dense layer with weight w: the attention is the map where w > 0.
    let shape = FeatureShape(height: 6, width: 6, channels: 1)
    let model = try Self.model("conv 1 3x3 relu; globalavgpool; dense 2", shape)
    let levels = Self.picture(shape)
    let inspector = Inspector(model, team: .forNetworks(threads: 1))
    let map = inspector.maps(of: levels)[0].map(0)
    let dense = Array(model.weights.values(of: model.network.slots[2]))
    for label in 0..<2 {
      let attention = try #require(inspector.attentions(of: levels, labels: [label])[0].last)
      #expect(attention.name == "conv1" && attention.height == 4 && attention.width == 4)
      let largest = map.max()!
      let expected = map.map { dense[label] > 0 && largest > 0 ? $0 / largest : 0 }
      #expect(difference(attention.values, expected) < 1e-5)
    }
  }

  @Test("the likeliest classes come first, with probabilities that add up to 1")
  func prediction() throws {
    let shape = FeatureShape(height: 6, width: 6, channels: 1)
    let model = try Self.model("flatten; dense 4", shape)
    let predictor = Predictor(model, batch: 2, team: .forNetworks(threads: 1))
    let images = (0..<3).flatMap { _ in Self.picture(shape) }
    let guesses = predictor.guesses(images, top: 4)
    #expect(guesses.count == 3)
    #expect(guesses[0] == guesses[2])
    #expect(abs(guesses[0].reduce(0) { $0 + $1.probability } - 1) < 1e-5)
    #expect(guesses[0].map(\.probability) == guesses[0].map(\.probability).sorted(by: >))
    #expect(guesses[0][0].name == "c\(guesses[0][0].label)")
  }
}
