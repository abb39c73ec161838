import Libc
import Text

/// A curve in letters: dots of Braille on a terminal, blocks on one line.
public enum LossPlot {
  /// A curve over several lines, its scale beside it, the loss drawn by its logarithm.
  ///
  /// - Parameters:
  ///   - values: from left to right; those that are not finite or not above 0 are left out.
  ///   - columns: of the whole plot (≥ 20).
  ///   - rows: (≥ 2).
  /// - Returns: lines that end with a line feed; an empty text where there is nothing to draw.
  public static func lines(_ values: [Double], columns: Int, rows: Int = 8) -> String {
    let points = values.enumerated().filter { $0.element.isFinite && $0.element > 0 }
    guard points.count >= 2, columns >= 20, rows >= 2 else { return "" }
    let logs = points.map { log10($0.element) }
    let (low, high) = (logs.min()!, logs.max()!)
    let labels = [high, (high + low) / 2, low].map { NumberText.short(pow(10, $0), digits: 3) }
    let margin = labels.map(\.count).max()! + 1
    let across = columns - margin - 1
    var dots = [[Bool]](repeating: [Bool](repeating: false, count: 2 * across), count: 4 * rows)
    var last: Int?
    for column in 0..<2 * across {
      // The mean of the points that fall into a column, or the nearest one.
      let first = column * points.count / (2 * across)
      let end = max(first + 1, (column + 1) * points.count / (2 * across))
      let mean =
        logs[first..<min(end, logs.count)].reduce(0, +) / Double(min(end, logs.count) - first)
      let share = high > low ? (high - mean) / (high - low) : 0.5
      let row = min(4 * rows - 1, max(0, Int((share * Double(4 * rows - 1)).rounded())))
      for y in min(row, last ?? row)...max(row, last ?? row) { dots[y][column] = true }
      last = row
    }
    return (0..<rows).map { row in
      let label =
        row == 0 ? labels[0] : row == rows - 1 ? labels[2] : row == rows / 2 ? labels[1] : ""
      let cells = (0..<across).map { cell in braille(dots, row, cell) }
      var line =
        String(repeating: " ", count: margin - 1 - label.count) + label + " ┤" + String(cells)
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  private static func braille(_ dots: [[Bool]], _ row: Int, _ cell: Int) -> Character {
    // The bits of a cell's dots, from the left column's top.
    let bits: [(Int, Int, UInt32)] = [
      (0, 0, 0x01), (1, 0, 0x02), (2, 0, 0x04), (3, 0, 0x40), (0, 1, 0x08), (1, 1, 0x10),
      (2, 1, 0x20), (3, 1, 0x80),
    ]
    let code = bits.reduce(UInt32(0)) { sum, bit in
      dots[4 * row + bit.0][2 * cell + bit.1] ? sum | bit.2 : sum
    }
    return code == 0 ? " " : Character(Unicode.Scalar(0x2800 + code)!)
  }

  /// A curve on one line, `█▅▃▂▁`: at most `columns` values, each the mean of its neighbours.
  public static func line(_ values: [Double], columns: Int = 40) -> String {
    let finite = values.filter { $0.isFinite && $0 > 0 }.map { log10($0) }
    guard !finite.isEmpty, columns >= 1 else { return "" }
    let count = min(columns, finite.count)
    let means = (0..<count).map { column -> Double in
      let part = finite[column * finite.count / count..<(column + 1) * finite.count / count]
      return part.reduce(0, +) / Double(part.count)
    }
    let (low, high) = (means.min()!, means.max()!)
    let blocks = Array("▁▂▃▄▅▆▇█")
    return String(
      means.map { value in
        high > low ? blocks[Int(((value - low) / (high - low) * 7).rounded())] : blocks[3]
      })
  }
}
