import Raster

/// Several stages as one: what stands between them is made anew for each band.
struct ChainStage: RowStage {
  /// Not empty; each takes what the one before yields.
  let stages: [any RowStage]

  var input: PictureFormat { stages[0].input }
  var output: PictureFormat { stages[stages.count - 1].output }
  /// Tall bands, as the rows that neighbouring bands share are made twice.
  var wastesShortBands: Bool { stages.contains(where: \.wastesShortBands) }
  var preferredRows: Int { 2 * (stages.map(\.preferredRows).max() ?? 16) }
  var operations: Double { stages.reduce(0) { $0 + $1.operations } }
  var summary: String { stages.map(\.summary).joined(separator: "; ") }
  var reasons: [String] { stages.flatMap(\.reasons) }

  func inputRows(for rows: Range<Int>) -> Range<Int> {
    stages.reversed().reduce(rows) { $1.inputRows(for: $0) }
  }

  func scratchBytes(rows: Int) -> Int {
    var (rows, bytes) = (rows, 0)
    for (index, stage) in stages.enumerated().reversed() {
      bytes = bytes.saturatingSum(stage.scratchBytes(rows: rows))
      rows = stage.inputCount(for: rows)
      if index > 0 { bytes = bytes.saturatingSum(rows.saturatingProduct(pitch(below: stage) + 16)) }
    }
    return bytes
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    produce(band, by: stages.count - 1, from: window, scratch)
  }

  private func produce(
    _ band: RowBand, by index: Int, from window: RowWindow, _ scratch: Scratch
  ) {
    let stage = stages[index]
    if index == 0 { return stage.produce(band, from: window, scratch: scratch) }
    let needed = stage.inputRows(for: band.rows)
    let pitch = pitch(below: stage)
    let made = RowBand(
      base: scratch.bytes(pitch * needed.count), pitch: pitch, firstRow: needed.lowerBound,
      count: needed.count)
    produce(made, by: index - 1, from: window, scratch)
    stage.produce(band, from: RowWindow(made), scratch: scratch)
  }

  private func pitch(below stage: any RowStage) -> Int { rowPitch(stage.input.bytesPerRow) }
}
