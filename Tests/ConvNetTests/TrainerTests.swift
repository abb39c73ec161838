import ConvNet
import Random
import Raster
import Testing

@Suite("Training")
struct TrainerTests {
  func trainer(
    _ layers: String, _ settings: TrainingSettings = barSettings(), threads: Int = 2
  ) throws -> Trainer {
    let training = try bars(320, seed: 1)
    return try Trainer(
      Network(Architecture(layers), input: training.shape), settings: settings,
      classNames: ["lying", "upright"], normalization: .unit(channels: 1), training: training,
      validation: bars(100, seed: 2), team: .forNetworks(threads: threads))
  }

  @Test(
    "a small network learns bars",
    arguments: ["conv 8 3x3 relu; maxpool 2; flatten; dense 2", everything])
  func learns(layers: String) throws {
    let result = try trainer(layers).run()
    #expect(result.end == .finished)
    #expect(result.history.count == 6)
    #expect(result.history.last!.validationAccuracy! > 0.9)
    #expect(result.history.last!.loss < result.history.first!.loss)
    let evaluation = try Evaluator(result.best, team: .forNetworks(threads: 2))
      .evaluate(bars(100, seed: 2))
    #expect(evaluation!.accuracy == result.history.compactMap(\.validationAccuracy).max())
  }

  @Test("the number of threads doesn't change a bit of the weights", arguments: [2, 3, 5])
  func threads(count: Int) throws {
    let one = try trainer(everything, threads: 1).run()
    let many = try trainer(everything, threads: count).run()
    #expect(one.last.weights == many.last.weights)
    #expect(one.history == many.history)
  }

  @Test("another seed gives other weights")
  func seeds() throws {
    var settings = barSettings()
    settings.epochs = 1
    let first = try trainer(everything, settings).run()
    settings.seed = 2
    #expect(try trainer(everything, settings).run().last.weights != first.last.weights)
  }

  @Test("events come in order: the plan, every step, every epoch, by the caller's clock")
  func events() throws {
    var settings = barSettings()
    settings.epochs = 2
    var names: [String] = []
    var time = 0.0
    let result = try trainer(everything, settings).run(
      clock: {
        time += 1.5
        return time
      },
      onEvent: { event in
        switch event {
        case .began(let plan): names.append("began \(plan.firstStep)/\(plan.steps)")
        case .step(let report): names.append("\(report.epoch).\(report.stepInEpoch)")
        case .epoch(let report): names.append("epoch \(report.epoch)")
        case .warning: break
        }
      })
    let steps = { (epoch: Int) in (1...10).map { "\(epoch).\($0)" } }
    #expect(names == ["began 0/20"] + steps(0) + ["epoch 0"] + steps(1) + ["epoch 1"])
    #expect(result.history.map(\.seconds) == [1.5, 1.5])
  }

  @Test("a rate far too high ends at the first loss that is no number, with the last good model")
  func nonFinite() throws {
    var settings = barSettings()
    settings.optimizer = .sgd()
    settings.rate = 1e30
    settings.schedule = .constant
    let trainer = try trainer("conv 8 3x3 tanh; flatten; dense 2", settings)
    let start = trainer.checkpoint.model.weights
    let result = try trainer.run()
    guard case .nonFinite(let step) = result.end else {
      Issue.record("ended with \(result.end)")
      return
    }
    #expect(step < 20)
    #expect(result.last.weights == start)
    let isFinite = result.last.weights.trained.allSatisfy { $0.isFinite }
    #expect(isFinite)
  }

