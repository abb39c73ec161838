import KernelLanguage
import Raster
import Synchronization

/// The smallest and the largest result of a picture, in the units of the sums.
struct Extremes: Sendable, Hashable {
  var low = Double.infinity
  var high = -Double.infinity
}

/// Runs a set for its extremes only; the rows it yields say nothing.
final class ProbeStage: RowStage {
  private let stage: SetStage
  private let found = Mutex(Extremes())

  init(_ stage: SetStage) { self.stage = stage }

  var input: PictureFormat { stage.input }
  var output: PictureFormat {
    PictureFormat(width: 1, height: stage.output.height, color: .gray, sample: .uint8)
  }
  var summary: String { "extremes of " + stage.summary }
  var extremes: Extremes { found.withLock { $0 } }

  func inputRows(for rows: Range<Int>) -> Range<Int> { stage.inputRows(for: rows) }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let own = stage.extremes(of: band.rows, from: window, scratch: scratch)
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

extension StageBuilder {
  /// The stage with its results in real numbers, to be spread over the range; nil for pooling.
  func spreading() throws(FilterError) -> SetStage? {
    let made: any RowStage
    switch stage.operation {
    case .correlate(let kernel): made = try set([kernel], .sum)
    case .combine(let kernels, let combination): made = try set(kernels, combination)
    case .pool, .unsharp: return nil
    }
    return made as? SetStage
  }
}
