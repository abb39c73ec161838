import KernelLanguage
import Matrices
import Reports
import Text

/// The arithmetic of a window as a lecture writes it: `105·0 + 102·−1 + … = 89`.
enum MatrixExplanation {
  /// - Parameter planes: how many matrices there are; their number is said where it is not 1.
  static func text(_ window: WindowArithmetic, planes: Int) -> String {
    (planes > 1 ? "plane \(window.plane + 1), " : "")
      + "row \(window.y + 1), column \(window.x + 1): " + arithmetic(window)
  }

  static func arithmetic(_ window: WindowArithmetic) -> String {
    let result = " = \(number(window.result))"
    switch window.form {
    case .sum(let sum):
      return text(sum)
    case .combined(let sums, let combination, let offset):
      return sums.map(text).joined(separator: "; ") + "; "
        + text(sums.map { number($0.result) }, combination) + plus(offset) + result
    case .pooling(let kind, let values):
      return text(values.map(number), kind) + result
    case .unsharp(let sum, let sample, let amount, let threshold):
      let difference = "\(number(sample)) − \(number(sum.result))"
      if abs(sample - sum.result) <= threshold {
        return text(sum) + "; |\(difference)| ≤ \(number(threshold)): " + number(sample)
      }
      return text(sum) + "; \(number(sample)) + \(number(amount))·(\(difference))" + result
    }
  }

  private static func text(_ results: [String], _ combination: Combination) -> String {
    switch combination {
    case .maximum: "max(" + results.joined(separator: ", ") + ")"
    case .minimum: "min(" + results.joined(separator: ", ") + ")"
    case .sum: results.joined(separator: " + ")
    case .magnitude:
      "√(" + results.map { $0.hasPrefix("−") ? "(\($0))²" : "\($0)²" }.joined(separator: " + ")
        + ")"
    }
  }

  private static func text(_ values: [String], _ kind: PoolingKind) -> String {
    switch kind {
    case .maximum: "max(" + values.joined(separator: ", ") + ")"
    case .minimum: "min(" + values.joined(separator: ", ") + ")"
    case .average: "(" + values.joined(separator: " + ") + ") / \(values.count)"
    }
  }

  private static func text(_ sum: WeightedSum) -> String {
    let terms = sum.terms.map { "\(number($0.value))·\(weight($0.weight))" }
    let total = terms.joined(separator: " + ") + " = \(number(sum.sum))"
    if sum.divisor == 1, sum.offset == 0, !sum.isAbsolute, sum.evening == 1 { return total }
    var quotient = number(sum.sum)
    if sum.evening != 1 { quotient += " · \(weight(sum.evening))" }
    if sum.divisor != 1 { quotient += " / \(weight(sum.divisor))" }
    if sum.isAbsolute { quotient = "|\(quotient)|" }
    return total + "; " + quotient + plus(sum.offset) + " = \(number(sum.result))"
  }

  private static func plus(_ offset: Double) -> String {
    offset == 0 ? "" : offset > 0 ? " + \(number(offset))" : " − \(number(-offset))"
  }

  private static func number(_ value: Double) -> String {
    shortest(value).replacing("-", with: "−")
  }

  /// Weights of formulas have more digits than people want.
  private static func weight(_ value: Double) -> String {
    let exact = shortest(value)
    return (exact.count <= 9 ? exact : NumberText.short(value, digits: 6))
      .replacing("-", with: "−")
  }
}
