public import ConvEngine

/// Everything that decides the course of a training, besides the data.
public struct TrainingSettings: Sendable, Hashable {
  /// Passes over the data (≥ 1).
  public var epochs = 5
  /// Examples a step (≥ 1).
  public var batch = 128
  public var optimizer = Optimizer.adamW()
  /// The peak of the learning rate (> 0).
  public var rate: Float = 2e-3
  public var schedule = Schedule.oneCycle
  /// Weight decay, of kernels and dense weights only (≥ 0).
  public var weightDecay: Float = 0.02
  /// Label smoothing (0 ≤ ε < 1).
  public var smoothing: Float = 0
  /// One a class, or nil.
  public var classWeights: [Float]?
  /// α of the Beta distribution by whose shares pairs of examples are mixed (0…4), 0 for none.
  public var mixup: Float = 0
  /// Rates fall by this factor with every layer before the last (above 0, up to 1).
  public var layerDecay: Float = 1
  /// The longest gradient allowed, or nil.
  public var clip: Float?
  /// Decay of a moving average of the weights, which then is the model; or nil.
  public var average: Float?
  /// The first epoch, from 1, at whose end weights count in an equal average, which then is the model; or
  /// nil.
  public var averagesFrom: Int?
  /// Stop after so many epochs without a lower validation loss; or nil.
  public var patience: Int?
  public var initialization = Initialization.glorot
  /// Tensors that are trained otherwise than the rest; the first that names one counts.
  public var groups: [ParameterGroup] = []
  /// Slow weights that follow; or nil.
  public var lookahead: Lookahead?
  /// Whether the examples at the end of an epoch that fill no batch are left out of it.
  public var dropsLast = false
  /// Pictures of each example that are judged together once the model is trained.
  public var views = Views.one
  /// How several ranks tell each other gradients.
  public var gradients = Precision.f32
  /// Of the products of convolutions and dense layers while it is trained.
  public var precision = Precision.f32
  public var seed: UInt64 = 1

  public init() {}

  /// - Throws: the first setting that is out of range.
  public func check(classes: Int) throws(NetworkError) {
    func demand(_ isGood: Bool, _ what: String, _ allowed: String) throws(NetworkError) {
      if !isGood { throw .invalidSetting(what, allowed: allowed) }
    }
    try demand((1...1_000_000).contains(epochs), "the number of epochs", "1…1,000,000")
    try demand((1...65536).contains(batch), "the batch size", "1…65,536")
    try demand(rate > 0 && rate.isFinite, "the learning rate", "above 0")
    try demand(weightDecay >= 0 && weightDecay.isFinite, "the weight decay", "0 and above")
    try demand(smoothing >= 0 && smoothing < 1, "the label smoothing", "0 up to below 1")
    try demand((0...4).contains(mixup), "the mixup", "0…4")
    try demand(layerDecay > 0 && layerDecay <= 1, "the layer decay", "above 0, up to 1")
    try demand(clip.map { $0 > 0 } ?? true, "the gradient's limit", "above 0")
    try demand(average.map { $0 >= 0 && $0 < 1 } ?? true, "the average's decay", "0 up to below 1")
    try demand(
      averagesFrom.map { (1...epochs).contains($0) && average == nil } ?? true, "the equal average",
      "from one of the epochs on, without a moving average")
    try demand(patience.map { $0 >= 1 } ?? true, "the patience", "1 epoch and more")
    let shares = [schedule.warmUp, schedule.start, schedule.end]
    try demand(shares.allSatisfy { $0 >= 0 && $0 <= 1 }, "the schedule", "shares of 0…1")
    try demand(schedule.warmUp < 1, "the warm-up", "0 up to below 1 of the run")
    switch schedule.shape {
    case .constant, .cosine, .linear: break
    case .step(let factor, let epochs), .plateau(let factor, let epochs):
      let isGood = factor > 0 && factor <= 1 && (1...1_000_000).contains(epochs)
      try demand(
        isGood, "the schedule's steps", "a factor above 0, up to 1, every 1…1,000,000 epochs")
    }
    for group in groups {
      let isGood =
        group.rate > 0 && group.rate.isFinite
        && (group.decay.map { $0 >= 0 && $0.isFinite } ?? true)
        && (group.epochs.map { (0...1_000_000).contains($0) } ?? true)
        && (!group.fades || (group.epochs ?? 0) >= 1)
      try demand(
        isGood, "the group \(group.pattern)",
        "a rate above 0, a decay of 0 and above, and fading over 1 epoch and more")
    }
    if let lookahead {
      try demand(
        (1...1_000_000).contains(lookahead.interval) && lookahead.decay > 0 && lookahead.decay < 1,
        "the lookahead", "1 step and more, a decay between 0 and 1")
    }
    switch optimizer {
    case .muon(let momentum, _, let others):
      let isGood = [momentum, others].allSatisfy { $0 >= 0 && $0 < 1 }
      try demand(isGood, "the momentum", "0 up to below 1")
    case .sgd(let momentum, _):
      try demand(momentum >= 0 && momentum < 1, "the momentum", "0 up to below 1")
    case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon):
      let isGood = [beta1, beta2].allSatisfy { $0 >= 0 && $0 < 1 } && epsilon > 0
      try demand(isGood, "beta or epsilon", "betas of 0 up to below 1, epsilon above 0")
    }
    if let classWeights {
      if classWeights.count != classes {
        throw .classWeightCount(weights: classWeights.count, classes: classes)
      }
      let isGood =
        classWeights.allSatisfy { $0 >= 0 && $0.isFinite } && classWeights.contains { $0 > 0 }
      try demand(isGood, "a class weight", "0 and above, not all 0")
    }
  }
}
