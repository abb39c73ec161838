import KernelLanguage
import Raster
import Synchronization

/// A stage whose results can be spread over the whole range once their extremes are known.
protocol SpreadableStage: RowStage {
  /// The extremes of some rows of results, or of a part of them; channels that are copied do not count.
  func extremes(
    of rows: Range<Int>, in part: SelectedPart?, from window: RowWindow, scratch: Scratch
  ) -> Extremes

  /// Scratch that `extremes` takes at most, in bytes.
  func extremesBytes(rows: Int) -> Int

  /// The same stage with its results spread: the lowest becomes 0, the highest full intensity.
  func spreading(_ extremes: Extremes) -> Self
}

/// Runs a stage for its extremes only; the rows it yields say nothing.
final class ProbeStage: RowStage {
  private let stage: any SpreadableStage
  private let part: SelectedPart?
  private let found = Mutex(Extremes())

  /// - Parameter part: the pixels that count; nil for all.
  init(_ stage: any SpreadableStage, part: SelectedPart? = nil) {
    (self.stage, self.part) = (stage, part)
  }

  var input: PictureFormat { stage.input }
  var output: PictureFormat {
    PictureFormat(width: 1, height: stage.output.height, color: .gray, sample: .uint8)
  }
  var summary: String { "extremes of " + stage.summary }
  var extremes: Extremes { found.withLock { $0 } }

  var operations: Double { stage.operations }
  func inputRows(for rows: Range<Int>) -> Range<Int> { stage.inputRows(for: rows) }
  func scratchBytes(rows: Int) -> Int { stage.extremesBytes(rows: rows) }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let rows = part.map { band.rows.clamped(to: $0.region.rows) } ?? band.rows
    if rows.isEmpty { return }
    let own = stage.extremes(of: rows, in: part, from: window, scratch: scratch)
    found.withLock {
      $0.low = min($0.low, own.low)
      $0.high = max($0.high, own.high)
    }
  }
}

/// Takes rows and forgets them.
final class NoSink: RowSink {
  let format: PictureFormat
  init(_ format: PictureFormat) { self.format = format }
  func append(_ band: any EncodedBand) throws {}
  func finish() throws {}
}
