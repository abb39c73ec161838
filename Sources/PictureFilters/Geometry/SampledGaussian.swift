/// A Gaussian along one axis whose results are summed up at every d-th sample only, over the whole window as
/// it is cut off; those between are laid through four of them by a cubic.
///
///     g(k) = Σ_t a(t) · in((k − 1)·d + t)      out(i) = Σ_{k = 0}^{3} c_k(i mod d) · g(⌊i / d⌋ + k)
///
/// What that differs from the Gaussian is known: the sums of what weights are too large, and too small.
/// For d of 1 there is nothing between.
struct SampledGaussian: GridAxis {
  let count: Int
  let spacing: Int
  /// Samples that a point sees on either side.
  let radius: Int
  /// a, from the first to the middle one.
  let weights: [Float]
  let scattering: [Float]
  /// The largest sum of the weights that are too large, or too small, of any place.
  let deviation: Double
  /// The magnitudes of all that is rounded on the way to a point, of samples in −1…1: sums of two, products,
  /// and partial sums as `conv_wide_table.fold` has them.
  let roundings: Double

  /// - Parameters:
  ///   - line: symmetric weights of sum 1, an odd number.
  ///   - count: samples of the axis (≥ 1).
  ///   - spacing: d, in samples (≥ 1).
  init(_ line: [Double], count: Int, spacing: Int) {
    precondition(line.count % 2 == 1 && count > 0 && spacing > 0, "a line about a middle")
    self.count = count
    self.spacing = spacing
    radius = line.count / 2
    weights = line[...radius].map { Float($0) }
    scattering = spacing == 1 ? [1] : Self.cubics(spacing)
    deviation = Self.deviation(line, weights, scattering, spacing)
    roundings = Self.roundings(weights)
  }

  var taps: Int { spacing == 1 ? 1 : 4 }
  /// Points before the first sample.
  private var lead: Int { spacing == 1 ? 0 : 1 }
  var points: Int { (count - 1) / spacing + taps }
  func start(_ index: Int) -> Int { index / spacing }

  func samples(_ point: Int) -> Range<Int> {
    let middle = (point - lead) * spacing
    return middle - radius..<middle + radius + 1
  }

  /// The largest sum of magnitudes of the weights of a sample.
  var gain: Double {
    stride(from: 0, to: scattering.count, by: taps).reduce(0) { most, place in
      max(most, scattering[place..<place + taps].reduce(0) { $0 + Double(abs($1)) })
    }
  }

  /// Tables, in bytes.
  var bytes: Int { 4 * (weights.count + scattering.count) }

  /// Lagrange's cubics through points at −d, 0, d and 2d, mirrored exactly.
  private static func cubics(_ spacing: Int) -> [Float] {
    func cubic(_ place: Int) -> [Float] {
      let x = Double(place) / Double(spacing)
      return [
        -x * (x - 1) * (x - 2) / 6, (x + 1) * (x - 1) * (x - 2) / 2, -(x + 1) * x * (x - 2) / 2,
        (x + 1) * x * (x - 1) / 6,
      ].map { Float($0) }
    }
    return (0..<spacing).flatMap { place in
      2 * place <= spacing ? cubic(place) : cubic(spacing - place).reversed()
    }
  }

  private static func roundings(_ weights: [Float]) -> Double {
    let magnitudes = weights.map { 2 * Double(abs($0)) }
    var (rounded, total) = (0.0, 0.0)
    let radius = weights.count - 1
    for first in stride(from: 0, to: radius, by: 64) {
      var part = 0.0
      for start in stride(from: first, to: min(first + 64, radius), by: 8) {
        var sum = 0.0
        for magnitude in magnitudes[start..<min(start + 8, first + 64, radius)] {
          sum += magnitude
          rounded += 2 * magnitude + sum
        }
        part += sum
        rounded += part
      }
      total += part
      rounded += total
    }
    return rounded + magnitudes[radius] + total
  }

  private static func deviation(
    _ line: [Double], _ weights: [Float], _ scattering: [Float], _ spacing: Int
  ) -> Double {
    // The weights as they are, in full.
    let made = line.indices.map { Double(weights[min($0, line.count - 1 - $0)]) }
    let taps = scattering.count / spacing
    let lead = taps > 1 ? spacing : 0
    var worst = 0.0
    // Places beyond the middle mirror those before it.
    for place in 0...spacing / 2 where place < spacing {
      let cubic = scattering[place * taps..<(place + 1) * taps].map { Double($0) }
      var (above, below) = (0.0, 0.0)
      // From the first sample that the first of the points sees.
      for x in 0..<line.count + (taps - 1) * spacing {
        var difference = 0.0
        for tap in 0..<taps where line.indices.contains(x - tap * spacing) {
          difference += cubic[tap] * made[x - tap * spacing]
        }
        let own = x - lead - place
        if line.indices.contains(own) { difference -= line[own] }
        if difference > 0 { above += difference } else { below -= difference }
      }
      worst = max(worst, above, below)
    }
    return worst
  }
}
