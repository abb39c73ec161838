import KernelLanguage
import Raster

/// How a correlation is laid into tiles that are transformed, and what that costs.
struct TransformLayout: Sendable {
  /// Distance between taps, in samples: each of so many planes is filtered by itself (≥ 1).
  let step: Int
  /// The first sample that a tap meets.
  let firstOffset: Int
  /// The window of a plane.
  let windowRows: Int
  let windowColumns: Int
  /// The tile.
  let rows: Int
  let columns: Int
  /// What stands for the middle of all samples.
  let middle: Int
  /// Points that are transformed forth and back a sample of the result, times the steps of each.
  let work: Double
  /// Weights at their places, parted so that every sum of a part is off by less than 1/4.
  let parts: [ShiftedTaps]

  struct ShiftedTaps: Sendable {
    var taps: [(row: Int, column: Int, weight: Int)]
    var shift: Int
  }

  /// Points of a tile at most.
  private static let mostPoints = 1 << 22
  /// More take so much memory that they must save half of the work.
  private static let handyPoints = 1 << 20
  /// Those that a core's share of the caches holds, and how much dearer points of more are.
  private static let cachedPoints = 1 << 18
  private static let uncached = 1.2
  private static let mostParts = 4
  /// Steps of a transform that are as dear as fetching and storing a point.
  private static let fixedSteps = 6.0

  init(_ request: BodyRequest) throws(BodyRefusal) {
    let count: Int
    switch request.weights {
    case .taps(let taps): count = taps.count
    default:
      let (column, row) = try request.lengths()
      guard let all = column.times(row) else { throw .windowTooLarge }
      count = all
    }
    guard count <= Self.mostPoints / 4, request.windowRows <= Self.mostPoints else {
      throw .windowTooLarge
    }
    let taps = try request.everyTap()
    let first = taps.reduce(Int.max) { min($0, $1.offset) }
    let last = taps.reduce(0) { max($0, $1.offset) }
    let step = max(taps.reduce(0) { greatestCommonDivisor($0, $1.offset - first) }, 1)
    let windowColumns = (last - first) / step + 1
    let middle = (request.top + 1) / 2
    guard
      let tile = Self.tile(
        rows: request.windowRows, columns: windowColumns, rowStride: request.rowStride,
        rowsACall: request.rowsACall)
    else { throw .windowTooLarge }
    // Two planes are the real and the imaginary part.
    let samples = Double(middle) * (2 * Double(tile.rows * tile.columns)).squareRoot()
    let bound = FourierPlan.errorBound(points: tile.rows * tile.columns)
    let parted = try Self.parts(taps.map(\.weight), norm: 0.25 / (samples * bound))
    parts = parted.map { part in
      ShiftedTaps(
        taps: zip(taps, part.weights).map {
          (row: $0.row, column: ($0.offset - first) / step, weight: $1)
        }, shift: part.shift)
    }
    self.step = step
    firstOffset = first
    windowRows = request.windowRows
    self.windowColumns = windowColumns
    rows = tile.rows
    columns = tile.columns
    self.middle = middle
    work = tile.work * Double(1 + parts.count) / 2
  }

  /// The tile that does least work a sample.
  private static func tile(rows: Int, columns: Int, rowStride: Int, rowsACall: Int?)
    -> (rows: Int, columns: Int, work: Double)?
  {
    var best: (rows: Int, columns: Int, work: Double)?
    for tall in 4...22 where 1 << tall >= rows {
      for wide in 6...22 where 1 << wide >= columns && 1 << (tall + wide) <= mostPoints {
        let apart = min(
          (1 << tall) - rows, rowsACall.map { ($0 - 1).saturatingProduct(rowStride) } ?? .max)
        let outputs = (apart / rowStride + 1).saturatingProduct((1 << wide) - columns + 1)
        let work =
          Double(1 << (tall + wide)) * (Double(tall + wide) + fixedSteps) / Double(outputs)
          * (1 << (tall + wide) > cachedPoints ? uncached : 1)
          * (1 << (tall + wide) > handyPoints ? 2 : 1)
        if best.map({ work < $0.work }) ?? true { best = (1 << tall, 1 << wide, work) }
      }
    }
    return best
  }

  /// Parts of weights, from the lowest digits up, the Euclidean norm of each at most `norm`:
  /// weight = Σ part · 2^shift.
  private static func parts(_ weights: [Int], norm: Double) throws(BodyRefusal)
    -> [(weights: [Int], shift: Int)]
  {
    func fit(_ weights: [Int]) -> Bool {
      weights.reduce(0) { $0 + Double($1) * Double($1) } <= norm * norm * 0.999
    }
    var parts: [(weights: [Int], shift: Int)] = []
    var rest = weights
    var shift = 0
    let digit = norm * 0.999 / Double(weights.count).squareRoot()
    let bits = digit < 1 ? 0 : min(digit.exponent + 1, 40)
    while !fit(rest) {
      guard bits > 0, parts.count + 1 < mostParts else { throw .tooManyParts }
      let low = rest.map { ($0 << (Int.bitWidth - Int(bits))) >> (Int.bitWidth - Int(bits)) }
      parts.append((low, shift))
      // Of digits of either sign the rest is whole; it cannot overflow, being smaller.
      rest = zip(rest, low).map { ($0 >> Int(bits)) + ($1 < 0 ? 1 : 0) }
      shift += Int(bits)
    }
    parts.append((rest, shift))
    return parts
  }
}
