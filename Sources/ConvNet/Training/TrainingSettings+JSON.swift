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
      ("rate_end", .number(schedule.end)),
    ]
    switch schedule.shape {
    case .constant: members.append(("schedule", .string("constant")))
    case .cosine: members.append(("schedule", .string("cosine")))
    case .linear: members.append(("schedule", .string("linear")))
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
    patience = json["patience"]?.integer
  }

  private static func shape(_ json: JSON) -> Schedule.Shape? {
    switch json["schedule"]?.string {
    case "constant": return .constant
    case "cosine": return .cosine
    case "linear": return .linear
    case "step":
      guard let factor = json["step_factor"]?.number, let epochs = json["step_epochs"]?.integer
      else { return nil }
      return .step(factor: factor, epochs: epochs)
    default: return nil
    }
  }

  private static func optimizer(_ json: JSON) -> Optimizer? {
    func float(_ name: String) -> Float? { json[name]?.number.map { Float($0) } }
    let name = json["optimizer"]?.string
    if name == "sgd" {
      guard let momentum = float("momentum"), let nesterov = json["nesterov"]?.bool else {
        return nil
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
