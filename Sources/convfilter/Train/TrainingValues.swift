import ArgumentParser
import ConvEngine
import ConvNet
import Datasets
import Reports
import Text

enum OptimizerChoice: String, CaseIterable, ExpressibleByArgument {
  case sgd, adam, adamw, muon
}

enum InitializationChoice: String, CaseIterable, ExpressibleByArgument {
  case glorot, he, uniform, dirac, unit

  var value: Initialization {
    switch self {
    case .glorot: .glorot
    case .he: .he
    case .uniform: .uniform
    case .dirac: .dirac
    case .unit: .unit
    }
  }
}

/// `1`, `2` or `6` pictures of each image.
enum ViewsChoice: String, CaseIterable, ExpressibleByArgument {
  case one = "1"
  case two = "2"
  case six = "6"

  var value: Views {
    switch self {
    case .one: .one
    case .two: .two
    case .six: .six
    }
  }
}

/// `constant`, `cosine`, `one-cycle`, `step:FACTOR,EPOCHS` or `plateau:FACTOR,EPOCHS`; the first three
/// perhaps with `:START,END`.
struct ScheduleValue: ExpressibleByArgument, Equatable {
  var schedule: ConvNet.Schedule
  /// Whether start and end were said.
  private var hasEnds = false

  /// What a value may be, for messages.
  static let expected =
    "expected constant, cosine or one-cycle (perhaps with :START,END, shares of the peak from 0 to 1), "
    + "step:FACTOR,EPOCHS, as in step:0.1,10, or plateau:FACTOR,EPOCHS"

  init?(argument: String) {
    let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let numbers = parts.dropFirst().first.map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    }
    if let numbers, numbers.count != 2 || numbers.contains(nil) { return nil }
    let pair = numbers.map { ($0[0]!, $0[1]!) }
    switch parts[0] {
    case "constant": schedule = .constant
    case "cosine": schedule = .cosine
    case "one-cycle", "onecycle": schedule = .oneCycle
    case "step", "plateau":
      guard let (factor, count) = pair, factor > 0, factor <= 1,
        let epochs = Int(exactly: count), (1...1_000_000).contains(epochs)
      else { return nil }
      schedule = Schedule(
        parts[0] == "step"
          ? .step(factor: factor, epochs: epochs) : .plateau(factor: factor, epochs: epochs))
      return
    default: return nil
    }
    guard let (start, end) = pair else { return }
    guard (0...1).contains(start), (0...1).contains(end) else { return nil }
    (schedule.start, schedule.end) = (start, end)
    hasEnds = true
  }

  /// What is wrong where a number would change nothing; nil where nothing is.
  ///
  /// - Parameter warmUp: as it was given, or nil.
  func idleNumber(warmUp: Double?) -> String? {
    guard hasEnds else { return nil }
    func text(_ name: String, _ start: Double, _ end: Double) -> String {
      "\(name):\(NumberText.short(start)),\(NumberText.short(end))"
    }
    let name =
      switch schedule.shape {
      case .constant: "constant"
      case .cosine: "cosine"
      default: "one-cycle"
      }
    let (start, end) = (schedule.start, schedule.end)
    let place = "--schedule \(text(name, start, end)): "
    if case .constant = schedule.shape, end != 1 {
      return place + "a constant rate ends where its peak is; write \(text(name, start, 1))"
    }
    if (warmUp ?? schedule.warmUp) == 0, start != 1 {
      return place
        + "without a warm-up the rate starts at its peak; write \(text(name, 1, end)), or say with "
        + "--warm-up for how long it rises"
    }
    return nil
  }
}

/// `batchnorm*.bias:rate=64,decay=0.1` or `conv1.bias:epochs=3,fade`.
struct GroupValue: ExpressibleByArgument, Equatable {
  var group: ParameterGroup

  /// What a value may be, for messages.
  static let expected =
    "expected NAMES:SETTINGS, as in 'batchnorm*.bias:rate=64,decay=0.1': rate (above 0), decay, "
    + "epochs (0 for never), and fade with epochs"

  init(_ group: ParameterGroup) { self.group = group }

  init?(argument: String) {
    let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
    group = ParameterGroup(String(parts[0]))
    for part in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
      switch (pair.first, pair.dropFirst().first) {
      case ("rate", let text?):
        guard let value = Float(text), value.isPositive else { return nil }
        group.rate = value
      case ("decay", let text?):
        guard let value = Float(text), value >= 0, value.isFinite else { return nil }
        group.decay = value
      case ("epochs", let text?):
        guard let value = Int(text), (0...1_000_000).contains(value) else { return nil }
        group.epochs = value
      case ("fade", nil): group.fades = true
      default: return nil
      }
    }
    if group.fades, (group.epochs ?? 0) < 1 { return nil }
  }

  /// As it is written on the command line, numbers with few digits.
  var text: String { text { NumberText.short(Double($0)) } }

  func text(_ number: (Float) -> String) -> String {
    var parts: [String] = []
    if group.rate != 1 { parts.append("rate=\(number(group.rate))") }
    if let decay = group.decay { parts.append("decay=\(number(decay))") }
    if let epochs = group.epochs { parts.append("epochs=\(epochs)") }
    if group.fades { parts.append("fade") }
    return group.pattern + ":" + parts.joined(separator: ",")
  }
}

/// `balanced`, or a number for each class.
enum ClassWeightsValue: ExpressibleByArgument, Equatable {
  case balanced
  case given([Float])

  /// What a value may be, for messages.
  static let expected =
    "expected balanced, or a number for each class, 0 or more (up to 3.4e38) and not all 0, as in 1,2.5"

  init?(argument: String) {
    if argument == "balanced" {
      self = .balanced
      return
    }
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Float($0) }
    guard numbers.count == parts.count, numbers.allSatisfy({ $0 >= 0 && $0.isFinite }),
      numbers.contains(where: \.isPositive)
    else { return nil }
    self = .given(numbers)
  }

  /// Balanced weights are `images / (classes · images of the class)`.
  func weights(_ support: [Int]) -> [Float] {
    switch self {
    case .given(let weights): return weights
    case .balanced:
      let total = Float(support.reduce(0, +))
      return support.map { $0 == 0 ? 0 : total / (Float(support.count) * Float($0)) }
    }
  }
}
