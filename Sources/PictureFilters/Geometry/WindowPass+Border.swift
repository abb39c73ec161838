extension WindowPass {
  /// The columns of an output row whose windows reach over the border.
  func borderColumns(_ row: Int) -> [Range<Int>] {
    let columns = 0..<horizontal.output
    guard vertical.innerWindows.contains(row) else { return [columns] }
    let inner = horizontal.innerWindows
    return [0..<inner.lowerBound, inner.upperBound..<columns.upperBound]
  }
}
