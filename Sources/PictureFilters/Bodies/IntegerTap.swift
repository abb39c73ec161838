/// One weight of a correlation in integers.
package struct IntegerTap: Sendable, Hashable {
  /// Distance from the first row of the window, in rows (≥ 0).
  package var row: Int
  /// Distance from the output sample's position, in samples (≥ 0).
  package var offset: Int
  package var weight: Int32

  package init(row: Int, offset: Int, weight: Int32) {
    precondition(row >= 0 && offset >= 0, "a window starts at its first tap")
    self.row = row
    self.offset = offset
    self.weight = weight
  }
}
