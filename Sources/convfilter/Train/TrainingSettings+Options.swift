import ConvNet
import Datasets
import Text

extension TrainingSettings {
  /// The options of `train` that give a described network these settings, but for the seed.
  ///
  /// - Parameter augmentation: how images are changed.
  func options(_ augmentation: Augmentation) -> [String] {
    let usual = TrainingSettings()
    var words = ["--epochs", "\(epochs)", "--batch", "\(batch)"]
    switch optimizer {
    case .sgd(let momentum, let nesterov):
      words += ["--optimizer", "sgd", "--momentum", "\(momentum)"]
      if !nesterov { words.append("--no-nesterov") }
    case .muon(let momentum, let nesterov, _):
      words += ["--optimizer", "muon", "--momentum", "\(momentum)"]
      if !nesterov { words.append("--no-nesterov") }
    case .adam: words += ["--optimizer", "adam"]
    case .adamW: break
    }
    words += ["--rate", "\(rate)", "--decay", "\(weightDecay)"]
    words += schedule.options
    if smoothing != usual.smoothing { words += ["--smoothing", "\(smoothing)"] }
    for group in groups { words += ["--group", GroupValue(group).text { "\($0)" }] }
    if let lookahead { words += ["--lookahead", "\(lookahead.interval)"] }
    if dropsLast { words.append("--drop-last") }
    if layerDecay != 1 { words += ["--layer-decay", "\(layerDecay)"] }
    if let clip { words += ["--clip", "\(clip)"] }
    if let average { words += ["--ema", "\(average)"] }
    if let averagesFrom { words += ["--swa", "\(averagesFrom)"] }
    if initialization != usual.initialization {
      words += ["--initialization", initialization.rawValue]
    }
    words += ["--augment", AugmentationValue(augmentation).text]
    if views != .one { words += ["--views", "\(views.rawValue)"] }
    return words
  }
}

extension ConvNet.Schedule {
  /// None where it is the usual one.
  fileprivate var options: [String] {
    if self == .oneCycle { return [] }
    let rises = warmUp > 0 ? ["--warm-up", "\(warmUp)"] : []
    let from = warmUp > 0 ? start : 1
    switch shape {
    case .constant:
      return ["--schedule", warmUp > 0 ? "constant:\(plain(start)),1" : "constant"] + rises
    case .cosine: return ["--schedule", "cosine:\(plain(from)),\(plain(end))"] + rises
    case .linear:
      return [
        "--schedule", "one-cycle:\(plain(from)),\(plain(end))", "--warm-up", plain(warmUp),
      ]
    case .step(let factor, let epochs):
      return ["--schedule", "step:\(plain(factor)),\(epochs)"] + rises
    case .plateau(let factor, let epochs):
      return ["--schedule", "plateau:\(plain(factor)),\(epochs)"] + rises
    }
  }

  /// A number with all its digits, and without any where it is 0 or 1.
  private func plain(_ value: Double) -> String {
    value == 0 || value == 1 ? "\(Int(value))" : "\(value)"
  }
}
