import KernelLanguage

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
