import ConvEngine
import Text

extension TrainingSettings {
  /// The settings as an object of a checkpoint's metadata.
  var json: JSON {
    func float(_ value: Float) -> JSON { .number(Double(value)) }
    func optional(_ value: Float?) -> JSON { value.map(float) ?? .null }
    var members: [(String, JSON)] = [
      ("epochs", .integer(epochs)), ("batch", .integer(batch)), ("rate", float(rate)),
      ("weight_decay", float(weightDecay)), ("smoothing", float(smoothing)),
      ("class_weights", classWeights.map { .array($0.map(float)) } ?? .null),
      ("clip", optional(clip)), ("average", optional(average)),
      ("patience", patience.map { .integer($0) } ?? .null),
      ("initialization", .string(initialization.rawValue)), ("seed", .string(String(seed))),
      ("warm_up", .number(schedule.warmUp)), ("rate_start", .number(schedule.start)),
      ("rate_end", .number(schedule.end)), ("drops_last", .bool(dropsLast)),
      ("views", .integer(views.rawValue)),
      ("groups", .array(groups.map(\.json))), ("mixup", float(mixup)),
      ("layer_decay", float(layerDecay)),
    ]
    if let averagesFrom { members.append(("averages_from", .integer(averagesFrom))) }
    if gradients != .f32 { members.append(("gradients", .string(gradients.rawValue))) }
    if precision != .f32 { members.append(("precision", .string(precision.rawValue))) }
    if let lookahead {
      members += [
        ("lookahead", .integer(lookahead.interval)), ("lookahead_decay", .number(lookahead.decay)),
      ]
    }
    switch schedule.shape {
    case .constant: members.append(("schedule", .string("constant")))
    case .cosine: members.append(("schedule", .string("cosine")))
    case .linear: members.append(("schedule", .string("linear")))
    case .plateau(let factor, let epochs):
      members += [
        ("schedule", .string("plateau")), ("step_factor", .number(factor)),
        ("step_epochs", .integer(epochs)),
      ]
    case .step(let factor, let epochs):
      members += [
        ("schedule", .string("step")), ("step_factor", .number(factor)),
        ("step_epochs", .integer(epochs)),
      ]
    }
    switch optimizer {
    case .sgd(let momentum, let nesterov):
      members += [
        ("optimizer", .string("sgd")), ("momentum", float(momentum)), ("nesterov", .bool(nesterov)),
      ]
    case .muon(let momentum, let nesterov, let others):
      members += [
        ("optimizer", .string("muon")), ("momentum", float(momentum)),
        ("nesterov", .bool(nesterov)),
        ("others_momentum", float(others)),
      ]
    case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon):
      var name = "adam"
      if case .adamW = optimizer { name = "adamw" }
      members += [
        ("optimizer", .string(name)), ("beta1", float(beta1)), ("beta2", float(beta2)),
        ("epsilon", float(epsilon)),
      ]
    }
    return .object(members)
  }

  init?(json: JSON) {
    func float(_ name: String) -> Float? { json[name]?.number.map { Float($0) } }
    guard let epochs = json["epochs"]?.integer, let batch = json["batch"]?.integer,
      let rate = float("rate"), let weightDecay = float("weight_decay"),
      let smoothing = float("smoothing"),
      let initialization = json["initialization"]?.string.flatMap({ Initialization(rawValue: $0) }),
      let seed = json["seed"]?.string.flatMap({ UInt64($0) }),
      let warmUp = json["warm_up"]?.number, let start = json["rate_start"]?.number,
      let end = json["rate_end"]?.number, let shape = Self.shape(json),
      let optimizer = Self.optimizer(json)
    else { return nil }
    self.epochs = epochs
    self.batch = batch
    self.rate = rate
    self.weightDecay = weightDecay
    self.smoothing = smoothing
    self.initialization = initialization
    self.seed = seed
    self.optimizer = optimizer
    schedule = Schedule(shape, warmUp: warmUp, start: start, end: end)
    classWeights = json["class_weights"]?.array?.compactMap { $0.number.map { Float($0) } }
    clip = float("clip")
    average = float("average")
    averagesFrom = json["averages_from"]?.integer
    patience = json["patience"]?.integer
    // What older files do not say is as it was then.
    dropsLast = json["drops_last"]?.bool ?? false
    guard let views = Views(rawValue: json["views"]?.integer ?? 1) else { return nil }
    self.views = views
    guard let gradients = Precision(rawValue: json["gradients"]?.string ?? "f32"),
      let precision = Precision(rawValue: json["precision"]?.string ?? "f32")
    else { return nil }
    self.gradients = gradients
    self.precision = precision
    mixup = float("mixup") ?? 0
    layerDecay = float("layer_decay") ?? 1
    for entry in json["groups"]?.array ?? [] {
      guard let group = ParameterGroup(json: entry) else { return nil }
      groups.append(group)
    }
    if let interval = json["lookahead"]?.integer, let decay = json["lookahead_decay"]?.number {
      lookahead = Lookahead(interval: interval, decay: decay)
    }
  }

  private static func shape(_ json: JSON) -> Schedule.Shape? {
    switch json["schedule"]?.string {
    case "constant": return .constant
    case "cosine": return .cosine
    case "linear": return .linear
    case "step", "plateau":
      guard let factor = json["step_factor"]?.number, let epochs = json["step_epochs"]?.integer
      else { return nil }
      return json["schedule"]?.string == "step"
        ? .step(factor: factor, epochs: epochs) : .plateau(factor: factor, epochs: epochs)
    default: return nil
    }
  }

  private static func optimizer(_ json: JSON) -> Optimizer? {
    func float(_ name: String) -> Float? { json[name]?.number.map { Float($0) } }
    let name = json["optimizer"]?.string
    if name == "sgd" || name == "muon" {
      guard let momentum = float("momentum"), let nesterov = json["nesterov"]?.bool else {
        return nil
      }
      if name == "muon" {
        return float("others_momentum").map {
          .muon(momentum: momentum, nesterov: nesterov, others: $0)
        }
      }
      return .sgd(momentum: momentum, nesterov: nesterov)
    }
    guard name == "adam" || name == "adamw", let beta1 = float("beta1"),
      let beta2 = float("beta2"), let epsilon = float("epsilon")
    else { return nil }
    return name == "adam"
      ? .adam(beta1: beta1, beta2: beta2, epsilon: epsilon)
      : .adamW(beta1: beta1, beta2: beta2, epsilon: epsilon)
  }
}

extension ParameterGroup {
  fileprivate var json: JSON {
    .object([
      ("pattern", .string(pattern)), ("rate", .number(Double(rate))),
      ("decay", decay.map { .number(Double($0)) } ?? .null),
      ("epochs", epochs.map { .integer($0) } ?? .null), ("fades", .bool(fades)),
    ])
  }

  fileprivate init?(json: JSON) {
    guard let pattern = json["pattern"]?.string, let rate = json["rate"]?.number,
      let fades = json["fades"]?.bool
    else { return nil }
    self.init(
      pattern, rate: Float(rate), decay: json["decay"]?.number.map { Float($0) },
      epochs: json["epochs"]?.integer, fades: fades)
  }
}
