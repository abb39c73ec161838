/// What a trainer tells while it runs.
public enum TrainingEvent: Sendable {
  /// Before the first step.
  case began(TrainingPlan)
  /// After each step.
  case step(StepReport)
  /// After each epoch.
  case epoch(EpochReport)
  /// Something looks wrong; training goes on.
  case warning(TrainingWarning)
}

/// What is about to be done.
public struct TrainingPlan: Sendable, Hashable {
  public var stepsPerEpoch: Int
  public var epochs: Int
  /// Steps done before (a resumed run), else 0.
  public var firstStep: Int
  public var steps: Int { stepsPerEpoch * epochs }
  /// Examples of a step, but of the last of an epoch.
  let batch: Int
  /// Examples of an epoch.
  private let examples: Int

  init(_ network: Network, examples: Int, settings: TrainingSettings, firstStep: Int) {
    let (whole, rest) = examples.quotientAndRemainder(dividingBy: settings.batch)
    // A single example has no variance: it joins the batch before it.
    let joins = rest == 1 && whole > 0 && network.firstComparison != nil
    // Fewer examples than a batch are not left out: nothing would remain.
    let drops = settings.dropsLast && whole > 0
    stepsPerEpoch = whole + (rest > 0 && !joins && !drops ? 1 : 0)
    epochs = settings.epochs
    batch = settings.batch
    self.examples = drops ? whole * settings.batch : examples
    self.firstStep = firstStep
  }

  /// The examples of a step, as positions in the order of its epoch.
  func positions(_ step: Int) -> Range<Int> {
    let place = step % stepsPerEpoch
    return place * batch..<(place + 1 == stepsPerEpoch ? examples : (place + 1) * batch)
  }

  /// Examples of the largest step: the last may have one more than the others, and a step that is alone
  /// no more than there are.
  package var largestBatch: Int {
    let last = positions(stepsPerEpoch - 1).count
    return stepsPerEpoch == 1 ? last : max(batch, last)
  }
}

public struct StepReport: Sendable, Hashable {
  /// From 0.
  public var epoch: Int
  /// Steps done in this epoch (≥ 1).
  public var stepInEpoch: Int
  /// Steps done in the run (≥ 1).
  public var step: Int
  /// Mean loss of the batch.
  public var loss: Double
  /// Mean loss and share of right answers in this epoch so far.
  public var epochLoss: Double
  public var epochAccuracy: Double
  public var rate: Double
}

public struct EpochReport: Sendable, Hashable {
  /// From 0.
  public var epoch: Int
  /// While training: the weights changed meanwhile.
  public var loss: Double
  public var accuracy: Double
  /// At the end of the epoch, where there are validation data.
  public var validationLoss: Double?
  public var validationAccuracy: Double?
  /// The rate of the last step.
  public var rate: Double
  /// By the caller's clock, validation included; 0 without a clock.
  public var seconds: Double
  /// Whether the model is the best so far.
  public var isBest: Bool
  /// Of `seconds`, those in which batches that are read from files were waited for.
  public var waited: Double = 0
}

public enum TrainingWarning: Sendable, Hashable, CustomStringConvertible {
  /// The loss is that of guessing.
  case stuckAtChance(step: Int, loss: Double, chance: Double)
  /// Nearly every example gets the same answer.
  case singleClass(step: Int, label: Int)
  /// The loss is far beyond that of guessing.
  case exploding(step: Int, loss: Double, chance: Double)
  /// The decay of the moving average is never reached.
  case shortAverage(steps: Int, decay: Float, reached: Float)

  public var description: String {
    switch self {
    case .stuckAtChance(let step, let loss, let chance):
      "after \(step) steps the loss (\(rounded(loss))) is that of guessing (\(rounded(chance)));"
        + " try a rate ten times lower, or normalised data"
    case .singleClass(let step, let label):
      "after \(step) steps nearly every example is taken for class \(label);"
        + " try a lower rate, or class weights if the classes differ much in size"
    case .exploding(let step, let loss, let chance):
      "after \(step) \(step == 1 ? "step" : "steps") the loss (\(rounded(loss))) is far beyond that of"
        + " guessing (\(rounded(chance))); try a lower rate, or shortened gradients (clip 1)"
    case .shortAverage(let steps, let decay, let reached):
      "\(steps) steps are too few for an average with a decay of \(decay): it grows as"
        + " (1 + step)/(10 + step), to \(rounded(Double(reached))) here"
    }
  }

  private func rounded(_ value: Double) -> String {
    // Losses of a run that explodes have hundreds of digits.
    guard abs(value) < 1e6 else { return "\(Float(value))" }
    let thousandths = Int((value * 1000).rounded())
    let digits = String(thousandths % 1000 + 1000).dropFirst()
    return "\(thousandths / 1000).\(digits)"
  }
}

/// How a training ended.
public enum TrainingEnd: Sendable, Hashable {
  case finished
  /// No lower validation loss for the patience given.
  case stoppedEarly(epoch: Int)
  /// The caller asked to stop; a checkpoint was saved.
  case cancelled(step: Int)
  /// A loss or gradient that is no number; the model is the last good one.
  case nonFinite(step: Int)
}
