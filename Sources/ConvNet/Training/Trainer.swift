import ConvEngine
import Raster

/// Trains a network: batches in, events and checkpoints out. Prints nothing, knows no clock.
public final class Trainer {
  public let network: Network
  public let settings: TrainingSettings
  public let classNames: [String]
  public let normalization: Normalization
  /// Kept in the model file.
  public var facts: [String: String]
  let compiled: CompiledNetwork
  let optimizer: OptimizerRun
  let loss: SoftmaxCrossEntropy
  let loader: BatchLoader
  let validation: (any BatchSource)?
  let evaluator: Evaluator?
  /// The processes that share every batch, nil for this one alone.
  let ranks: (any RankLink)?
  /// The average of the weights, and of the running statistics or with such of its own.
  let average: WeightFollower?
  /// The slow weights.
  let slow: WeightFollower?
  var progress = TrainingProgress()
  var best: Weights?
  /// The weights at the end of the last epoch whose loss was a number.
  var good: Weights
  var guesses: [Int32]
  /// Where ranks share a batch: what this one's examples are mixed with.
  var partners = FloatBuffer(count: 0)
  var watch: FailureWatch
  /// Seconds of this epoch in which batches that are read from files were waited for.
  var waited = 0.0

  /// A run from the start.
  ///
  /// - Parameters:
  ///   - weights: where to start; nil for random weights from the seed.
  ///   - validation: what decides which epoch is the best; nil to keep the last.
  ///   - ranks: the processes that share every batch, each with the same data and settings.
  /// - Throws: when network, data and settings don't fit, and errors of the data.
  public init(
    _ network: Network, settings: TrainingSettings, classNames: [String],
    normalization: Normalization, weights: Weights? = nil, training: any BatchSource,
    validation: (any BatchSource)? = nil, facts: [String: String] = [:], team: ThreadTeam,
    ranks: (any RankLink)? = nil
  ) throws {
    try settings.check(classes: classNames.count)
    try network.checkClasses(classNames.count)
    for source in [training, validation].compactMap({ $0 }) {
      if source.count == 0 { throw NetworkError.noExamples }
      if source.shape != network.input {
        throw NetworkError.inputShape(model: network.input, data: source.shape)
      }
      if source.classCount != classNames.count {
        throw NetworkError.classCount(outputs: classNames.count, classes: source.classCount)
      }
    }
    self.network = network
    self.settings = settings
    self.classNames = classNames
    self.normalization = normalization
    self.facts = facts
    self.validation = validation
    let plan = TrainingPlan(network, examples: training.count, settings: settings, firstStep: 0)
    if let layer = network.firstComparison, min(training.count, settings.batch) < 2 {
      throw NetworkError.singleExample(layer: layer)
    }
    var start = weights ?? Weights(network, settings.initialization, seed: settings.seed)
    if weights == nil {
      try Whitening(network)?.apply(to: &start, training, seed: settings.seed, team: team)
    }
    good = start
    self.ranks = ranks
    let batch =
      ranks.map { max(1, BatchShare.mostExamples(of: plan.largestBatch, $0)) } ?? plan.largestBatch
    let division = ranks.map { WeightDivision(BatchShare(whole: plan.largestBatch, $0)) }
    compiled = CompiledNetwork(
      network, good, batch: batch, isTraining: true, precision: settings.precision, team: team,
      division: division)
    optimizer = OptimizerRun(settings, stepsPerEpoch: plan.stepsPerEpoch, compiled)
    loss = SoftmaxCrossEntropy(
      classes: classNames.count, smoothing: settings.smoothing, classWeights: settings.classWeights)
    loader = BatchLoader(training, batch: batch, team: team)
    evaluator =
      validation == nil
      ? nil : Evaluator(network, precision: settings.precision, team: team, ranks: ranks)
    average = settings.averages ? WeightFollower(compiled) : nil
    slow = settings.lookahead == nil ? nil : WeightFollower(compiled)
    guesses = [Int32](repeating: 0, count: plan.largestBatch)
    watch = FailureWatch(classes: classNames.count)
  }

  /// A run continued: the weights become the very same as without the interruption.
  ///
  /// - Throws: when the data aren't those of the checkpoint.
  public convenience init(
    resuming checkpoint: Checkpoint, training: any BatchSource,
    validation: (any BatchSource)? = nil, team: ThreadTeam, ranks: (any RankLink)? = nil
  ) throws {
    if training.count != checkpoint.examples {
      throw NetworkError.resumeMismatch(
        "the number of training examples (\(training.count), then \(checkpoint.examples))")
    }
    try self.init(
      checkpoint.model.network, settings: checkpoint.settings,
      classNames: checkpoint.model.classNames, normalization: checkpoint.model.normalization,
      weights: checkpoint.model.weights, training: training, validation: validation,
      facts: checkpoint.model.facts, team: team, ranks: ranks)
    progress = checkpoint.progress
    best = checkpoint.best
    for (buffer, values) in zip(optimizer.memories, checkpoint.memories) { buffer.values = values }
    if let weights = checkpoint.average { average?.weights = weights }
    if let weights = checkpoint.slow { slow?.weights = weights }
    good = currentWeights
  }

  /// What will be done.
  public var plan: TrainingPlan {
    TrainingPlan(
      network, examples: loader.source.count, settings: settings, firstStep: progress.step)
  }

  var stepsPerEpoch: Int { plan.stepsPerEpoch }

  /// The tensors of which each rank changes a part, or the whole, for all.
  package var divided: [String] { compiled.division?.pieces.map(\.slot.name) ?? [] }

  /// Whether examples are read from files while it trains.
  public var readsFiles: Bool { loader.source.readsFiles }

  func model(_ weights: Weights) -> Model {
    do {
      return try Model(
        network: network, weights: weights, classNames: classNames, normalization: normalization,
        facts: facts)
    } catch {
      preconditionFailure("checked by init: \(error)")
    }
  }

  /// The run as it was saved last; of one process, at this moment.
  public var checkpoint: Checkpoint {
    Checkpoint(
      model: model(compiled.weights), settings: settings, examples: loader.source.count,
      progress: progress, memories: optimizer.memories.map(\.values), average: average?.weights,
      slow: slow?.weights, best: best)
  }
}

/// What a training yields.
public struct TrainingResult: Sendable {
  public var end: TrainingEnd
  /// The best by validation loss; without validation, the last.
  public var best: Model
  /// The epoch of `best`, from 0, where validation chose it.
  public var bestEpoch: Int?
  /// The model after the last good step.
  public var last: Model
  public var history: [EpochReport]
}
