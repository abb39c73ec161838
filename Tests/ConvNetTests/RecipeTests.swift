import ConvNet
import Raster
import Testing

@Suite("Recipes for deep networks, beside PyTorch")
struct RecipeTests {
  static let names = ["airbench", "muon"]
  static let batch: Float = 12

  /// The settings of make_recipe_goldens.py: the summed loss there is a mean one here, and its rates
  /// are so many times larger.
  static func settings(_ name: String) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.batch = 12
    settings.epochs = 6
    settings.smoothing = 0.2
    if name == "airbench" {
      settings.optimizer = .sgd(momentum: 0.85, nesterov: true)
      settings.rate = 0.02 * batch
      settings.weightDecay = 0.001 / settings.rate
      settings.schedule = .constant
      settings.lookahead = Lookahead(interval: 2)
      settings.groups = [
        ParameterGroup("batchnorm*", rate: 4, decay: 0.25),
        ParameterGroup("conv1.bias", decay: 1, epochs: 2),
      ]
    } else {
      settings.optimizer = .muon()
      settings.rate = 0.24
      settings.weightDecay = 1
      settings.schedule = Schedule(.linear)
      func group(
        _ pattern: String, _ rate: Float, epochs: Int? = nil
      ) -> ParameterGroup {
        ParameterGroup(
          pattern, rate: rate * batch / 0.24, decay: 2e-4 / (rate * batch), epochs: epochs,
          fades: epochs != nil)
      }
      settings.groups = [
        group("conv1.bias", 0.01, epochs: 2), group("batchnorm*", 0.01),
        group("dense1.weight", 0.05),
      ]
    }
    return settings
  }

  static func source(_ golden: Golden) throws -> MemoryExamples {
    try MemoryExamples(
      shape: golden.network.input, classCount: 5, images: golden.images, labels: golden.labels)
  }

  static func trainer(_ name: String, weights: Weights?, threads: Int = 2) throws -> Trainer {
    let golden = try Golden(name)
    return try Trainer(
      golden.network, settings: settings(name), classNames: (0..<5).map { "\($0)" },
      normalization: .unit(channels: 2), weights: weights, training: source(golden),
      team: .forNetworks(threads: threads))
  }

  @Test("loss and gradients are PyTorch's", arguments: names, [true, false])
  func gradients(name: String, fuses: Bool) throws {
    let golden = try Golden(name)
    let (tally, gradient) = golden.compiled(fuses: fuses)
      .gradient(golden.images, golden.labels, golden.loss)
    #expect(abs(tally.meanLoss - Double(golden.values("test.loss")[0])) < 1e-5)
    let expected = golden.weights("gradient.").trained
    for slot in golden.network.slots where slot.shape.learns {
      #expect(
        difference(Array(gradient[slot.range]), Array(expected[slot.range])) < 2e-4, "\(slot.name)")
    }
  }

  @Test("six steps and inference afterwards are PyTorch's", arguments: names)
  func steps(name: String) throws {
    let golden = try Golden(name)
    let result = try Self.trainer(name, weights: golden.weights).run()
    golden.check(result.last.weights)
  }

  @Test("whitened filters are the eigenvectors that NumPy finds, and stay as they are")
  func whitening() throws {
    let golden = try Golden("airbench")
    let trainer = try Self.trainer("airbench", weights: nil)
    let slot = golden.network.slots[0]
    #expect(slot.name == "conv1.weight" && slot.shape.isWhitened)
    let filters = slot.shape.toFile(trainer.checkpoint.model.weights.values(of: slot))
    #expect(difference(filters, golden.values("whitened")) < 1e-4)
    let after = try trainer.run().last.weights
    #expect(slot.shape.toFile(after.values(of: slot)) == filters)
    // Counted apart from what is trained.
    #expect(Summary(golden.network).rows[0].nonTrainable == 8 * 2 * 4)
  }

  @Test("the number of threads doesn't change a bit, not of Muon's products", arguments: names)
  func threads(name: String) throws {
    let one = try Self.trainer(name, weights: nil, threads: 1).run()
    let many = try Self.trainer(name, weights: nil, threads: 3).run()
    #expect(one.last.weights == many.last.weights)
  }

  @Test(
    "a run stopped anywhere and resumed ends with the very same weights", arguments: names,
    [1, 2, 3, 5])
  func resumes(name: String, stop: Int) throws {
    let golden = try Golden(name)
    let whole = try Self.trainer(name, weights: nil).run()
    let checkpoint = try Self.trainer(name, weights: nil).checkpoint(stoppedAfter: stop)
    #expect(checkpoint.settings == Self.settings(name))
    let second = try Trainer(
      resuming: checkpoint, training: Self.source(golden), team: .forNetworks(threads: 1)
    ).run()
    #expect(second.last.weights == whole.last.weights)
  }

  @Test("a run that has ended goes on where more epochs are planned")
  func extends() throws {
    let golden = try Golden("airbench")
    let trainer = try Self.trainer("airbench", weights: nil)
    _ = try trainer.run()
    var checkpoint = try Checkpoint(trainer.checkpoint.encoded())
    #expect(checkpoint.isComplete)
    let (same, more) = (checkpoint.extend(to: 6), checkpoint.extend(to: 10))
    #expect(!same && more && !checkpoint.isComplete)
    let longer = try Trainer(
      resuming: checkpoint, training: Self.source(golden), team: .forNetworks(threads: 1)
    ).run()
    #expect(longer.history.count == 10 && longer.last.weights != trainer.checkpoint.model.weights)
  }

  @Test("tensors belong to the first group that names them")
  func groups() {
    let group = ParameterGroup("batchnorm*.bias")
    #expect(group.contains("batchnorm12.bias") && group.contains("batchnorm.bias"))
    #expect(!group.contains("batchnorm1.weight") && !group.contains("conv1.bias"))
    #expect(!ParameterGroup("a*a").contains("a") && ParameterGroup("a*b*c").contains("axbybc"))
    #expect(
      ParameterGroup("*").contains("anything") && !ParameterGroup("conv1").contains("conv1.bias"))
  }

  @Test("a plateau is so many epochs in a row without a lower loss")
  func plateaus() {
    let schedule = Schedule(.plateau(factor: 0.5, epochs: 2))
    func factor(_ losses: [Double]) -> Double {
      schedule.factor(step: 0, total: 100, perEpoch: 10, losses: losses)
    }
    #expect(factor([]) == 1 && factor([3, 2, 2]) == 1)
    #expect(factor([3, 2, 2, 2.5]) == 0.5 && factor([3, 2, 2, 2.5, 4]) == 0.5)
    #expect(factor([3, 2, 2, 2.5, 4, 5]) == 0.25 && factor([3, 2, 2, 2.5, 1, 5]) == 0.5)
  }

  @Test("examples that fill no batch are left out where asked for")
  func dropsLast() throws {
    var settings = barSettings()
    settings.dropsLast = true
    func steps(_ count: Int) throws -> Int {
      let training = try bars(count, seed: 1)
      return try Trainer(
        Network(Architecture("flatten; dense 2"), input: training.shape), settings: settings,
        classNames: ["a", "b"], normalization: .unit(channels: 1), training: training,
        team: .forNetworks(threads: 1)
      ).plan.stepsPerEpoch
    }
    #expect(try steps(64) == 2 && steps(95) == 2 && steps(20) == 1)
  }

  @Test("several views are the mean of the network's outputs for mirrored and moved images")
  func views() throws {
    let golden = try Golden("airbench")
    let model = try Model(
      network: golden.network, weights: golden.weights("after."),
      classNames: (0..<5).map { "\($0)" }, normalization: .unit(channels: 2))
    let shape = golden.network.input
    func view(_ shift: Int, _ flips: Bool) -> [Float] {
      func inside(_ place: Int) -> Int {
        place < 0 ? -place : place > 6 ? 12 - place : place
      }
      var images: [Float] = []
      for example in 0..<12 {
        for y in 0..<7 {
          for x in 0..<7 {
            let column = inside((flips ? 6 - x : x) + shift)
            let place = example * shape.count + (inside(y + shift) * 7 + column) * 2
            images += golden.images[place..<place + 2]
          }
        }
      }
      return CompiledNetwork(
        model.network, model.weights, batch: 12, team: .forNetworks(threads: 1)
      ).outputs(for: images)
    }
    func both(_ shift: Int) -> [Float] {
      zip(view(shift, false), view(shift, true)).map { ($0 + $1) / 2 }
    }
    let plain = both(0)
    let moved = zip(both(1), both(-1)).map { ($0 + $1) / 2 }
    let expected: [(Views, [Float])] = [
      (.one, view(0, false)), (.two, plain), (.six, zip(plain, moved).map { ($0 + $1) / 2 }),
    ]
    for (views, outputs) in expected {
      // Images are taken as levels of 0…255.
      let predictor = Predictor(model, batch: 5, views: views, team: .forNetworks(threads: 2))
      let scaled = predictor.probabilities(golden.images.map { $0 * 255 })
      for example in 0..<12 {
        let row = SoftmaxCrossEntropy.softmax(outputs[example * 5..<example * 5 + 5])
        #expect(difference(scaled[example], row) < 1e-4)
      }
    }
  }

  @Test("starts: Dirac passes channels on, unit has a deviation of 1, uniform its limit")
  func starts() throws {
    let network = try Network(
      Architecture("conv 6 3x3 dirac; conv 4 3x3 uniform; flatten; dense 8 unit; dense 3"),
      input: FeatureShape(height: 8, width: 8, channels: 4))
    let weights = Weights(network, .he, seed: 4)
    let slots = network.slots.filter { $0.shape.suffix == "weight" }
    let kernels = slots.map { $0.shape.toFile(weights.values(of: $0)) }
    for filter in 0..<4 {
      for place in 0..<36 {
        #expect(kernels[0][filter * 36 + place] == (place == filter * 9 + 4 ? 1 : 0))
      }
    }
    #expect(kernels[0][4 * 36..<6 * 36].allSatisfy { $0 != 0 && abs($0) < 1 / 6 })
    let limit = Float(1.0 / 54).squareRoot()
    #expect(kernels[1].map { abs($0) }.max()! <= limit && kernels[1].max()! > 0.9 * limit)
    let mean = kernels[2].reduce(0, +) / Float(kernels[2].count)
    let variance =
      kernels[2].reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(kernels[2].count - 1)
    #expect(abs(variance - 1) < 1e-4)
  }

  @Test("what cannot be whitened is refused, with what can be")
  func refusals() throws {
    let shape = FeatureShape(height: 8, width: 8, channels: 1)
    #expect(throws: NetworkError.self) {
      try Network(Architecture("conv 9 2x2 whitened; flatten; dense 2"), input: shape)
    }
    let colors = FeatureShape(height: 8, width: 8, channels: 3)
    // Padding makes room for the window, and no patch of an image.
    for (layer, reason) in [
      ("conv 6 2x2 whitened groups 3", "sees all channels"),
      ("conv 6 9x2 whitened pad 3", "no patch of this size lies within images of 8×8×3"),
    ] {
      let error = #expect(throws: NetworkError.self) {
        try Network(Architecture(layer + "; flatten; dense 2"), input: colors)
      }
      #expect("\(error!)".contains(reason), "\(error!)")
    }
    #expect(throws: NetworkError.whiteningNotFirst(layer: "conv2")) {
      try Network(
        Architecture("conv 8 2x2; conv 8 2x2 whitened; flatten; dense 2"), input: shape)
    }
    #expect(throws: NetworkError.whiteningNotFirst(layer: "residual1")) {
      try Network(
        Architecture(
          "residual { conv 8 2x2 whitened same } shortcut { conv 8 1x1 }; flatten; dense 2"),
        input: shape)
    }
    #expect(throws: NetworkError.self) { try Architecture("dense 3 whitened") }
    #expect(throws: NetworkError.self) { try Architecture("scale 0") }
  }
}
