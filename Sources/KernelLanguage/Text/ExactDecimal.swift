import Raster

/// A number from decimal text as an integer over a power of ten: `value = numerator / 10^digits`.
///
/// The double that a short decimal text stands for gives the text back: the smallest number of
/// digits whose quotient rounds to the very same double.
package struct ExactDecimal: Equatable {
  package let numerator: Int
  /// Digits after the point (0…22).
  package let digits: Int

  /// Nil for numbers that no decimal text of at most 15 significant digits (and 22 after the
  /// point) gives: those were computed, not typed.
  package init?(_ value: Double) {
    guard value.isFinite else { return nil }
    var power = 1.0
    for digits in 0...22 {
      let numerator = (value * power).rounded()
      // Powers of ten up to 10^22 and integers below 2^53 are exact, so their quotient is rounded once.
      if abs(numerator) > 999_999_999_999_999 { return nil }
      if numerator / power == value {
        self.numerator = Int(numerator)
        self.digits = digits
        return
      }
      power *= 10
    }
    return nil
  }

  /// `10^digits`; nil where it does not fit.
  package var power: Int? { (0..<digits).reduce(1 as Int?) { power, _ in power?.times(10) } }

  /// The numerator over `10^more`, `more ≥ digits`; nil on overflow.
  package func numerator(over more: Int) -> Int? {
    var scaled = numerator
    for _ in digits..<max(more, digits) {
      let (product, overflow) = scaled.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      scaled = product
    }
    return scaled
  }
}
