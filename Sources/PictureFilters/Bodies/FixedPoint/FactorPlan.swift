/// How the two factors of a formula kernel are applied to integer samples: as two passes, columns
/// first, with an intermediate of limited precision; within one level of the exact answer.
package enum FactorPlan: Sendable, Hashable {
  case fixed(FixedPointFactors)
  case single(SinglePrecisionFactors)

  /// Largest difference from the exact, unrounded answer that any picture can show, in levels,
  /// final rounding included.
  package var errorBound: Double {
    switch self {
    case .fixed(let factors): factors.errorBound
    case .single(let factors): factors.errorBound
    }
  }

  /// What samples become.
  package func output(of input: Element) -> Element {
    if case .fixed(let factors) = self, factors.widens { .uint16 } else { input }
  }

  /// The plan for factors as given: the answer wanted is `Σ column[j] · row[i] · in`.
  ///
  /// Eight-bit samples get 16-bit integer lanes where the error stays below one level.
  package init(column: [Double], row: [Double], input: Element) {
    precondition(input == .uint8 || input == .uint16, "pictures in integers")
    if input == .uint8, let fixed = FixedPointFactors(column: column, row: row),
      fixed.errorBound < 1
    {
      self = .fixed(fixed)
    } else {
      self = .single(SinglePrecisionFactors(column: column, row: row, input: input))
    }
  }
}

/// Factors in 16-bit integers, for 8-bit samples.
///
///     t   = (Σ column[j] · in[j] + 2^(a − 1)) >> a     a = columnBits − fraction
///     out = clamp((Σ row[i] · t[i] + 2^(b − 1)) >> b)  b = rowBits + fraction
///
/// Both shifts round halves up and keep the sign; `t` fits 16 signed bits, sums fit 32. Weights are
/// rounded with error diffusion, so that their sum is exact and flat fields keep their value.
///
/// Where they widen, results have 16 bits, 257 to a level: the weights of the row sum to 257/256 of what
/// they did, and b is less by 8.
package struct FixedPointFactors: Sendable, Hashable {
  package let column: [Int16]
  package let row: [Int16]
  package let columnBits: Int
  package let rowBits: Int
  package let fraction: Int
  package let widens: Bool
  /// In levels of the input.
  package let errorBound: Double
  /// Bounds of t.
  package let intermediate: ClosedRange<Int>

  /// b: by what the sums of the row are shifted.
  package var lastShift: Int { rowBits + fraction - (widens ? 8 : 0) }

  /// Nil where the values of the intermediate do not fit.
  package init?(column: [Double], row: [Double], widens: Bool = false) {
    let row = widens ? row.map { $0 * 257 / 256 } : row
    let columnMagnitude = column.reduce(0) { $0 + abs($1) }
    let rowMagnitude = row.reduce(0) { $0 + abs($1) }
    var best:
      (
        first: Quantised, second: Quantised, fraction: Int, error: Double,
        intermediate: ClosedRange<Int>
      )?
    for fraction in 1...7 {
      guard let first = Quantised(column, largest: 255, minimumBits: fraction + 1) else { continue }
      // The intermediate's bounds, from the weights as they are.
      let shift = first.bits - fraction
      let high = (255 * first.positive + 1 << (shift - 1)) >> shift
      let low = (-255 * first.negative + 1 << (shift - 1)) >> shift
      guard high <= 32767, low >= -32768,
        let second = Quantised(row, largest: max(high, -low), minimumBits: widens ? 8 : 1)
      else { continue }
      // What reaches the result: weights of both passes, then the rounding of t and of the result.
      let error =
        255 * first.error * rowMagnitude + 255 * columnMagnitude * second.error
        + rowMagnitude / Double(2 << fraction) + (widens ? 0.5 / 257 : 0.5)
      if best == nil || error < best!.error {
        best = (first, second, fraction, error, low...high)
      }
    }
    guard let best else { return nil }
    self.column = best.first.weights
    self.row = best.second.weights
    columnBits = best.first.bits
    rowBits = best.second.bits
    fraction = best.fraction
    self.widens = widens
    errorBound = best.error
    intermediate = best.intermediate
  }

  /// Weights times a power of two, in 16 bits.
  private struct Quantised {
    var weights: [Int16]
    var bits: Int
    /// Sum of the positive weights, and of the magnitudes of the negative ones.
    var positive = 0
    var negative = 0
    /// The largest error of a sum over inputs in 0…1.
    var error: Double

    /// The finest weights for which a sum over inputs of magnitude `largest` fits 32 bits.
    init?(_ exact: [Double], largest: Int, minimumBits: Int) {
      for bits in stride(from: 23, through: minimumBits, by: -1) {
        let unit = Double(1 << bits)
        guard exact.allSatisfy({ abs($0) * unit < 32767 }) else { continue }
        let weights = diffused(exact, unit: unit, sum: exact.reduce(0, +))
        let positive = weights.reduce(0) { $0 + max($1, 0) }
        let negative = weights.reduce(0) { $0 + max(-$1, 0) }
        // The half unit of the final shift (at most 7 more bits than the weights) must fit too.
        guard weights.allSatisfy({ abs($0) <= 32767 }),
          max(positive, negative) * largest + 64 << bits <= Int32.max
        else { continue }
        var high = 0.0
        var low = 0.0
        for (weight, value) in zip(weights, exact) {
          let error = Double(weight) / unit - value
          if error > 0 { high += error } else { low -= error }
        }
        self.weights = weights.map { Int16($0) }
        self.bits = bits
        self.positive = positive
        self.negative = negative
        error = max(high, low)
        return
      }
      return nil
    }
  }
}

/// Factors in single precision, for 16-bit samples and for weights of unusual size.
///
///     t   = Σ column[j] · in[j]
///     out = clamp(⌊Σ row[i] · t[i] + 0.5⌋)
///
/// Each sum runs in groups of 32 taps, from the first: products are rounded, then added in order to
/// the group's sum, which starts as the first product; the sums of the groups are added in order.
/// No multiplication is fused with an addition, so every processor gives the same bits.
package struct SinglePrecisionFactors: Sendable, Hashable {
  package static let group = 32
  package let column: [Float]
  package let row: [Float]
  package let errorBound: Double

  package init(column: [Double], row: [Double], input: Element) {
    self.column = column.map { Float($0) }
    self.row = row.map { Float($0) }
    let half = 1 / Double(1 << 24)
    let error =
      half * Self.roundings(column) * row.reduce(0) { $0 + abs($1) }
      + half * Self.roundings(row) * column.reduce(0) { $0 + abs($1) }
    errorBound = Double(input.top ?? 1) * error * 1.001 + 0.5
  }

  /// The sum of the magnitudes of all that is rounded on the way to a sum over samples in 0…1: each
  /// weight, each product, each partial sum of a group, each partial sum of groups.
  private static func roundings(_ weights: [Double]) -> Double {
    var rounded = 0.0
    var total = 0.0
    for start in stride(from: 0, to: weights.count, by: group) {
      var sum = 0.0
      for weight in weights[start..<min(start + group, weights.count)] {
        sum += abs(weight)
        rounded += 2 * abs(weight) + sum
      }
      total += sum
      rounded += total
    }
    return rounded
  }
}
