import ConvNet
import Reports
import Text

extension TrainingSettings {
  /// `adamw, rate 0.002 (one-cycle), weight decay 0.02`, and what else was chosen.
  var text: String {
    func number(_ value: Float) -> String { NumberText.short(Double(value)) }
    var parts: [String] = []
    switch optimizer {
    case .sgd(let momentum, let nesterov):
      parts.append("sgd with momentum \(number(momentum))" + (nesterov ? " (Nesterov)" : ""))
    case .muon(let momentum, let nesterov, let others):
      parts.append(
        "muon with momentum \(number(momentum))" + (nesterov ? " (Nesterov)" : "")
          + " for kernels, sgd with momentum \(number(others)) for the rest")
    case .adam: parts.append("adam")
    case .adamW: parts.append("adamw")
    }
    parts.append("rate \(number(rate)) (\(schedule.name))")
    parts.append("weight decay \(number(weightDecay))")
    if smoothing > 0 { parts.append("label smoothing \(number(smoothing))") }
    if layerDecay < 1 { parts.append("layer decay \(number(layerDecay))") }
    if let lookahead { parts.append("lookahead every \(lookahead.interval) steps") }
    if let clip { parts.append("gradients up to \(number(clip))") }
    if let average { parts.append("moving average \(number(average))") }
    if let averagesFrom { parts.append("equal average from epoch \(averagesFrom) on") }
    if let patience { parts.append("patience \(patience)") }
    if classWeights != nil { parts.append("class weights") }
    if dropsLast { parts.append("whole steps only") }
    if gradients != .f32 { parts.append("gradients told as \(gradients.rawValue)") }
    if precision == .bf16 { parts.append("products in bf16") }
    if views != .one { parts.append("\(views.rawValue) views") }
    parts += groups.map { GroupValue($0).text }
    return parts.joined(separator: ", ")
  }
}

extension ConvNet.Schedule {
  /// As it is written on the command line, with the warm-up where it is not the usual one.
  fileprivate var name: String {
    let name =
      switch shape {
      case .constant: "constant"
      case .cosine: "cosine"
      case .linear: "one-cycle"
      case .step(let factor, let epochs): "step:\(NumberText.short(factor)),\(epochs)"
      case .plateau(let factor, let epochs): "plateau:\(NumberText.short(factor)),\(epochs)"
      }
    let usual = shape == .linear ? Self.oneCycle.warmUp : 0
    let ends = (start, end) == (Self.oneCycle.start, Self.oneCycle.end)
    return name + (ends ? "" : ":\(NumberText.short(start)),\(NumberText.short(end))")
      + (warmUp == usual ? "" : ", warm-up \(NumberText.short(warmUp))")
  }
}
