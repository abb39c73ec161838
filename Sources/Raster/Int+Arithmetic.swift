extension Int {
  /// The product, nil on overflow.
  package func times(_ factor: Int) -> Int? {
    let (value, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? nil : value
  }

  /// The sum, the largest number there is where it is larger.
  ///
  /// - Parameter other: as `self` ≥ 0.
  package func saturatingSum(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  /// The product, the largest number there is where it is larger.
  ///
  /// - Parameter factor: as `self` ≥ 0.
  package func saturatingProduct(_ factor: Int) -> Int { times(factor) ?? .max }
}

/// The greatest common divisor of magnitudes (0 for none but zeros).
package func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  var (a, b) = (a.magnitude, b.magnitude)
  while b != 0 { (a, b) = (b, a % b) }
  return Int(clamping: a)
}
