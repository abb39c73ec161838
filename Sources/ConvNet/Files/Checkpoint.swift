import Text

/// A training run at a moment: a model file with all that is needed to go on to the very same
/// weights as a run that was never interrupted.
///
/// The tensors of the model are the weights that are judged: the average's where there is one. `resume.…`
/// holds the optimiser's memory, the weights that training changes where those are others, and the best
/// weights so far. Everything random is a function of seed, epoch and step, so no generator has a state.
public struct Checkpoint: Sendable {
  static let prefix = "resume."

  /// The network with the weights that training changes next.
  public var model: Model
  public var settings: TrainingSettings
  /// Examples of the training set: another set isn't the same run.
  public var examples: Int
  var progress: TrainingProgress
  var memories: [[Float]]
  var average: Weights?
  var slow: Weights?
  var best: Weights?

  /// Steps done.
  public var step: Int { progress.step }
  /// Steps of the whole run.
  public var steps: Int { plan.steps }
  /// Whether nothing is left to be done but to write the results.
  public var isComplete: Bool { step == steps || progress.hasRunOut(of: settings.patience) }
  /// Plans more epochs: the rate then is that of the longer run from the next step on.
  ///
  /// - Parameter epochs: of the whole run.
  /// - Returns: whether they are more than planned, and possible.
  public mutating func extend(to epochs: Int) -> Bool {
    guard epochs > settings.epochs, epochs <= 1_000_000 else { return false }
    settings.epochs = epochs
    // Whoever asks for more than patience had left gives it anew.
    if progress.hasRunOut(of: settings.patience) { progress.patientFrom = progress.history.count }
    return true
  }

  /// Epochs done so far.
  public var history: [EpochReport] { progress.history }

  /// The file, whole.
  public func encoded() -> [UInt8] {
    func vector(_ name: String, _ values: [Float]) -> Safetensors.Tensor {
      Safetensors.Tensor(Self.prefix + name, shape: [values.count], values: values)
    }
    var (model, kept) = (model, [("slow", slow), ("best", best)])
    if let average, isAveraging {
      kept.append(("trained", model.weights))
      model.weights = average
    } else {
      kept.append(("average", average))
    }
    var tensors = ModelFile.tensors(model)
    for (index, memory) in memories.enumerated() {
      tensors.append(vector("optimizer\(index)", memory))
    }
    for (name, weights) in kept {
      guard let weights else { continue }
      tensors.append(vector(name, weights.trained))
      tensors.append(vector(name + "_statistics", weights.statistics))
    }
    let metadata =
      ModelFile.metadata(model, kind: "checkpoint") + [
        ("settings", settings.json.compact), ("progress", progress.json.compact),
        ("examples", String(examples)),
      ]
    return Safetensors(metadata: metadata, tensors: tensors).encoded()
  }

  /// - Throws: `notACheckpoint` for a plain model, else as `ModelFile.decode`.
  public init(_ bytes: [UInt8]) throws(NetworkError) {
    let file = try Safetensors(bytes)
    model = try ModelFile.decode(file)
    guard file[metadata: "kind"] == "checkpoint" else { throw .notACheckpoint }
    guard let settings = file[metadata: "settings"].flatMap({ JSON($0.utf8) }),
      let progress = file[metadata: "progress"].flatMap({ JSON($0.utf8) }),
      let examples = file[metadata: "examples"].flatMap({ Int($0) }),
      let settings = TrainingSettings(json: settings),
      let progress = TrainingProgress(json: progress)
    else { throw .damaged("the state of the training is missing or unreadable") }
    try settings.check(classes: model.classNames.count)
    self.settings = settings
    self.progress = progress
    self.examples = examples
    let network = model.network
    func vector(_ name: String, _ count: Int) throws(NetworkError) -> [Float]? {
      guard let tensor = file.tensors.first(where: { $0.name == Self.prefix + name }) else {
        return nil
      }
      guard tensor.values.count == count else {
        throw .tensorShape(tensor.name, expected: [count], found: tensor.shape)
      }
      guard tensor.values.allSatisfy(\.isFinite) else {
        throw .damaged("tensor \(tensor.name) holds values that are no numbers")
      }
      return tensor.values
    }
    memories = []
    for index in 0..<settings.optimizer.memories {
      guard let memory = try vector("optimizer\(index)", network.trainedCount) else {
        throw .missingTensor("\(Self.prefix)optimizer\(index)")
      }
      memories.append(memory)
    }
    func weights(_ name: String) throws(NetworkError) -> Weights? {
      guard let trained = try vector(name, network.trainedCount) else { return nil }
      // Averages of older files have no statistics of their own.
      let statistics =
        try vector(name + "_statistics", network.statisticsCount) ?? model.weights.statistics
      return Weights(trained: trained, statistics: statistics)
    }
    average = try weights("average")
    if let trained = try weights("trained") {
      average = model.weights
      model.weights = trained
    }
    slow = try weights("slow")
    best = try weights("best")
    if (average != nil) != settings.averages {
      throw .missingTensor("\(Self.prefix)average")
    }
    if (slow == nil) != (settings.lookahead == nil) { throw .missingTensor("\(Self.prefix)slow") }
    guard (1...Int(Int32.max)).contains(examples), step <= steps,
      progress.history.count == step / plan.stepsPerEpoch,
      progress.history.enumerated().allSatisfy({ $0.offset == $0.element.epoch }),
      (progress.bestEpoch == nil) == (best == nil),
      (0...progress.history.count).contains(progress.patientFrom),
      progress.bestEpoch.map({ progress.history.indices.contains($0) }) ?? true
    else { throw .damaged("the state of the training contradicts itself") }
  }

  /// Whether the average is what is judged.
  private var isAveraging: Bool {
    settings.isAveraging(epochsDone: progress.step / plan.stepsPerEpoch)
  }

  private var plan: TrainingPlan {
    TrainingPlan(model.network, examples: examples, settings: settings, firstStep: step)
  }

  init(
    model: Model, settings: TrainingSettings, examples: Int, progress: TrainingProgress,
    memories: [[Float]], average: Weights?, slow: Weights?, best: Weights?
  ) {
    self.model = model
    self.settings = settings
    self.examples = examples
    self.progress = progress
    self.memories = memories
    self.average = average
    self.slow = slow
    self.best = best
  }
}

/// Where checkpoints go. The implementer writes files, each whole or not at all.
public protocol CheckpointStore {
  func save(_ bytes: [UInt8], as kind: CheckpointKind) throws
}

public enum CheckpointKind: Sendable, Hashable, CaseIterable {
  /// A checkpoint to resume from, replacing the one before.
  case last
  /// A plain model: the best by validation loss so far.
  case best
}
