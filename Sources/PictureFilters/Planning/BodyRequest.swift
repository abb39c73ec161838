import KernelLanguage
import Raster

/// What a body is asked for: weights over rows of interleaved samples, and what becomes of the sums.
///
/// It says which result is wanted, never how to compute it: every body that accepts a request yields
/// the same bytes.
package struct BodyRequest: Sendable {
  package enum WindowSum: Sendable {
    /// Single weights, each at its place.
    case taps([WeightedTap])
    /// `column[j] · row[i]`.
    case product(column: [Int], row: [Int])
    /// A one for every sample of a window.
    case ones(rows: Int, columns: Int)
    /// Two passes with an intermediate that is rounded: part of the result, the same on every processor.
    case formula(FactorPlan)
  }

  package var weights: WindowSum
  /// Distance between taps, in rows (≥ 1); of single taps no matter.
  package var rowStep = 1
  /// Distance between taps, in samples: channels · dilation (≥ 1); of single taps no matter.
  package var sampleStep = 1
  /// The sample that the first tap meets: another channel than the first (≥ 0).
  package var first = 0
  /// Rows of the window (≥ 1).
  package var windowRows: Int
  /// Distance between the windows of neighbouring output rows (≥ 1).
  package var rowStride: Int
  /// `.uint8` or `.uint16`.
  package var input: Element
  /// With a rounding `.uint8` or `.uint16`; without one `.int32`, which must hold the sums, or `.int64`.
  package var output: Element
  package var rounding: Rounding?
  /// Output rows of a call at most, where calls do not come with as many as the body prefers.
  package var rowsACall: Int?

  package init(
    _ weights: WindowSum, rowStep: Int = 1, sampleStep: Int = 1, first: Int = 0,
    windowRows: Int? = nil, rowStride: Int = 1, input: Element, output: Element,
    rounding: Rounding?
  ) {
    precondition(input == .uint8 || input == .uint16, "pictures in integers")
    self.weights = weights
    self.rowStep = rowStep
    self.sampleStep = sampleStep
    self.first = first
    let taps =
      switch weights {
      case .taps(let taps): (taps.map(\.row).max() ?? 0) + 1
      case .product(let column, _): (column.count - 1) * rowStep + 1
      case .ones(let rows, _): (rows - 1) * rowStep + 1
      case .formula(let plan): (plan.counts.column - 1) * rowStep + 1
      }
    self.windowRows = max(windowRows ?? 1, taps)
    self.rowStride = rowStride
    self.input = input
    self.output = output
    self.rounding = rounding
    if case .formula(let plan) = weights {
      precondition(
        output == plan.output(of: input) && rounding == nil && first == 0,
        "a formula rounds by itself")
    } else {
      precondition((rounding == nil) == (output.top == nil), "pictures are rounded, sums are not")
    }
  }

  /// The largest sample.
  var top: Int { Int(input.top!) }

  /// Column and row of weights that are a product.
  func factors() throws(BodyRefusal) -> (column: [Int], row: [Int]) {
    switch weights {
    case .product(let column, let row): return (column, row)
    case .ones(let rows, let columns):
      return ([Int](repeating: 1, count: rows), [Int](repeating: 1, count: columns))
    case .taps: throw .noProduct
    case .formula: throw .roundedBetween
    }
  }

  /// The lengths of column and row.
  func lengths() throws(BodyRefusal) -> (column: Int, row: Int) {
    switch weights {
    case .product(let column, let row): return (column.count, row.count)
    case .ones(let rows, let columns): return (rows, columns)
    case .taps: throw .noProduct
    case .formula: throw .roundedBetween
    }
  }

  /// The number of weights that are not 0.
  func liveTaps() throws(BodyRefusal) -> Int {
    func live(_ values: [Int]) -> Int { values.count { $0 != 0 } }
    switch weights {
    case .taps(let taps): return taps.count { $0.weight != 0 }
    case .product(let column, let row): return live(column) * live(row)
    case .ones(let rows, let columns): return rows * columns
    case .formula: throw .roundedBetween
    }
  }

  /// Multiplications a result, near enough to tell minutes from years.
  var operations: Double {
    switch weights {
    case .taps(let taps): Double(taps.count)
    case .product(let column, let row): Double(column.count + row.count)
    case .ones: 4
    case .formula(let plan): Double(plan.counts.column + plan.counts.row)
    }
  }

  /// Every weight at its place, at least one.
  func everyTap() throws(BodyRefusal) -> [WeightedTap] {
    if case .taps(let taps) = weights {
      return taps.isEmpty ? [WeightedTap(row: 0, offset: first, weight: 0)] : taps
    }
    let (column, row) = try factors()
    return column.indices.flatMap { j in
      row.indices.map { i in
        WeightedTap(
          row: j * rowStep, offset: first + i * sampleStep, weight: column[j] &* row[i])
      }
    }
  }

  /// The same where all weights fit 32 bits.
  func taps() throws(BodyRefusal) -> [IntegerTap] {
    var taps: [IntegerTap] = []
    for tap in try everyTap() {
      guard let weight = Int32(exactly: tap.weight) else { throw .weightsTooWide(bits: 32) }
      taps.append(IntegerTap(row: tap.row, offset: tap.offset, weight: weight))
    }
    return taps
  }

  /// The same request for other weights at the same places, or for sums of another width.
  func with(_ taps: [WeightedTap]? = nil, output: Element, rounding: Rounding? = nil)
    -> BodyRequest
  {
    var request = self
    if let taps { request.weights = .taps(taps) }
    request.output = output
    request.rounding = rounding
    return request
  }
}

/// A weight of any width, and where it meets the samples.
package struct WeightedTap: Sendable, Hashable {
  /// Distance from the first row of the window, in rows (≥ 0).
  package var row: Int
  /// Distance from the output sample's position, in samples (≥ 0).
  package var offset: Int
  package var weight: Int

  package init(row: Int, offset: Int, weight: Int) {
    precondition(row >= 0 && offset >= 0, "a window starts at its first tap")
    self.row = row
    self.offset = offset
    self.weight = weight
  }
}
