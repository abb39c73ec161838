import ArgumentParser

/// A number of the command line, and how it was typed: what is told of it is what the user knows.
struct NumberValue: ExpressibleByArgument, Equatable, Sendable {
  let text: String
  let value: Double
  /// In single precision: infinite or 0 where it holds none as large or as small.
  let single: Float

  init?(argument: String) {
    guard let value = Double(argument), let single = Float(argument) else { return nil }
    (text, self.value, self.single) = (argument, value, single)
  }

  /// - Parameter allowed: the range, in words.
  /// - Throws: `ValidationError` that names the option, what was typed and the range.
  func check(
    _ option: String, _ allowed: String, _ isGood: (NumberValue) -> Bool
  ) throws {
    if !isGood(self) { throw ValidationError("\(option) \(text): must be \(allowed)") }
  }
}
