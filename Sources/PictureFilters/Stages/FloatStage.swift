import KernelLanguage
import Raster

/// A stage on pictures in single precision: each channel window by window, in doubles.
struct FloatStage: RowStage {
  let input: PictureFormat
  let output: PictureFormat
  let filter: RealFilter
  /// Channels that are copied.
  let copies: [CorrelationStage.ChannelCopy]

  var summary: String { "\(filter.width)x\(filter.height) in real numbers" }

  func inputRows(for rows: Range<Int>) -> Range<Int> { filter.inputRows(for: rows) }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let channels = input.color.channels
    for y in band.rows {
      // Safety: rows hold `width` pixels of `channels` floats.
      let results = band.row(y).assumingMemoryBound(to: Float.self)
      for x in 0..<output.width {
        for channel in 0..<channels {
          results[x * channels + channel] = Float(
            filter.value(x, y) { row, column in
              Double(
                window.row(row).assumingMemoryBound(to: Float.self)[column * channels + channel])
            })
        }
      }
      for copy in copies {
        copyChannel(
          copy.from, of: window.row(filter.vertical.anchorSample(y)), input,
          first: filter.horizontal.anchorSample(0), step: filter.horizontal.stride,
          to: band.row(y), channel: copy.to, output)
      }
    }
  }
}

extension StageBuilder {
  /// The stage on a picture in single precision.
  func real() throws(FilterError) -> any RowStage {
    let filter = try RealFilter(
      width: input.width, height: input.height, stage: stage, options: options)
    return FloatStage(
      input: input,
      output: PictureFormat(
        width: filter.width, height: filter.height, color: input.color, sample: .float32),
      filter: filter,
      copies: copies(keepAlpha: keepsAlpha(sumsToNothing: stage.operation.sumsToNothing)))
  }
}
