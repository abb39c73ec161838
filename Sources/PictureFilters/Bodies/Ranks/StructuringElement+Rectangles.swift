import KernelLanguage

extension StructuringElement {
  /// Rows and columns of neighbours that are members.
  typealias Rectangle = (rows: ClosedRange<Int>, columns: ClosedRange<Int>)

  /// A few rectangles that overlap, and of which every member is in one at least; nil where it takes more than
  /// `most`, or where so many come into question that looking for them would take long.
  func rectangles(most: Int) -> [Rectangle]? {
    var found: [Rectangle] = []
    func add(_ rows: ClosedRange<Int>, _ columns: ClosedRange<Int>) {
      if !found.contains(where: { $0.rows == rows && $0.columns == columns }) {
        found.append((rows, columns))
      }
    }
    for (row, columns) in runs {
      if found.contains(where: { $0.columns == columns && $0.rows.contains(row) }) { continue }
      let rows = Self.grown(row...row, within: height) { row in
        columns.allSatisfy { contains($0, row) }
      }
      add(rows, columns)
      if found.count > Self.mostCandidates { return nil }
    }
    for (columns, rows) in stacks {
      let grown = Self.grown(columns, within: width) { column in
        rows.allSatisfy { contains(column, $0) }
      }
      add(rows, grown)
      if found.count > 2 * Self.mostCandidates { return nil }
    }
    return cover(found, most: most)
  }

  private static let mostCandidates = 16

  /// The range with all of its neighbours that belong to it.
  private static func grown(
    _ range: ClosedRange<Int>, within count: Int, _ belongs: (Int) -> Bool
  ) -> ClosedRange<Int> {
    var (first, last) = (range.lowerBound, range.upperBound)
    while first > 0, belongs(first - 1) { first -= 1 }
    while last < count - 1, belongs(last + 1) { last += 1 }
    return first...last
  }

  /// Of rectangles the one that holds most of the members that are left, until none is.
  private func cover(_ found: [Rectangle], most: Int) -> [Rectangle]? {
    var isLeft: [Bool] = []
    for row in 0..<height {
      for column in 0..<width { isLeft.append(contains(column, row)) }
    }
    var taken: [Rectangle] = []
    while isLeft.contains(true) {
      if taken.count == most { return nil }
      var best: (count: Int, rectangle: Rectangle) = (0, found[0])
      for rectangle in found {
        var count = 0
        for row in rectangle.rows {
          for column in rectangle.columns where isLeft[row * width + column] { count += 1 }
        }
        if count > best.count { best = (count, rectangle) }
      }
      for row in best.rectangle.rows {
        for column in best.rectangle.columns { isLeft[row * width + column] = false }
      }
      taken.append(best.rectangle)
    }
    return taken
  }
}
