import Raster

/// Two stages as one, where their result is needed beside something else.
struct ChainedStage: RowStage {
  let first: any RowStage
  let second: any RowStage

  init(_ first: any RowStage, _ second: any RowStage) {
    precondition(first.output == second.input, "one stage's output is the next one's input")
    self.first = first
    self.second = second
  }

  var input: PictureFormat { first.input }
  var output: PictureFormat { second.output }
  var operations: Double { 2 * first.operations + second.operations }
  var preferredRows: Int { max(first.preferredRows, second.preferredRows) }
  var wastesShortBands: Bool { first.wastesShortBands || second.wastesShortBands }
  var heldBytes: Int { first.heldBytes.saturatingSum(second.heldBytes) }
  var summary: String { first.summary + ", then " + second.summary }
  var reasons: [String] { first.reasons + second.reasons }

  func inputRows(for rows: Range<Int>) -> Range<Int> {
    first.inputRows(for: second.inputRows(for: rows))
  }

  func scratchBytes(rows: Int) -> Int {
    let between = second.inputCount(for: rows)
    return between.saturatingProduct(first.output.bytesPerRow + 64)
      .saturatingSum(first.scratchBytes(rows: between))
      .saturatingSum(second.scratchBytes(rows: rows))
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let between = first.made(second.inputRows(for: band.rows), from: window, scratch)
    second.produce(band, from: RowWindow(between), scratch: scratch)
  }
}

extension RowStage {
  /// Rows of the output in scratch.
  func made(_ rows: Range<Int>, from window: RowWindow, _ scratch: Scratch) -> RowBand {
    let pitch = rowPitch(output.bytesPerRow)
    let band = RowBand(
      base: scratch.bytes(pitch * rows.count), pitch: pitch, firstRow: rows.lowerBound,
      count: rows.count)
    scratch.scoped { produce(band, from: window, scratch: scratch) }
    return band
  }
}
