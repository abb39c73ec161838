import ConvEngine
import Raster

extension RowStage {
  /// Copies channels of the picture from the pixels that those of a band stand for.
  ///
  /// - Parameters:
  ///   - vertical, horizontal: of the steps from the picture to the band, in order.
  func copy(
    _ copies: [CorrelationStage.ChannelCopy], from window: RowWindow, to band: RowBand,
    _ vertical: [WindowAxis], _ horizontal: [WindowAxis]
  ) {
    let picked = PickedColumns(horizontal)
    for y in band.rows where !copies.isEmpty {
      let source = window.row(vertical.anchorSample(y))
      for copy in copies {
        copyChannel(
          copy.from, of: source, input, picked, to: band.row(y), channel: copy.to, output)
      }
    }
  }

  /// The most input rows that a run of `rows` output rows is made of.
  func inputCount(for rows: Int) -> Int {
    let count = min(rows, output.height)
    // In the middle windows reach to both sides.
    let first = (output.height - count) / 2
    return max(
      inputRows(for: 0..<count).count, inputRows(for: first..<first + count).count,
      inputRows(for: output.height - count..<output.height).count)
  }
}
