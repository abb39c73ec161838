/// How often each class was taken for which: one row per true class, one column per answer.
public struct ConfusionMatrix: Sendable, Equatable {
  public let classNames: [String]
  /// `[classes, classes]`, row by row.
  public let counts: [Int]

  /// - Parameter counts: `[classes, classes]`, each ≥ 0.
  public init(classNames: [String], counts: [Int]) {
    precondition(counts.count == classNames.count * classNames.count, "a square of counts")
    precondition(counts.allSatisfy { $0 >= 0 }, "a count is not negative")
    self.classNames = classNames
    self.counts = counts
  }

  /// From pairs of true class and answer.
  ///
  /// - Parameters:
  ///   - truth: `[examples]`, indices into `classNames`.
  ///   - answers: `[examples]`, likewise.
  public init(classNames: [String], truth: [Int], answers: [Int]) {
    precondition(truth.count == answers.count, "an answer for each example")
    var counts = [Int](repeating: 0, count: classNames.count * classNames.count)
    for (row, column) in zip(truth, answers) { counts[row * classNames.count + column] += 1 }
    self.init(classNames: classNames, counts: counts)
  }

  public var classes: Int { classNames.count }

  /// Examples of class `truth` that were taken for `answer`.
  public subscript(truth: Int, answer: Int) -> Int { counts[truth * classes + answer] }

  /// Examples of each class.
  public var support: [Int] {
    (0..<classes).map { row in (0..<classes).reduce(0) { $0 + self[row, $1] } }
  }

  /// How often each class was the answer.
  public var answered: [Int] {
    (0..<classes).map { column in (0..<classes).reduce(0) { $0 + self[$1, column] } }
  }

  public var total: Int { counts.reduce(0, +) }
  public var correct: Int { (0..<classes).reduce(0) { $0 + self[$1, $1] } }

  /// The matrix as a table, truth down, answers across.
  public func table() -> TextTable {
    var table = TextTable([.init("true \\ predicted")] + classNames.map { .init($0, .right) })
    for row in 0..<classes {
      table.add(
        [classNames[row]] + (0..<classes).map { NumberText.grouped(self[row, $0]) })
    }
    return table
  }

  /// Headings and counts; the first column has the true classes.
  public var csv: String {
    CSV.text(
      headings: ["true"] + classNames,
      rows: (0..<classes).map { row in
        [classNames[row]] + (0..<classes).map { String(self[row, $0]) }
      })
  }

  public var json: JSON {
    .array(
      (0..<classes).map { row in .array((0..<classes).map { .integer(self[row, $0]) }) })
  }
}
