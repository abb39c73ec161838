internal import CConvKernels

/// Operands of products of bfloat16: pairs of neighbours along the sum, a pair in the place of a float.
///
/// A run of odd length ends with a pair whose second weight is 0, whatever the other operand has there.
extension TensorKernels {
  /// Pairs that so many values fill.
  static func pairs(_ count: Int) -> Int { (count + 1) / 2 }

  /// As `pack`, pairs of neighbouring rows of each run.
  ///
  /// - Parameters:
  ///   - runs: stretches of `length` rows each.
  ///   - out: `panels(columns) · runs · pairs(length) · panel` elements.
  func packPairs(
    runs: Int = 1, length: Int, columns: Int, _ matrix: UnsafePointer<Float>, pitch: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<panels(columns) {
      packPairs(panel: index, runs: runs, length: length, columns: columns, matrix, pitch, out)
    }
  }

  /// One panel of these.
  func packPairs(
    panel index: Int, runs: Int = 1, length: Int, columns: Int, _ matrix: UnsafePointer<Float>,
    _ pitch: Int, _ out: UnsafeMutablePointer<Float>
  ) {
    let count = min(panel, columns - index * panel)
    let run = Self.pairs(length) * panel
    for number in 0..<runs {
      let to = out + (index * runs + number) * run
      if count < panel { to.update(repeating: 0, count: run) }
      table.pair_rows(
        length, count, matrix + number * length * pitch + index * panel, pitch, to, panel)
    }
  }

  /// Pairs of neighbouring rows in the place of panels of single numbers.
  ///
  /// - Parameter memory: `count` panels of `runs · length` rows, then of `runs · pairs(length)`.
  func pairPanels(
    _ count: Int, runs: Int = 1, length: Int, _ memory: UnsafeMutablePointer<Float>
  ) {
    for run in 0..<count * runs {
      // Safety: no row is written before it has been read.
      table.pair_rows(
        length, panel, memory + run * length * panel, panel,
        memory + run * Self.pairs(length) * panel, panel)
    }
  }

  /// Every value with the one `distance` behind it, 0 where there is none: a run from anywhere has its pairs
  /// at every second place.
  func pair(
    _ count: Int, distance: Int, _ values: UnsafePointer<Float>,
    into out: UnsafeMutablePointer<Float>
  ) {
    let whole = max(0, count - distance)
    table.pair(whole, values, values + (count - whole), out)
    table.pair(count - whole, values + whole, nil, out + whole)
  }

  /// The values of each row by twos.
  ///
  /// - Parameter out: `rows · pairs(columns)` elements.
  func fold(
    rows: Int, columns: Int, _ values: UnsafePointer<Float>,
    into out: UnsafeMutablePointer<Float>
  ) {
    let halves = UnsafeMutableRawPointer(out).assumingMemoryBound(to: UInt16.self)
    if columns % 2 == 0 { return table.round_row(rows * columns, values, halves) }
    for row in 0..<rows {
      let target = halves + 2 * row * Self.pairs(columns)
      table.round_row(columns, values + row * columns, target)
      target[columns] = 0
    }
  }
}
