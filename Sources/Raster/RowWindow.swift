/// A run of whole rows to read; neighbouring rows need not be neighbours in memory.
///
/// A window does not own its memory: it is valid only within the call that receives it, unless
/// the receiver is told otherwise.
public struct RowWindow: @unchecked Sendable {
  /// Index, within the picture, of the first row of the window.
  public let firstRow: Int
  private let pointers: [UnsafeRawPointer]

  /// - Parameter pointers: the first byte of each row, from `firstRow` on.
  public init(firstRow: Int, pointers: [UnsafeRawPointer]) {
    self.firstRow = firstRow
    self.pointers = pointers
  }

  /// The rows of a band.
  public init(_ band: RowBand) {
    self.init(
      firstRow: band.firstRow,
      pointers: (0..<band.count).map { UnsafeRawPointer(band.base + $0 * band.pitch) })
  }

  /// The first byte of each row, as C takes them.
  public var bytePointers: [UnsafePointer<UInt8>?] {
    pointers.map { $0.assumingMemoryBound(to: UInt8.self) }
  }

  /// Number of rows.
  public var count: Int { pointers.count }

  /// Indices of the rows within the picture.
  public var rows: Range<Int> { firstRow..<firstRow + pointers.count }

  /// The first byte of row `y` of the picture, which must lie in `rows`.
  public func row(_ y: Int) -> UnsafeRawPointer { pointers[y - firstRow] }
}
