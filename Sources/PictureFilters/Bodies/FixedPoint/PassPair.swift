internal import CConvKernels

/// Columns, then rows, through an intermediate of 16 bits: the weights of both passes, and what becomes
/// of their sums.
struct PassPair {
  let column: [Int32]
  let row: [Int32]
  /// Bounds of the sums of the columns, once finished.
  let sums: ClosedRange<Int>
  /// Finishes the sums of the columns.
  private(set) var first: conv_finish
  /// Finishes the sums of the rows.
  private(set) var last: conv_finish
  let title: String

  /// The exact product of two factors.
  init(exact request: BodyRequest) throws(BodyRefusal) {
    guard request.input == .uint8 else { throw .sampleType }
    guard request.first == 0 else { throw .shifted }
    let (column, row) = try request.factors()
    guard (column + row).allSatisfy({ Int16(exactly: $0) != nil }) else {
      throw .weightsTooWide(bits: 16)
    }
    sums = sumBounds(column, top: request.top)
    guard sums.lowerBound >= Int(Int16.min), sums.upperBound <= Int16.max else {
      throw .sumsTooWide(bits: 16)
    }
    self.column = column.map { Int32($0) }
    self.row = row.map { Int32($0) }
    first = conv_finish()
    first.store = conv_store_i16
    last = try conv_finish(
      sums: try productBounds(column, row, top: request.top), bias: 0, rounding: request.rounding,
      output: request.output)
    title = "two exact passes"
  }

  /// A formula kernel in fixed point.
  init(formula request: BodyRequest) throws(BodyRefusal) {
    guard case .formula(let plan) = request.weights else { throw .notRoundedBetween }
    guard case .fixed(let factors) = plan else { throw .definedOtherwise }
    column = factors.column.map { Int32($0) }
    row = factors.row.map { Int32($0) }
    sums = factors.intermediate
    first = conv_finish()
    first.store = conv_store_i16
    first.shift = Int32(factors.columnBits - factors.fraction)
    first.start = 1 << (first.shift - 1)
    last = conv_finish()
    last.store = factors.widens ? conv_store_u16 : conv_store_u8
    last.division = conv_divide_shift
    last.shift = Int32(factors.lastShift)
    last.start = 1 << (last.shift - 1)
    last.top = Int32(min((factors.widens ? 65536 : 256) << last.shift - 1, Int(Int32.max)))
    title = "two passes in fixed point"
  }

  /// The same with something taken off the sums of the columns, so that the sum of any two fits 16
  /// bits: taps of the same weight are added before they are weighted.
  func mirrored() throws(BodyRefusal) -> PassPair {
    guard row.count % 2 == 1, row.count >= 3, row == row.reversed() else { throw .notMirrored }
    var pair = self
    if 2 * sums.lowerBound >= Int(Int16.min), 2 * sums.upperBound <= Int16.max { return pair }
    guard sums.upperBound - sums.lowerBound <= Int16.max else { throw .sumsTooWide(bits: 16) }
    let center = (sums.lowerBound + sums.upperBound + 1) >> 1
    pair.first.start -= Int32(center) << first.shift
    // Lanes may wrap; their sum does not.
    pair.last.start &+= row.reduce(0) { $0 &+ $1 &* Int32(center) }
    return pair
  }

  /// The weights of the row, two a word: (w[2j + first], w[2j + first + 1]), 0 beyond the ends.
  func words(from first: Int) -> [UInt32] {
    func weight(_ index: Int) -> UInt32 {
      row.indices.contains(index) ? UInt32(UInt16(bitPattern: Int16(row[index]))) : 0
    }
    return (0..<row.count / 2 + 1).map { weight(2 * $0 + first) | weight(2 * $0 + first + 1) << 16 }
  }
}
