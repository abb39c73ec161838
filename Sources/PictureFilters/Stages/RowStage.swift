import Raster

/// A step of a chain as the pipeline sees it: rows in, rows out.
///
/// Pure: the rows of a band depend on the input rows only, and several bands are made at once.
protocol RowStage: Sendable {
  var input: PictureFormat { get }
  var output: PictureFormat { get }

  /// The input rows that a band of the output is made of (never empty).
  func inputRows(for rows: Range<Int>) -> Range<Int>

  /// Makes the rows of `band` from a window that holds at least `inputRows(for: band.rows)`.
  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch)

  /// Rows of a band that make its preparations worth while.
  var preferredRows: Int { get }

  /// What is done and how, in a line.
  var summary: String { get }
}

extension RowStage {
  var preferredRows: Int { 16 }
}

/// The first bytes of the rows of a window, as passes take them: made once a band.
struct SourceRows {
  let pointers: UnsafePointer<UnsafeRawPointer>
  let firstRow: Int

  /// Valid as long as what is taken from `scratch`.
  init(_ window: RowWindow, _ scratch: Scratch) {
    let pointers = scratch.array(of: UnsafeRawPointer.self, window.count)
    for index in 0..<window.count { pointers[index] = window.row(window.firstRow + index) }
    self.pointers = UnsafePointer(pointers)
    firstRow = window.firstRow
  }
}
