import Libc

/// Where an axis begins and ends, and which values it names.
package struct Axis: Equatable {
  package let range: ClosedRange<Double>
  /// Within `range`, ascending.
  package let ticks: [Double]
  /// Decimals that tell the ticks apart.
  package let decimals: Int

  /// An axis with ticks at 1, 2 or 5 times a power of ten.
  ///
  /// - Parameters:
  ///   - values: what it has to show; what is not finite is left out.
  ///   - count: about so many ticks (≥ 2).
  ///   - whole: whether only whole numbers are named.
  ///   - lower: the lower end, where it is given; otherwise a tick.
  ///   - upper: the upper end, likewise.
  package init(
    values: [Double], count: Int, whole: Bool = false, lower: Double? = nil, upper: Double? = nil
  ) {
    // A loss that explodes is drawn as far as numbers can be told apart.
    let finite = values.filter { abs($0) < 1e100 }
    var low = lower ?? finite.min() ?? 0
    var high = upper ?? finite.max() ?? 1
    let room = max(0.5, abs(low) * 1e-3)
    if !(high > low) { (low, high) = (lower ?? low - room, upper ?? low + room) }
    if !(high > low) { high = low + 2 * room }
    let (step, decimals) = Self.step(span: high - low, count: count, whole: whole)
    if lower == nil { low = (low / step).rounded(.down) * step }
    if upper == nil { high = (high / step).rounded(.up) * step }
    range = low...high
    let first = Int((low / step - 1e-9).rounded(.up))
    let last = Int((high / step + 1e-9).rounded(.down))
    ticks = first <= last ? (first...last).map { Double($0) * step } : []
    self.decimals = decimals
  }

  /// An axis of logarithms: its ticks are round numbers, 1, 2, 5 and what lies between where there are
  /// too few of them.
  ///
  /// - Parameter values: logarithms to the base of ten; what is not finite is left out.
  package init(powers values: [Double]) {
    let finite = values.filter { abs($0) < 100 }
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    var ticks: [Double] = []
    for steps in [
      [1.0], [1, 2, 5], [1, 1.5, 2, 3, 5, 7], [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9],
    ] {
      let all = (Int(low.rounded(.down)) - 1...Int(high.rounded(.up)) + 1).flatMap { power in
        steps.map { Double(power) + log10($0) }
      }
      let first = all.lastIndex { $0 <= low + 1e-9 } ?? 0
      let last = all.firstIndex { $0 >= high - 1e-9 } ?? all.count - 1
      ticks = Array(all[first...max(last, min(first + 1, all.count - 1))])
      if ticks.count >= 4 { break }
    }
    self.ticks = ticks
    range = ticks[0]...ticks[ticks.count - 1]
    decimals = 0
  }

  /// The share of the axis at which a value stands.
  package func share(_ value: Double) -> Double {
    (value - range.lowerBound) / (range.upperBound - range.lowerBound)
  }

  private static func step(span: Double, count: Int, whole: Bool) -> (Double, Int) {
    let rough = span / Double(max(2, count))
    var power = 1.0
    var decimals = 0
    while power > rough && decimals < 9 { (power, decimals) = (power / 10, decimals + 1) }
    while power * 10 <= rough { power *= 10 }
    let factor = [1.0, 2, 5, 10].first { $0 * power >= rough * 0.999 } ?? 10
    if factor == 10 { decimals = max(0, decimals - 1) }
    let step = factor * power
    return whole && step < 1 ? (1, 0) : (step, decimals)
  }
}
