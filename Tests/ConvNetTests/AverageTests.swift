import ConvNet
import Raster
import TestSupport
import Testing

/// Examples in the order in which they lie, in every epoch.
private struct Ordered: BatchSource {
  var examples: MemoryExamples
  var shape: FeatureShape { examples.shape }
  var count: Int { examples.count }
  var classCount: Int { examples.classCount }

  func load(
    _ positions: Range<Int>, epoch: Int?, images: UnsafeMutableBufferPointer<Float>,
    labels: UnsafeMutableBufferPointer<Int32>
  ) {
    examples.load(positions, epoch: nil, images: images, labels: labels)
  }
}

/// Keeps the weights in use at the end of every epoch.
private final class EpochWeights: CheckpointStore {
  var weights: [Weights] = []

  func save(_ bytes: [UInt8], as kind: CheckpointKind) throws {
    if kind == .last { weights.append(try Checkpoint(bytes).model.weights) }
  }
}

@Suite("The equal average of weights")
struct AverageTests {
  private static func settings(from first: Int) -> TrainingSettings {
    var settings = barSettings()
    settings.averagesFrom = first
    return settings
  }

  private func trainer(
    _ layers: String, _ settings: TrainingSettings, threads: Int = 2
  ) throws -> Trainer {
    let training = try bars(300, seed: 1)
    return try Trainer(
      Network(Architecture(layers), input: training.shape), settings: settings,
      classNames: ["lying", "upright"], normalization: .unit(channels: 1), training: training,
      validation: bars(100, seed: 2), team: .forNetworks(threads: threads))
  }