  @Test("a network that learns nothing is noticed")
  func stuck() throws {
    var settings = barSettings()
    settings.epochs = 25
    settings.optimizer = .sgd(momentum: 0)
    settings.rate = 1e-9
    var warnings: [TrainingWarning] = []
    _ = try trainer("globalavgpool; dense 2", settings).run(onEvent: {
      if case .warning(let warning) = $0 { warnings.append(warning) }
    })
    #expect(
      warnings.contains {
        if case .stuckAtChance(let step, _, _) = $0 { step == 200 } else { false }
      })
    #expect(
      "\(TrainingWarning.stuckAtChance(step: 200, loss: 0.70012, chance: 0.6931))"
        == "after 200 steps the loss (0.700) is that of guessing (0.693); try a rate ten times"
        + " lower, or normalised data")
  }

  @Test("the best epoch has the lowest validation loss, the last is kept beside it")
  func best() throws {
    var settings = barSettings()
    settings.epochs = 12
    settings.rate = 0.05
    settings.schedule = .constant
    let result = try trainer("conv 8 3x3 relu; maxpool 2; flatten; dense 2", settings).run()
    let losses = result.history.compactMap(\.validationLoss)
    #expect(result.bestEpoch == losses.lastIndex(of: losses.min()!))
    #expect(result.history.last(where: \.isBest)?.epoch == result.bestEpoch)
    let evaluator = Evaluator(result.last, team: .forNetworks(threads: 1))
    #expect(try evaluator.evaluate(bars(100, seed: 2))!.loss == losses.last)
  }

  @Test("an epoch whose validation loss is no number is never the best: the training fails")
  func validationLossNaN() throws {
    let training = try bars(64, seed: 1)
    let broken = try MemoryExamples(
      shape: training.shape, classCount: 2,
      images: training.images.enumerated().map { $0.offset == 5 ? .infinity : $0.element },
      labels: training.labels)
    let result = try Trainer(
      Network(Architecture("flatten; dense 2"), input: training.shape), settings: barSettings(),
      classNames: ["lying", "upright"], normalization: .unit(channels: 1), training: training,
      validation: broken, team: .forNetworks(threads: 1)
    ).run()
    #expect(result.end == .nonFinite(step: 1))
    #expect(result.history.isEmpty && result.bestEpoch == nil)
  }

  @Test("training stops when the validation loss stops falling, and keeps the best")
  func patience() throws {
    var settings = barSettings()
    settings.epochs = 40
    settings.patience = 2
    let training = try bars(320, seed: 1)
    // The better the network knows the bars, the further is it from labels that are turned round.
    let turned = try MemoryExamples(
      shape: training.shape, classCount: 2, images: training.images,
      labels: training.labels.map { 1 - $0 })
    let trainer = try Trainer(
      Network(Architecture("flatten; dense 16 relu; dense 2"), input: training.shape),
      settings: settings, classNames: ["lying", "upright"], normalization: .unit(channels: 1),
      training: training, validation: turned, team: .forNetworks(threads: 1))
    let result = try trainer.run()
    guard case .stoppedEarly(let epoch) = result.end else {
      Issue.record("ended with \(result.end)")
      return
    }
    #expect(epoch == 2 && result.history.lowestLoss == 0)
    #expect(result.history.count == epoch + 1)
    // Who asks for more epochs gives patience anew.
    var more = trainer.checkpoint
    let longer = more.extend(to: 50)
    #expect(longer && !more.isComplete)
    more = try Checkpoint(more.encoded())
    let further = try Trainer(
      resuming: more, training: training, validation: turned, team: .forNetworks(threads: 1)
    ).run()
    #expect(further.end == .stoppedEarly(epoch: epoch + 2))
  }

  @Test("settings and data that don't fit are refused")
  func refusals() throws {
    var settings = barSettings()
    settings.rate = 0
    #expect(throws: NetworkError.invalidSetting("the learning rate", allowed: "above 0")) {
      try trainer(everything, settings)
    }
    settings = barSettings()
    settings.classWeights = [1]
    #expect(throws: NetworkError.classWeightCount(weights: 1, classes: 2)) {
      try trainer(everything, settings)
    }
    #expect(throws: NetworkError.classCount(outputs: 3, classes: 2)) {
      try trainer("flatten; dense 3")
    }
    #expect(throws: NetworkError.lastLayerNotFlat(FeatureShape(height: 6, width: 6, channels: 2))) {
      try trainer("conv 2 3x3")
    }
    #expect(throws: NetworkError.labelOutOfRange(label: 2, classes: 2)) {
      try MemoryExamples(
        shape: .vector(1), classCount: 2, images: [0], labels: [2])
    }
  }

  @Test("class weights and smoothing change what is learned")
  func weighting() throws {
    var settings = barSettings()
    settings.epochs = 3
    settings.classWeights = [1, 0]
    // Only one class counts: everything is taken for it.
    let result = try trainer("flatten; dense 2", settings).run()
    let evaluation = try Evaluator(result.last, team: .forNetworks(threads: 1))
      .evaluate(bars(100, seed: 2))!
    #expect(evaluation.confusion.score(0).recall > 0.95)
  }

  @Test("the search for a rate finds where the loss falls, and leaves everything as it was")
  func rateSearch() throws {
    let trainer = try trainer("conv 8 3x3 relu; maxpool 2; flatten; dense 2")
    let before = trainer.checkpoint.encoded()
    let search = try trainer.searchRate(to: 100)
    #expect(trainer.checkpoint.encoded() == before)
    #expect(search.points.count > 50)
    #expect(zip(search.points, search.points.dropFirst()).allSatisfy { $0.rate < $1.rate })
    let steepest = try #require(search.steepest)
    #expect(steepest > 1e-5 && steepest < 10)
    #expect(search.tenthOfLowest > 1e-5 && search.tenthOfLowest < 1)
    let recommended = try #require(search.recommended)
    #expect(recommended >= steepest / 10 && recommended <= 2.5 * search.tenthOfLowest)
  }
}
