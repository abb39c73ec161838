extension NumberGrid {
  /// Calls `body` with what yields the numbers of a row.
  func withLines<Result>(_ body: ((Int) -> UnsafePointer<Double>) -> Result) -> Result {
    values.withUnsafeBufferPointer { values in
      // Safety: a row holds `width` numbers; a grid has at least one.
      body { values.baseAddress! + $0 * width }
    }
  }
}
