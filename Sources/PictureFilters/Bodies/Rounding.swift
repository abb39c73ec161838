/// How an exact sum becomes a sample.
///
///     out = clamp(⌊(s + addend) / divisor⌋, 0 … top),   s = sum, or |sum| where `absolute`
///
/// With `addend = offset · divisor + ⌊divisor / 2⌋` halves are rounded up, after the offset.
package struct Rounding: Sendable, Hashable {
  package var addend: Int64
  /// ≥ 1; the planner has turned the signs of the weights where the scale was negative.
  package var divisor: Int64
  package var absolute: Bool

  package init(addend: Int64, divisor: Int64, absolute: Bool = false) {
    precondition(divisor >= 1, "a divisor is positive")
    self.addend = addend
    self.divisor = divisor
    self.absolute = absolute
  }

  /// What is added to a quotient in real numbers, before it is cut to a whole number: offset and ½.
  var raised: Double { Double(addend - divisor / 2) / Double(divisor) + 0.5 }

  /// `⌊(sum + addend) / divisor⌋` of the sum or of its magnitude.
  func apply(_ sum: Int64) -> Int64 {
    let raised = (absolute ? abs(sum) : sum) + addend
    // Division truncates towards zero: one less where a negative number leaves a rest.
    let quotient = raised / divisor
    return raised % divisor < 0 ? quotient - 1 : quotient
  }
}

/// Rounds sums where a rounding is given, and stores them; the sums are overwritten.
func storeSums(
  _ sums: UnsafeMutablePointer<Int64>, _ rounding: Rounding?, _ output: UnsafeMutableRawPointer,
  _ element: Element, _ width: Int
) {
  if let rounding, let top = element.top {
    for x in 0..<width { sums[x] = min(max(rounding.apply(sums[x]), 0), top) }
  }
  // Safety: both hold `width` values.
  func store<Sample: FixedWidthInteger>(_ type: Sample.Type) {
    let samples = output.assumingMemoryBound(to: Sample.self)
    for x in 0..<width { samples[x] = Sample(truncatingIfNeeded: sums[x]) }
  }
  switch element {
  case .uint8: store(UInt8.self)
  case .uint16: store(UInt16.self)
  case .int32: store(Int32.self)
  case .int64: store(Int64.self)
  }
}
