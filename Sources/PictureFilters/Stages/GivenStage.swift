import Raster

/// The rows of a picture that has been made before, whatever comes in.
struct GivenStage: RowStage {
  let input: PictureFormat
  let output: PictureFormat
  /// Nil as long as nothing runs.
  var picture: Picture?

  var operations: Double { 0 }
  var summary: String { "the whole picture, filtered" }

  func inputRows(for rows: Range<Int>) -> Range<Int> { rows }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    guard let picture else { preconditionFailure("the picture is given when the plan runs") }
    for y in band.rows {
      band.row(y).copyMemory(from: picture.row(y), byteCount: output.bytesPerRow)
    }
  }
}
