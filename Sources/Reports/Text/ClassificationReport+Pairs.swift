import Text

extension ClassificationReport {
  /// Which class was taken for which other, the most often mistaken first.
  public func confusedPairs(atMost limit: Int = 10) -> TextTable {
    var pairs: [(truth: Int, answer: Int, count: Int)] = []
    for truth in classNames.indices {
      for answer in classNames.indices where answer != truth && confusion[truth, answer] > 0 {
        pairs.append((truth, answer, confusion[truth, answer]))
      }
    }
    // Equal counts keep the order of the classes.
    pairs.sort {
      $0.count == $1.count ? ($0.truth, $0.answer) < ($1.truth, $1.answer) : $0.count > $1.count
    }
    var table = TextTable([
      .init("true class"), .init("taken for"), .init("images", .right),
      .init("of the class", .right),
    ])
    for pair in pairs.prefix(limit) {
      let share = Double(pair.count) / Double(max(1, confusion.score(pair.truth).support))
      table.add([
        classNames[pair.truth], classNames[pair.answer], NumberText.grouped(pair.count),
        NumberText.percent(share),
      ])
    }
    return table
  }
}
