internal import CConvKernels

/// The weights of four output rows, packed as the lanes of their groups are.
///
/// Output row `r` sees the lanes of the first with its weights moved down by `r · rowStride` rows. A
/// place whose weights are zero for all four is left out.
struct DotWords {
  struct Place: Hashable {
    /// Groups from the first.
    var group: Int
    /// Samples from the first.
    var offset: Int
  }

  /// Ordered by group, then by offset.
  let places: [Place]
  /// Four words a place.
  let weights: [UInt32]

  /// - Parameter lane: rows in a lane, 2 or 4; weights fit 32 / lane bits.
  init(_ taps: [IntegerTap], lane: Int, rowStride: Int) {
    let bits = 32 / lane
    let rows = Int(conv_dot_rows)
    var words: [Place: [UInt32]] = [:]
    for tap in taps where tap.weight != 0 {
      for row in 0..<rows {
        let line = row * rowStride + tap.row
        let place = Place(group: line / lane, offset: tap.offset)
        let part = UInt32(bitPattern: tap.weight) & UInt32.max >> UInt32(32 - bits)
        words[place, default: [UInt32](repeating: 0, count: rows)][row] |=
          part << UInt32(line % lane * bits)
      }
    }
    places = words.keys.sorted { ($0.group, $0.offset) < ($1.group, $1.offset) }
    weights = places.flatMap { words[$0]! }
  }
}

extension DotWords {
  /// The weights of a column that is summed by pairs of rows.
  init(column: [Int32], _ request: BodyRequest) {
    self.init(
      column.enumerated().map {
        IntegerTap(row: $0.offset * request.rowStep, offset: 0, weight: $0.element)
      }, lane: 2, rowStride: request.rowStride)
  }
}
