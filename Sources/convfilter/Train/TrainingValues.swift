import ArgumentParser
import ConvNet
import Datasets

enum OptimizerChoice: String, CaseIterable, ExpressibleByArgument {
  case sgd, adam, adamw
}

enum InitializationChoice: String, CaseIterable, ExpressibleByArgument {
  case glorot, he

  var value: Initialization {
    switch self {
    case .glorot: .glorot
    case .he: .he
    }
  }
}

/// `constant`, `cosine`, `one-cycle` or `step:FACTOR,EPOCHS`.
struct ScheduleValue: ExpressibleByArgument, Equatable {
  var schedule: ConvNet.Schedule

  /// What a value may be, for messages.
  static let expected =
    "expected constant, cosine, one-cycle, or step:FACTOR,EPOCHS, as in step:0.1,10"

  init?(argument: String) {
    switch argument {
    case "constant": schedule = .constant
    case "cosine": schedule = .cosine
    case "one-cycle", "onecycle": schedule = .oneCycle
    default:
      guard argument.hasPrefix("step:") else { return nil }
      let parts = argument.dropFirst(5).split(separator: ",", omittingEmptySubsequences: false)
      guard parts.count == 2, let factor = Double(parts[0]), let epochs = Int(parts[1]),
        factor > 0, factor <= 1, (1...1_000_000).contains(epochs)
      else { return nil }
      schedule = Schedule(.step(factor: factor, epochs: epochs))
    }
  }
}

/// `balanced`, or a number for each class.
enum ClassWeightsValue: ExpressibleByArgument, Equatable {
  case balanced
  case given([Float])

  init?(argument: String) {
    if argument == "balanced" {
      self = .balanced
      return
    }
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Float($0) }
    guard numbers.count == parts.count, !numbers.isEmpty else { return nil }
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

/// `none`, or `flip`, `shift=2`, `crop=28`, `cutout=8` with commas between.
struct AugmentationValue: ExpressibleByArgument, Equatable {
  var augmentation = Augmentation.none

  init(_ augmentation: Augmentation) { self.augmentation = augmentation }

  init?(argument: String) {
    if argument == "none" { return }
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
      switch (pair.first, pair.dropFirst().first) {
      case ("flip", nil), ("flip", "alternating"): augmentation.flip = .alternating
      case ("flip", "random"): augmentation.flip = .random
      case ("shift", let value?):
        guard let pixels = Self.pixels(value) else { return nil }
        augmentation.translation = pixels
      case ("cutout", let value?):
        guard let pixels = Self.pixels(value) else { return nil }
        augmentation.cutout = pixels
      case ("crop", let value?):
        guard let pixels = Self.pixels(value) else { return nil }
        augmentation.crop = .init(height: pixels, width: pixels)
      default: return nil
      }
    }
  }

  private static func pixels(_ text: String) -> Int? {
    Int(text).flatMap { (1...4096).contains($0) ? $0 : nil }
  }

  /// As it is written on the command line.
  var text: String {
    var parts: [String] = []
    switch augmentation.flip {
    case .none: break
    case .random: parts.append("flip=random")
    case .alternating: parts.append("flip")
    }
    if augmentation.translation > 0 { parts.append("shift=\(augmentation.translation)") }
    if let crop = augmentation.crop { parts.append("crop=\(crop.width)") }
    if augmentation.cutout > 0 { parts.append("cutout=\(augmentation.cutout)") }
    return parts.isEmpty ? "none" : parts.joined(separator: ",")
  }
}
