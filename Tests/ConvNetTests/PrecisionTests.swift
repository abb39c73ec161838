import ConvEngine
import ConvNet
import Raster
import TestSupport
import Testing

@Suite("Training with products of bfloat16")
struct PrecisionTests {
  /// Layers of every way that products go.
  private static let layers = """
    conv 8 3x3 same; batchnorm; relu; conv 16 3x3 pad 1 stride 2; relu
    residual { conv 16 3x3 same nobias; batchnorm; relu; conv 16 1x1 } relu
    conv 16 3x3 same groups 2 relu; maxpool 2; flatten; dense 17 relu; dense 2
    """

  private static var settings: TrainingSettings {
    var settings = barSettings()
    settings.epochs = 2
    settings.batch = 27
    settings.precision = .bf16
    return settings
  }

  private static func trainer(
    _ settings: TrainingSettings = settings, threads: Int = 1, ranks: (any RankLink)? = nil
  ) throws -> Trainer {
    let training = try bars(83, seed: 1)
    return try Trainer(
      Network(Architecture(layers), input: training.shape), settings: settings,
      classNames: ["lying", "upright"], normalization: .unit(channels: 1), training: training,
      validation: bars(20, seed: 2), team: .forNetworks(threads: threads), ranks: ranks)
  }

  private static func gradient(_ golden: Golden) -> (loss: Double, values: [Float]) {
    let compiled = CompiledNetwork(
      golden.network, golden.weights, batch: golden.labels.count, isTraining: true,
      precision: .bf16, team: .forNetworks(threads: 2))
    let (tally, gradient) = compiled.gradient(golden.images, golden.labels, golden.loss)
    return (tally.meanLoss, Array(gradient))
  }

  @Test("loss and gradients are PyTorch's with rounded operands, and near those of its autocast")
  func gradients() throws {
    let golden = try Golden("bf16")
    let (loss, gradient) = Self.gradient(golden)
    #expect(abs(loss - Double(golden.values("test.loss")[0])) < 1e-4)
    #expect(abs(loss - Double(golden.values("autocast.loss")[0])) < 1e-2)
    let expected = golden.weights("gradient.").trained
    let cast = golden.weights("autocast.").trained
    for slot in golden.network.slots where slot.shape.isTrained {
      let ours = Array(gradient[slot.range])
      // A sum near the middle of two numbers of bfloat16 may be rounded either way by what reads it.
      #expect(difference(ours, Array(expected[slot.range])) < 2e-3, "\(slot.name)")
      // Autocast rounds what layers give as well.
      #expect(difference(ours, Array(cast[slot.range])) < 0.15, "\(slot.name)")
    }
    // The numbers are others than those of single precision.
    let single = golden.compiled().gradient(golden.images, golden.labels, golden.loss)
    #expect(difference(gradient, Array(single.1)) > 2e-3)
  }

  @Test("what predicts multiplies rounded numbers, too: near single precision, and others")
  func predicts() throws {
    let golden = try Golden("bf16")
    func outputs(_ precision: Precision, threads: Int) -> [Float] {
      CompiledNetwork(
        golden.network, golden.weights, batch: golden.labels.count, precision: precision,
        team: .forNetworks(threads: threads)
      ).outputs(for: golden.images)
    }
    let (single, rounded) = (outputs(.f32, threads: 1), outputs(.bf16, threads: 1))
    #expect(rounded != single && difference(rounded, single) < 2e-2)
    for threads in [2, 3] { #expect(outputs(.bf16, threads: threads) == rounded) }
  }

  @Test("three steps are PyTorch's with rounded operands")
  func steps() throws {
    let golden = try Golden("bf16")
    var settings = TrainingSettings()
    settings.batch = golden.labels.count
    settings.epochs = 3
    settings.schedule = .constant
    settings.weightDecay = 0
    (settings.optimizer, settings.rate) = (.sgd(momentum: 0.9, nesterov: true), 0.05)
    settings.precision = .bf16
    let source = try MemoryExamples(
      shape: golden.network.input, classCount: 5, images: golden.images, labels: golden.labels)
    let trainer = try Trainer(
      golden.network, settings: settings, classNames: (0..<5).map { "\($0)" },
      normalization: .unit(channels: 3), weights: golden.weights, training: source,
      team: .forNetworks(threads: 2))
    let result = try trainer.run()
    let expected = golden.weights("after.")
    for slot in golden.network.slots {
      let ours = Array(result.last.weights.values(of: slot))
      #expect(difference(ours, Array(expected.values(of: slot))) < 2e-3, "\(slot.name)")
    }
  }

  @Test("any number of threads and ranks gives the same weights and figures")
  func same() throws {
    let one = try Self.trainer().run()
    for threads in [2, 3] {
      let many = try Self.trainer(threads: threads).run()
      #expect(many.last.weights == one.last.weights && many.history == one.history)
    }
    for count in [2, 3, 5, 8] {
      let all = try ThreadRanks(count).run { try Self.trainer(ranks: $0).run() }
      #expect(all.allSatisfy { $0.last.weights == one.last.weights }, "\(count) ranks")
    }
    var single = Self.settings
    single.precision = .f32
    #expect(try Self.trainer(single).run().last.weights != one.last.weights)
  }

  @Test("a run stopped anywhere and resumed ends with the very same weights", arguments: [1, 4, 7])
  func resumes(stop: Int) throws {
    let whole = try Self.trainer().run()
    let store = MemoryStore()
    var steps = 0
    _ = try Self.trainer().run(
      store: store,
      shouldStop: {
        steps += 1
        return steps == stop
      })
    let checkpoint = try Checkpoint(store.saved.last { $0.kind == .last }!.bytes)
    #expect(checkpoint.settings.precision == .bf16)
    let second = try Trainer(
      resuming: checkpoint, training: bars(83, seed: 1), validation: bars(20, seed: 2),
      team: .forNetworks(threads: 2)
    ).run()
    #expect(second.last.weights == whole.last.weights && second.history == whole.history)
  }

  @Test("it learns what single precision learns")
  func learns() throws {
    for precision in Precision.allCases {
      var settings = barSettings()
      settings.precision = precision
      let training = try bars(320, seed: 1)
      let result = try Trainer(
        Network(Architecture(Self.layers), input: training.shape), settings: settings,
        classNames: ["lying", "upright"], normalization: .unit(channels: 1), training: training,
        validation: bars(100, seed: 2), team: .forNetworks(threads: 2)
      ).run()
      #expect(result.history.last!.validationAccuracy! > 0.9)
    }
  }
}
