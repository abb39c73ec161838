import Libc

/// A result of sums of products without the noise of binary fractions: 0.1 + 0.2 is 0.3.
///
/// The 15 digits that doubles are good for are counted from the largest term, so what remains of
/// terms that cancel is 0 and not 5.55e-17. Whole numbers stay as they are.
///
/// - Parameters:
///   - value: the sum.
///   - magnitude: the sum of the magnitudes of its terms.
func withoutNoise(_ value: Double, magnitude: Double) -> Double {
  guard value != 0, value != value.rounded() || abs(value) >= 0x1p53, magnitude.isFinite else {
    return value + 0
  }
  let exponent = Int(log10(max(magnitude, abs(value))).rounded(.down)) - 14
  guard (-22...0).contains(exponent) else {
    return exponent > 0 ? value : rounded(value, exponent)
  }
  // Powers of ten up to 10²² are exact, and so is the quotient's numerator: rounded once.
  let power = pow(10, Double(-exponent))
  return (value * power).rounded() / power + 0
}

/// To a multiple of 10^exponent, through decimal text: that power is no exact double.
private func rounded(_ value: Double, _ exponent: Int) -> Double {
  let scaled = value / pow(10, Double(exponent))
  guard abs(scaled) < 0x1p53 else { return value }
  return Double("\(Int(scaled.rounded()))e\(exponent)") ?? value
}
