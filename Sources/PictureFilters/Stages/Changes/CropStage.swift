import Raster

/// A part of the picture, as it is.
struct CropStage: RowStage {
  let input: PictureFormat
  let output: PictureFormat
  private let columns: Range<Int>
  private let rows: Range<Int>

  /// - Parameters:
  ///   - columns, rows: lie within the picture and are not empty.
  init(_ input: PictureFormat, columns: Range<Int>, rows: Range<Int>) {
    self.input = input
    self.columns = columns
    self.rows = rows
    output = PictureFormat(
      width: columns.count, height: rows.count, color: input.color, sample: input.sample)
  }

  var summary: String {
    "\(columns.count)x\(rows.count)+\(columns.lowerBound)+\(rows.lowerBound) of the picture"
  }

  func inputRows(for rows: Range<Int>) -> Range<Int> {
    self.rows.lowerBound + rows.lowerBound..<self.rows.lowerBound + rows.upperBound
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let first = columns.lowerBound * input.color.channels * input.sample.byteCount
    for y in band.rows {
      // Safety: the columns lie within the row.
      band.row(y).copyMemory(
        from: window.row(rows.lowerBound + y) + first, byteCount: output.bytesPerRow)
    }
  }
}
