/// The weights that bring an axis from one length to another, without aliasing.
///
/// A triangle, as wide as two target samples where the axis shrinks and as two source samples where
/// it grows (Pillow calls it bilinear):
///
///     weight(i, x) = max(0, 1 − |i + ½ − centre(x)| / width)    centre(x) = start + (x + ½) · scale
///     scale = length / target                                   width = max(1, scale)
///
/// then divided by their sum. Samples beyond the ends do not take part.
struct ResampleAxis: Sendable, Equatable {
  /// For each target sample: the first source sample, and where its weights lie.
  private(set) var first: [Int] = []
  private(set) var weights: [Range<Int>] = []
  private(set) var values: [Float] = []

  /// - Parameters:
  ///   - count: Samples of the source (≥ 1).
  ///   - start: Where the part to show begins, in source samples.
  ///   - length: Length of that part, in source samples (> 0).
  ///   - target: Samples of the target (≥ 1).
  init(count: Int, start: Double, length: Double, target: Int) {
    let scale = length / Double(target)
    let width = max(1, scale)
    for x in 0..<target {
      let centre = start + (Double(x) + 0.5) * scale
      let from = max(0, Int((centre - width).rounded(.down)))
      let to = min(count, Int((centre + width).rounded(.up)))
      var taps = (from..<max(from, to)).map { max(0, 1 - abs(Double($0) + 0.5 - centre) / width) }
      let leading = taps.prefix { $0 == 0 }.count
      taps.removeFirst(leading)
      while taps.last == 0 { taps.removeLast() }
      let sum = taps.reduce(0, +)
      let begin = values.count
      if sum > 0 {
        values += taps.map { Float($0 / sum) }
        first.append(from + leading)
      } else {
        // Rounding left no tap: the nearest sample.
        values.append(1)
        first.append(min(count - 1, max(0, Int(centre))))
      }
      weights.append(begin..<values.count)
    }
  }

  var target: Int { first.count }

  /// The source samples that target sample `x` is made of.
  func sources(_ x: Int) -> Range<Int> { first[x]..<first[x] + weights[x].count }
}