  @Test("is the mean of the weights at the ends of the epochs that count", arguments: [1, 4, 6])
  func mean(first: Int) throws {
    let trainer = try trainer(everything, Self.settings(from: first))
    let store = EpochWeights()
    let result = try trainer.run(store: store)
    #expect(store.weights.count == 6)
    let counting = store.weights[(first - 1)...]
    let expected = (0..<trainer.network.trainedCount).map { index in
      Float(counting.reduce(0.0) { $0 + Double($1.trained[index]) } / Double(counting.count))
    }
    #expect(difference(result.last.weights.trained, expected) < 1e-6)
    // What is trained goes on from its own weights: they are those of a run without an average.
    let plain = EpochWeights()
    _ = try self.trainer(everything, barSettings()).run(store: plain)
    #expect(plain.weights == store.weights)
    // Judged by the average, and before there is one by the weights in use.
    let evaluator = Evaluator(result.last, team: .forNetworks(threads: 1))
    #expect(
      try evaluator.evaluate(bars(100, seed: 2))!.loss == result.history.last!.validationLoss)
  }

  @Test("has statistics that are equal means over the batches of the last epoch")
  func statistics() throws {
    let trainer = try trainer("batchnorm; flatten; dense 2", Self.settings(from: 2))
    let result = try trainer.run()
    // The first layer sees the images: its statistics need no network.
    let examples = try bars(300, seed: 1)
    var (means, variances): ([Double], [Double]) = ([], [])
    for start in stride(from: 0, to: 300, by: 32) {
      let positions = start..<min(start + 32, 300)
      var images = [Float](repeating: 0, count: positions.count * 64)
      var labels = [Int32](repeating: 0, count: positions.count)
      images.withUnsafeMutableBufferPointer { images in
        labels.withUnsafeMutableBufferPointer { labels in
          examples.load(positions, epoch: 5, images: images, labels: labels)
        }
      }
      let mean = images.reduce(0) { $0 + Double($1) } / Double(images.count)
      means.append(mean)
      variances.append(
        images.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
          / Double(images.count - 1))
    }
    func slot(_ suffix: String) throws -> Float {
      let slot = try #require(trainer.network.slots.first { $0.shape.suffix == suffix })
      return try #require(result.last.weights.values(of: slot).first)
    }
    let mean = means.reduce(0, +) / Double(means.count)
    let variance = variances.reduce(0, +) / Double(variances.count)
    #expect(abs(Double(try slot("running_mean")) - mean) < 1e-6)
    #expect(abs(Double(try slot("running_var")) - variance) < 1e-6)
  }

  @Test("the file of the last state answers as the average does, and goes on from what is trained")
  func lastFile() throws {
    var moving = barSettings()
    moving.average = 0.9
    for settings in [moving, Self.settings(from: 3)] {
      let trainer = try trainer(everything, settings)
      let result = try trainer.run()
      let bytes = trainer.checkpoint.encoded()
      let (whole, checkpoint) = (try ModelFile.decode(bytes), try Checkpoint(bytes))
      #expect(whole.weights == result.last.weights)
      #expect(checkpoint.model.weights == trainer.checkpoint.model.weights)
      #expect(checkpoint.model.weights != whole.weights)
      #expect(checkpoint.encoded() == bytes)
    }
    // Before the first epoch that counts there is no average.
    let early = try trainer(everything, Self.settings(from: 3)).checkpoint
    #expect(try ModelFile.decode(early.encoded()).weights == early.model.weights)
  }

  @Test("is PyTorch's AveragedModel after update_bn")
  func pyTorch() throws {
    let golden = try Golden("swa")
    var settings = TrainingSettings()
    settings.batch = 8
    settings.epochs = 5
    settings.optimizer = .sgd(momentum: 0.9, nesterov: true)
    settings.rate = 0.05
    settings.weightDecay = 0
    settings.schedule = .constant
    settings.averagesFrom = 3
    let source = Ordered(
      examples: try MemoryExamples(
        shape: golden.network.input, classCount: 4, images: golden.images, labels: golden.labels))
    let result = try Trainer(
      golden.network, settings: settings, classNames: (0..<4).map { "\($0)" },
      normalization: .unit(channels: 2), weights: golden.weights, training: source,
      team: .forNetworks(threads: 2)
    ).run()
    golden.check(result.last.weights)
  }

  @Test("the number of threads doesn't change a bit")
  func threads() throws {
    let one = try trainer(everything, Self.settings(from: 3), threads: 1).run()
    let many = try trainer(everything, Self.settings(from: 3), threads: 3).run()
    #expect(one.last.weights == many.last.weights && one.history == many.history)
  }

  @Test("any number of ranks gives the same weights, of mixed pairs, too", arguments: [2, 3, 7])
  func ranks(count: Int) throws {
    var settings = Self.settings(from: 2)
    settings.epochs = 3
    settings.batch = 20
    settings.mixup = 0.5
    let set = settings
    @Sendable func trainer(_ link: (any RankLink)?) throws -> Trainer {
      let training = try bars(83, seed: 1)
      return try Trainer(
        Network(Architecture(everything), input: training.shape), settings: set,
        classNames: ["lying", "upright"], normalization: .unit(channels: 1), training: training,
        validation: bars(20, seed: 2), team: .forNetworks(threads: 1), ranks: link)
    }
    let one = try trainer(nil).run()
    for result in try ThreadRanks(count).run({ try trainer($0).run() }) {
      #expect(result.last.weights == one.last.weights && result.history == one.history)
    }
  }

  @Test(
    "a run stopped anywhere and resumed ends with the very same weights", arguments: [3, 20, 47])
  func resumes(stop: Int) throws {
    let whole = try trainer(everything, Self.settings(from: 3)).run()
    let checkpoint = try trainer(everything, Self.settings(from: 3)).checkpoint(stoppedAfter: stop)
    #expect(checkpoint.settings == Self.settings(from: 3))
    let second = try Trainer(
      resuming: checkpoint, training: bars(300, seed: 1), validation: bars(100, seed: 2),
      team: .forNetworks(threads: 1)
    ).run()
    #expect(second.last.weights == whole.last.weights)
    #expect(second.history.map(\.validationLoss) == whole.history.map(\.validationLoss))
  }

  @Test("begins with an epoch that there is, and not beside a moving average")
  func refusals() throws {
    for first in [0, 7] {
      #expect(throws: NetworkError.self) { try trainer(everything, Self.settings(from: first)) }
    }
    var both = Self.settings(from: 2)
    both.average = 0.9
    #expect(throws: NetworkError.self) { try trainer(everything, both) }
  }
}
