import Libc

/// A Gaussian of large σ along one axis, in two steps that meet on every d-th sample.
///
///     g(j) = Σ_t a(t) · in(j·d + t)      out(i) = Σ_j b(i − j·d) · g(j)
///
/// a and b are Gaussians of σ/√2, cut off at 4.5 of theirs. Each step takes about 11 products a sample,
/// whatever σ is. As far as d is at most 0.62σ, what lies between the samples of the grid adds a ripple
/// of at most 2·exp(−2π²(σ/2d)²) ≈ 5·10⁻⁶ of the result (the sum of samples of a Gaussian, by Poisson's
/// formula).
struct GaussianGrid: GridAxis {
  let sigma: Double
  /// Samples of the axis.
  let count: Int
  /// d, in samples (≥ 1).
  let spacing: Int
  /// Samples that either Gaussian sees on either side.
  let reach: Int
  /// The place of the first point of the grid, in spacings: not above 0.
  let first: Int
  /// Points of the grid.
  let points: Int
  /// a, from −reach to reach; sums to 1.
  let gathering: [Float]
  /// Points of the grid that a result sees.
  let taps: Int
  /// b, `taps` weights for each place between two points; each group sums to 1.
  let scattering: [Float]
  /// The first point that a result sees, from the one before or on it, for each place.
  private let starts: [Int]

  /// The smallest σ for which grids are made: below, any passes over all samples are as fast.
  static let smallestSigma = 4.9
  /// The largest d, in σ.
  private static let widestSpacing = 0.62
  /// Beyond the last σ of either step nothing is taken.
  private static let width = 4.5

  /// - Parameters:
  ///   - sigma: at least `smallestSigma`, in samples.
  ///   - count: samples of the axis (≥ 1).
  init(sigma: Double, count: Int) {
    precondition(sigma >= Self.smallestSigma && count > 0, "a wide Gaussian")
    self.sigma = sigma
    self.count = count
    let half = sigma / 2.0.squareRoot()
    spacing = Int(Self.widestSpacing * sigma)
    reach = Int((Self.width * half).rounded(.up))
    func bell(_ distance: Int) -> Double {
      exp(-Double(distance * distance) / (2 * half * half))
    }
    let line = (-reach...reach).map(bell)
    let sum = line.reduce(0, +)
    gathering = line.map { Float($0 / sum) }
    // The points within reach of each place.
    let (spacing, reach) = (self.spacing, self.reach)
    let seen = (0..<spacing).map { place in
      -((reach - place) / spacing)...(place + reach) / spacing
    }
    taps = seen.map(\.count).max()!
    starts = seen.map(\.lowerBound)
    first = starts.min()!
    points = (count - 1) / spacing + starts.max()! + taps - first
    var weights = [Float](repeating: 0, count: spacing * taps)
    for place in 0..<spacing {
      let line = seen[place].map { bell(place - $0 * spacing) }
      let sum = line.reduce(0, +)
      for (tap, weight) in line.enumerated() {
        weights[place * taps + tap] = Float(weight / sum)
      }
    }
    scattering = weights
  }

  /// The first of the `taps` points that result `index` sees, from the first of the grid.
  func start(_ index: Int) -> Int { index / spacing + starts[index % spacing] - first }

  /// Samples of the axis that a point sees, counted from its start; some may lie beyond either end.
  func samples(_ point: Int) -> Range<Int> {
    let middle = (first + point) * spacing
    return middle - reach..<middle + reach + 1
  }

  /// Tables, in bytes.
  var bytes: Int { 4 * (gathering.count + scattering.count) + 8 * starts.count }
}
