import Raster

/// Several stages as one, where their result is needed beside something else: what stands between
/// them is made anew for each band.
struct ChainStage: RowStage {
  private let stages: [any RowStage]

  /// - Parameter stages: not empty; each takes what the one before yields, and makes rows without
  ///   having seen the whole picture.
  init(_ stages: [any RowStage]) {
    precondition(stages.allSatisfy { $0.whole == nil }, "rows are made from some rows")
    precondition(
      zip(stages, stages.dropFirst()).allSatisfy { $0.output == $1.input },
      "one stage's output is the next one's input")
    self.stages = stages
  }

  var input: PictureFormat { stages[0].input }
  var output: PictureFormat { stages[stages.count - 1].output }
  /// Tall bands, as the rows that neighbouring bands share are made twice.
  var preferredRows: Int { 2 * (stages.map(\.preferredRows).max() ?? 16) }
  var wastesShortBands: Bool { stages.contains(where: \.wastesShortBands) }
  var holdsInput: Bool { stages.contains(where: \.holdsInput) }
  var heldBytes: Int { stages.reduce(0) { $0.saturatingSum($1.heldBytes) } }
  var operations: Double {
    stages.reduce(0) { $0 + $1.operations } + stages.dropLast().reduce(0) { $0 + $1.operations }
  }
  var summary: String { stages.map(\.summary).joined(separator: ", then ") }
  var reasons: [String] { stages.flatMap(\.reasons) }
  var lateWarnings: [FilterWarning] { stages.flatMap(\.lateWarnings) }

  func inputRows(for rows: Range<Int>) -> Range<Int> {
    stages.reversed().reduce(rows) { $1.inputRows(for: $0) }
  }

  func scratchBytes(rows: Int) -> Int {
    var (rows, bytes) = (rows, 0)
    for (index, stage) in stages.enumerated().reversed() {
      bytes = bytes.saturatingSum(stage.scratchBytes(rows: rows))
      rows = stage.inputCount(for: rows)
      let between = index > 0 ? rowPitch(stage.input.bytesPerRow) + 16 : 0
      bytes = bytes.saturatingSum(rows.saturatingProduct(between))
    }
    return bytes
  }

  var streams: Bool { stages[stages.count - 1].streams }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    stages[stages.count - 1].produce(
      band, from: input(for: band, window, scratch), scratch: scratch)
  }

  func stream(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    stages[stages.count - 1].stream(
      band, from: input(for: band, window, scratch), scratch: scratch)
  }

  /// What the last stage makes a band of.
  private func input(for band: RowBand, _ window: RowWindow, _ scratch: Scratch) -> RowWindow {
    // What each stage has to make, the last one first.
    var wanted = [band.rows]
    for stage in stages.dropFirst().reversed() { wanted.append(stage.inputRows(for: wanted.last!)) }
    var window = window
    for stage in stages.dropLast() {
      window = RowWindow(stage.made(wanted.removeLast(), from: window, scratch))
    }
    return window
  }
}
