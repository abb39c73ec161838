extension RowStage {
  /// The most input rows that a run of `rows` output rows is made of.
  func inputCount(for rows: Int) -> Int {
    let count = min(rows, output.height)
    // In the middle windows reach to both sides.
    let first = (output.height - count) / 2
    return max(
      inputRows(for: 0..<count).count, inputRows(for: first..<first + count).count,
      inputRows(for: output.height - count..<output.height).count)
  }
}
