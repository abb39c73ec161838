import ConvEngine
import KernelLanguage
import Raster

/// A kernel whose results are exact quotients of integers.
///
///     out = ⌊(Σ numerators · in + bias) / divisor + ½⌋
///
/// Numerators, divisor and bias have no common factor, and the divisor is positive.
struct IntegerKernel: Sendable, Hashable {
  var width: Int
  var height: Int
  /// Channels summed over; taps have the channel innermost.
  var depth: Int
  var weights: Numerators
  var divisor: Int
  /// The offset, in units of 1/divisor.
  var bias: Int

  enum Numerators: Sendable, Hashable {
    /// Row by row, channel innermost.
    case grid([Int])
    /// `column[j] · row[i]`, never multiplied out: a large Gaussian has millions of taps.
    case product(column: [Int], row: [Int])
  }

  /// Every weight, row by row, channel innermost.
  var numerators: [Int] {
    switch weights {
    case .grid(let numerators): numerators
    case .product(let column, let row): column.flatMap { a in row.map { a &* $0 } }
    }
  }

  /// The sum of the numerators.
  var sum: Int {
    switch weights {
    case .grid(let numerators): numerators.reduce(0, &+)
    case .product(let column, let row): column.reduce(0, &+) &* row.reduce(0, &+)
    }
  }

  /// The sum of their magnitudes (saturated).
  var magnitude: Int {
    func total(_ values: [Int]) -> Int {
      values.reduce(0) { sum, tap in
        let (value, overflow) = sum.addingReportingOverflow(Int(clamping: tap.magnitude))
        return overflow ? .max : value
      }
    }
    switch weights {
    case .grid(let numerators): return total(numerators)
    case .product(let column, let row): return total(column).times(total(row)) ?? .max
    }
  }

  /// The largest |Σ| over samples of at most `maximum` (saturated).
  func bound(maximum: Int) -> Int {
    let (value, overflow) = magnitude.multipliedReportingOverflow(by: maximum)
    return overflow ? .max : value
  }

  /// The largest square of a sum over samples in `0 … top` (saturated).
  func largestSquare(top: Int) -> Double {
    let (whole, all) = (Double(sum), Double(magnitude))
    let largest = max(all + whole, all - whole) / 2 * Double(top)
    return largest * largest
  }

  /// How sums become samples.
  func rounding(absolute: Bool = false) -> Rounding {
    Rounding(addend: Int64(bias + divisor / 2), divisor: Int64(divisor), absolute: absolute)
  }

  /// The same quotients with the smallest numbers.
  mutating func reduce() {
    if divisor < 0 {
      divisor = -divisor
      bias = -bias
      _ = scale(by: -1)
    }
    guard case .grid(let numerators) = weights else { return }
    var common = greatestCommonDivisor(divisor, bias)
    for tap in numerators where common > 1 { common = greatestCommonDivisor(common, tap) }
    guard common > 1 else { return }
    divisor /= common
    bias /= common
    weights = .grid(numerators.map { $0 / common })
  }

  /// Weights times a factor; false on overflow.
  mutating func scale(by factor: Int) -> Bool {
    var fits = true
    func times(_ value: Int) -> Int {
      guard let product = value.times(factor) else {
        fits = false
        return 0
      }
      return product
    }
    switch weights {
    case .grid(let numerators): weights = .grid(numerators.map(times))
    case .product(let column, let row): weights = .product(column: column, row: row.map(times))
    }
    return fits
  }

  /// Results `factor` times as large (16-bit levels from 8-bit ones); false on overflow.
  mutating func multiply(by factor: Int) -> Bool {
    guard scale(by: factor), let raised = bias.times(factor) else { return false }
    bias = raised
    reduce()
    return true
  }
}
