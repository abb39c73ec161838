/// A run of whole rows in memory that the holder may write.
///
/// A band does not own its memory: whoever hands it out keeps it alive.
public struct RowBand: @unchecked Sendable {
  /// The first byte of the first row.
  public let base: UnsafeMutableRawPointer
  /// Distance between rows, in bytes (≥ `format.bytesPerRow`).
  public let pitch: Int
  /// Index of the first row within the picture.
  public let firstRow: Int
  /// Number of rows (≥ 0).
  public let count: Int

  public init(base: UnsafeMutableRawPointer, pitch: Int, firstRow: Int, count: Int) {
    self.base = base
    self.pitch = pitch
    self.firstRow = firstRow
    self.count = count
  }

  /// Indices of the rows within the picture.
  public var rows: Range<Int> { firstRow..<firstRow + count }

  /// The first byte of row `y` of the picture, which must lie in `rows`.
  public func row(_ y: Int) -> UnsafeMutableRawPointer {
    precondition(rows.contains(y), "the row lies outside the band")
    return base + (y - firstRow) * pitch
  }
}
