import Text

/// How far a run is, besides the numbers of the network: what a checkpoint keeps.
struct TrainingProgress: Sendable, Equatable {
  /// Steps done.
  var step = 0
  /// Sums over this epoch so far.
  var tally = SoftmaxCrossEntropy.Tally()
  var history: [EpochReport] = []
  /// The epoch whose model is kept, where validation chooses.
  var bestEpoch: Int?
  /// The epoch from which patience counts: 0, but for a run that it had ended and that goes on.
  var patientFrom = 0

  /// Whether a model is better than all before: by loss; among equals the later.
  func isBest(_ evaluation: Evaluation) -> Bool {
    guard let loss = bestEpoch.flatMap({ history[$0].validationLoss }) else { return true }
    return evaluation.loss <= loss
  }

  /// Whether `patience` epochs have passed since the one with the lowest validation loss, and since
  /// `patientFrom`.
  func hasRunOut(of patience: Int?) -> Bool {
    guard let patience, let lowest = history.lowestLoss else { return false }
    return history.count - 1 - max(lowest, patientFrom - 1) >= patience
  }
}

extension [EpochReport] {
  /// The epoch with the lowest validation loss, the first of equals; nil without validation.
  public var lowestLoss: Int? {
    indices.filter { self[$0].validationLoss != nil }
      .min { self[$0].validationLoss! < self[$1].validationLoss! }
  }
}

extension TrainingProgress {
  var json: JSON {
    func optional(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    return .object([
      ("step", .integer(step)), ("loss", .number(tally.loss)), ("weight", .number(tally.weight)),
      ("correct", .integer(tally.correct)), ("count", .integer(tally.count)),
      ("best_epoch", optional(bestEpoch.map { Double($0) })),
      ("patient_from", .integer(patientFrom)),
      (
        "history",
        .array(
          history.map {
            .object([
              ("epoch", .integer($0.epoch)), ("loss", .number($0.loss)),
              ("accuracy", .number($0.accuracy)), ("validation_loss", optional($0.validationLoss)),
              ("validation_accuracy", optional($0.validationAccuracy)),
              ("rate", .number($0.rate)), ("seconds", .number($0.seconds)),
              ("is_best", .bool($0.isBest)), ("waited", .number($0.waited)),
            ])
          })
      ),
    ])
  }

  init?(json: JSON) {
    guard let step = json["step"]?.integer, step >= 0, let loss = json["loss"]?.number,
      let weight = json["weight"]?.number, let correct = json["correct"]?.integer,
      let count = json["count"]?.integer, let history = json["history"]?.array
    else { return nil }
    self.step = step
    tally.loss = loss
    tally.weight = weight
    tally.correct = correct
    tally.count = count
    bestEpoch = json["best_epoch"]?.integer
    patientFrom = json["patient_from"]?.integer ?? 0
    for report in history {
      guard let epoch = report["epoch"]?.integer, let loss = report["loss"]?.number,
        let accuracy = report["accuracy"]?.number, let rate = report["rate"]?.number,
        let seconds = report["seconds"]?.number, let isBest = report["is_best"]?.bool
      else { return nil }
      self.history.append(
        EpochReport(
          epoch: epoch, loss: loss, accuracy: accuracy,
          validationLoss: report["validation_loss"]?.number,
          validationAccuracy: report["validation_accuracy"]?.number, rate: rate, seconds: seconds,
          isBest: isBest, waited: report["waited"]?.number ?? 0))
    }
  }
}
