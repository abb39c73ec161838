import ConvEngine
import Raster

extension WindowPass {
  /// Scratch that a call for so many rows of all columns takes at most, in bytes.
  func scratchBytes(rows: Int) -> Int {
    let rows = areApart ? 1 : min(rows, vertical.output)
    let lines = areApart ? body.windowRows : (rows - 1) * vertical.stride + vertical.window
    let width = (horizontal.output - 1) * horizontal.stride + 1
    // Both ends of a row are copied with what lies beyond the border, or all of a narrow one.
    let ends = body.wastesShortCalls ? width : 2 * horizontal.window + 64
    let padded = min(width, ends) + 2 * horizontal.window
    let copies = lines.saturatingProduct(padded * channels * body.input.byteCount + 192)
    let pointers = 5 * 8 * (lines + rows)
    let atFullRate =
      horizontal.stride == 1 && kept == channels
      ? 0 : rows.saturatingProduct(width * channels * body.output.byteCount + 192)
    let constant = horizontal.input * channels * body.input.byteCount
    // The middle of the rows and both ends, one after the other.
    let part = body.scratchBytes(rows: rows, width: min(width, horizontal.window) * channels)
    let work = body.scratchBytes(rows: rows, width: width * channels)
      .saturatingSum(body.wastesShortCalls ? 0 : part.saturatingProduct(2))
    return [pointers, atFullRate, constant, work, 4096].reduce(copies) { $0.saturatingSum($1) }
  }
}
