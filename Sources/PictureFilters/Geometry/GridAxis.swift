/// Points along one axis, from which all samples of it are made: as sums of a few neighbours.
protocol GridAxis: Sendable {
  /// Samples of the axis.
  var count: Int { get }
  /// Samples from one point to the next (≥ 1).
  var spacing: Int { get }
  /// Points of the grid.
  var points: Int { get }
  /// Points that a sample is made of.
  var taps: Int { get }
  /// `taps` weights for each place between two points; each group sums to 1.
  var scattering: [Float] { get }
  /// The first of the `taps` points that sample `index` is made of.
  func start(_ index: Int) -> Int
  /// Samples that a point sees, counted from the first of the axis; some may lie beyond either end.
  func samples(_ point: Int) -> Range<Int>
}

extension GridAxis {
  /// What makes each sample of a row, for the kernels that bring rows to another length.
  var row: (starts: [Int32], weights: [Float], taps: Int) {
    let whole = (taps + 3) / 4 * 4
    var weights = [Float](repeating: 0, count: count * whole)
    for x in 0..<count {
      let place = x % spacing * taps
      for tap in 0..<taps { weights[x * whole + tap] = scattering[place + tap] }
    }
    return ((0..<count).map { Int32(start($0)) }, weights, whole)
  }
}
