import KernelLanguage

extension StructuringElement {
  /// Members side by side: their row, and from which column to which.
  var runs: [(row: Int, columns: ClosedRange<Int>)] {
    (0..<height).flatMap { row in
      let columns =
        members == nil ? [0...width - 1] : Self.stretches(width) { contains($0, row) }
      return columns.map { (row, $0) }
    }
  }

  /// Neighbouring columns with members one below the other in the same rows, and in which.
  var stacks: [(columns: ClosedRange<Int>, rows: ClosedRange<Int>)] {
    if members == nil { return [(0...width - 1, 0...height - 1)] }
    var stacks: [(columns: ClosedRange<Int>, rows: ClosedRange<Int>)] = []
    for column in 0..<width {
      for rows in Self.stretches(height, { contains(column, $0) }) {
        let before = stacks.lastIndex { $0.rows == rows && $0.columns.upperBound == column - 1 }
        if let before {
          stacks[before].columns = stacks[before].columns.lowerBound...column
        } else {
          stacks.append((column...column, rows))
        }
      }
    }
    return stacks
  }

  private static func stretches(_ count: Int, _ isMember: (Int) -> Bool) -> [ClosedRange<Int>] {
    var found: [ClosedRange<Int>] = []
    for place in 0..<count where isMember(place) {
      if let last = found.last, last.upperBound == place - 1 {
        found[found.count - 1] = last.lowerBound...place
      } else {
        found.append(place...place)
      }
    }
    return found
  }
}
