public import ConvEngine
import Raster

/// How good a model is on a data set.
public struct Evaluation: Sendable, Hashable {
  /// Mean cross-entropy, without smoothing and class weights.
  public var loss: Double
  public var confusion: ConfusionMatrix
  /// Share of examples whose class is among the five best answers, for more than five classes.
  public var topFive: Double?
  /// Whether the probabilities of the answers mean what they say.
  public var calibration: Calibration
  /// For two classes, how well the probability of the second tells them apart; nil for more, and where
  /// only one of them occurs.
  public var curves: ThresholdCurves?

  public init(
    loss: Double, confusion: ConfusionMatrix, topFive: Double?, calibration: Calibration,
    curves: ThresholdCurves? = nil
  ) {
    self.loss = loss
    self.confusion = confusion
    self.topFive = topFive
    self.calibration = calibration
    self.curves = curves
  }

  public var accuracy: Double { confusion.accuracy }
}

/// What a model said of one example.
public struct Answer: Sendable, Hashable {
  /// The place of the example in the data.
  public var example: Int
  public var truth: Int
  public var guess: Int
  /// Of the guess and of the truth, 0…1.
  public var probability: Float
  public var truthProbability: Float
  /// Of the last class, 0…1.
  var lastProbability: Float

  /// - Parameter logits: one a class.
  init(example: Int, truth: Int, guess: Int, logits: UnsafeBufferPointer<Float>) {
    self.example = example
    self.truth = truth
    self.guess = guess
    let probabilities = SoftmaxCrossEntropy.softmax(Array(logits)[...])
    probability = probabilities[guess]
    truthProbability = probabilities[truth]
    lastProbability = probabilities[probabilities.count - 1]
  }
}

/// Runs a network over data sets, on all threads of a team.
public final class Evaluator {
  private let compiled: CompiledNetwork
  private let viewed: ViewedNetwork
  private let ranks: (any RankLink)?

  /// - Parameters:
  ///   - views: pictures of each example that are judged together.
  ///   - precision: of the products of convolutions and dense layers.
  ///   - ranks: processes that share the work; each gets all figures.
  public init(
    _ model: Model, views: Views = .one, precision: Precision = .f32, team: ThreadTeam,
    ranks: (any RankLink)? = nil
  ) {
    self.ranks = ranks
    compiled = CompiledNetwork(
      model.network, model.weights, batch: model.network.evaluationBatch, precision: precision,
      team: team)
    viewed = ViewedNetwork(compiled, views)
  }

  init(_ network: Network, precision: Precision, team: ThreadTeam, ranks: (any RankLink)? = nil) {
    self.ranks = ranks
    let empty = Weights(
      trained: [Float](repeating: 0, count: network.trainedCount),
      statistics: [Float](repeating: 0, count: network.statisticsCount))
    compiled = CompiledNetwork(
      network, empty, batch: network.evaluationBatch, precision: precision, team: team)
    viewed = ViewedNetwork(compiled, .one)
  }

  /// The weights to evaluate.
  public var weights: Weights {
    get { compiled.weights }
    set { compiled.weights = newValue }
  }

  /// - Parameters:
  ///   - progress: told the number of examples done; returns whether to go on.
  ///   - onAnswer: told what the model says of each example, in the order of the data.
  /// - Returns: nil when `progress` ended it.
  /// - Throws: when the data don't fit the network, and the source's errors.
  public func evaluate(
    _ source: any BatchSource, progress: (Int) -> Bool = { _ in true },
    onAnswer: ((Answer) -> Void)? = nil
  ) throws -> Evaluation? {
    let network = compiled.network
    if source.shape != network.input {
      throw NetworkError.inputShape(model: network.input, data: source.shape)
    }
    if source.count == 0 { throw NetworkError.noExamples }
    try network.checkClasses(source.classCount)
    let classes = source.classCount
    let loader = BatchLoader(source, batch: compiled.batch, team: compiled.team)
    let loss = SoftmaxCrossEntropy(classes: classes)
    var guesses = [Int32](repeating: 0, count: compiled.batch)
    var tally = SoftmaxCrossEntropy.Tally()
    var confusion = ConfusionMatrix(classes: classes)
    var inTopFive = 0
    let shared = ranks.map { SharedOutputs($0, batch: compiled.batch, classes: classes) }
    var calibration = Calibration()
    // Of the second of two classes.
    var (probabilities, isSecond): ([Float], [Bool]) = ([], [])
    for start in stride(from: 0, to: source.count, by: compiled.batch) {
      let count = min(compiled.batch, source.count - start)
      let logits: UnsafePointer<Float>
      let labels: [Int32]
      if let shared {
        (logits, labels) = try shared.outputs(start, of: source.count) { part, next in
          try loader.load(
            BatchLoader.Request(positions: part, epoch: nil),
            next: next.map { BatchLoader.Request(positions: $0, epoch: nil) })
          return (
            viewed.outputs(UnsafePointer(loader.images.base), count: part.count), loader.labels
          )
        }
      } else {
        let end = start + count
        let next = end..<min(end + compiled.batch, source.count)
        try loader.load(
          BatchLoader.Request(positions: start..<end, epoch: nil),
          next: BatchLoader.Request(positions: next, epoch: nil))
        logits = viewed.outputs(UnsafePointer(loader.images.base), count: count)
        labels = loader.labels
      }
      labels.withUnsafeBufferPointer { labels in
        guesses.withUnsafeMutableBufferPointer { guesses in
          // Safety: `count` labels and guesses, `count · classes` logits.
          tally += loss.evaluate(
            logits, UnsafeBufferPointer(rebasing: labels[..<count]), gradient: nil,
            guesses: guesses.baseAddress!)
        }
      }
      for example in 0..<count {
        let truth = Int(labels[example])
        confusion.add(truth: truth, guess: Int(guesses[example]))
        let row = logits + example * classes
        // Safety: a row of logits an example.
        let answer = Answer(
          example: start + example, truth: truth, guess: Int(guesses[example]),
          logits: UnsafeBufferPointer(start: row, count: classes))
        onAnswer?(answer)
        calibration.add(probability: answer.probability, isRight: answer.guess == truth)
        if classes == 2 {
          probabilities.append(answer.lastProbability)
          isSecond.append(truth == 1)
        }
        let better = (0..<classes).reduce(0) { $0 + (row[$1] > row[truth] ? 1 : 0) }
        if better < 5 { inTopFive += 1 }
      }
      if !progress(start + count) { return nil }
    }
    return Evaluation(
      loss: tally.meanLoss, confusion: confusion,
      topFive: classes > 5 ? Double(inTopFive) / Double(source.count) : nil,
      calibration: calibration,
      curves: ThresholdCurves(probabilities: probabilities, isPositive: isSecond))
  }
}
