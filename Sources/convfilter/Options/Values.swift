import KernelLanguage
import Text

extension Int {
  /// Whole numbers with commas or an x between them: `2,3`, `64x48`; nil for any other text.
  static func list(_ text: String) -> [Int]? {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == "," || $0 == "x" }
    let numbers = parts.compactMap { Int($0) }
    return numbers.count == parts.count ? numbers : nil
  }
}

/// `N` or `X,Y`: whole numbers for both axes.
struct AxisPair: Equatable {
  var x: Int
  var y: Int

  init?(_ text: String) {
    guard let numbers = axisLengths(text, separators: ",xX×"), numbers.count <= 2 else {
      return nil
    }
    (x, y) = (numbers[0], numbers[numbers.count - 1])
  }
}

extension ResultOffset {
  /// A number of levels (`128`, `-3.5`) or per cent of full intensity (`50%`).
  init?(_ text: String) {
    let isPercent = text.hasSuffix("%")
    guard let value = Double(isPercent ? String(text.dropLast()) : text), value.isFinite
    else { return nil }
    self = isPercent ? .percent(value) : .levels(value)
  }
}

extension ScaleRule {
  /// A divisor, or `sum` for the sum of the taps.
  init?(_ text: String) {
    if text == "sum" {
      self = .sum
    } else {
      guard let value = Double(text), value.isFinite, value != 0 else { return nil }
      self = .value(value)
    }
  }
}

enum NormalizeChoice: String, CaseIterable {
  case none, unit, balanced

  var value: KernelNormalization {
    switch self {
    case .none: .none
    case .unit: .unit
    case .balanced: .balanced
    }
  }
}

enum RangeChoice: String, CaseIterable {
  case clamp, abs, offset, auto

  var value: ResultRange {
    switch self {
    case .clamp: .clamp
    case .abs: .absolute
    case .offset: .offset
    case .auto: .auto
    }
  }
}

enum AlphaChoice: String, CaseIterable {
  case auto, premultiply, keep, filter

  var value: AlphaRule {
    switch self {
    case .auto: .auto
    case .premultiply: .premultiply
    case .keep: .keep
    case .filter: .filter
    }
  }
}

enum DepthChoice: String, CaseIterable {
  case keep
  case eight = "8"
  case sixteen = "16"
  case float = "f32"

  var value: DepthRule {
    switch self {
    case .keep: .keep
    case .eight: .eight
    case .sixteen: .sixteen
    case .float: .float
    }
  }
}

/// A number of pixels: `100000`, `24M`, `1.5G`, or `none` for no limit.
struct PixelCount: Equatable, CustomStringConvertible {
  /// Nil for no limit.
  var pixels: Int?

  init(_ pixels: Int?) { self.pixels = pixels }

  init?(_ argument: String) {
    if argument == "none" {
      self.init(nil)
      return
    }
    var text = argument
    var factor = 1.0
    switch text.last {
    case "k", "K": factor = 1e3
    case "m", "M": factor = 1e6
    case "g", "G": factor = 1e9
    default: break
    }
    if factor > 1 { text.removeLast() }
    guard let value = Double(text), value * factor >= 1, value * factor < 1e15 else { return nil }
    self.init(Int(value * factor))
  }

  var description: String {
    guard let pixels else { return "none" }
    for (unit, name) in [(1_000_000_000, "G"), (1_000_000, "M")] where pixels % unit == 0 {
      return "\(pixels / unit)\(name)"
    }
    return "\(pixels)"
  }
}
