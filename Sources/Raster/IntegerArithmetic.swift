extension Int {
  /// The product, nil on overflow.
  package func times(_ factor: Int) -> Int? {
    let (value, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? nil : value
  }
}

/// The greatest common divisor of magnitudes (0 for none but zeros).
package func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  var (a, b) = (a.magnitude, b.magnitude)
  while b != 0 { (a, b) = (b, a % b) }
  return Int(clamping: a)
}
