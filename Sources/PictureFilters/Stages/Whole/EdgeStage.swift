internal import CConvKernels
import KernelLanguage
import Raster

/// Where edges may be: 2 on strong ones, 1 on weak ones, 0 elsewhere, as OpenCV's `Canny` finds them.
///
/// Gradients are those of the Sobel kernels of 3×3 with the edge sample repeated; of several channels
/// the largest counts. An edge is a gradient above its neighbours along its direction, in steps of 45°;
/// of equals the last one in reading order along it wins. Bytes go by vectors, words and floats pixel by
/// pixel. Results are marks, in as many bits as a sample has.
struct EdgeStage: RowStage {
  let input: PictureFormat
  let kind: Canny
  let channels: [Int]
  var kernels = MicroKernels.current

  var output: PictureFormat {
    PictureFormat(
      width: input.width, height: input.height, color: input.color.hasAlpha ? .grayAlpha : .gray,
      sample: input.sample)
  }
  var operations: Double { 8 * Double(channels.count) + 8 }
  var summary: String { "gradients above their neighbours" }

  func inputRows(for rows: Range<Int>) -> Range<Int> {
    max(rows.lowerBound - 2, 0)..<min(rows.upperBound + 2, input.height)
  }

  func scratchBytes(rows: Int) -> Int {
    let width = input.width + 2 + Int(conv_local_slack)
    return 9 * (8 * width + 64) + channels.count * 3 * (width + 64)
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    switch input.sample {
    case .uint8:
      let table = kernels.table.pointee.local
      if kind.isEuclidean {
        ByteEdges<Int32>(self, window, scratch, table.gradients_squares, table.edges_squares)
          .produce(band)
      } else {
        ByteEdges<Int16>(self, window, scratch, table.gradients_sum, table.edges_sum)
          .produce(band)
      }
    case .uint16: PlainEdges<Int>(self, window, scratch).produce(band, UInt16.self)
    case .float32: PlainEdges<Double>(self, window, scratch).produce(band, UInt32.self)
    }
    guard input.color.hasAlpha else { return }
    for y in band.rows {
      copyChannel(
        input.color.channels - 1, of: window.row(y), input, .all, to: band.row(y),
        channel: 1, output)
    }
  }

  /// Thresholds of whole numbers are whole; those of squares are squared, and of bytes no larger than a short
  /// integer.
  private func threshold(_ value: Double) -> Double {
    if input.sample == .float32 { return kind.isEuclidean ? value * value : value }
    guard kind.isEuclidean else { return value.rounded(.down) }
    let value = input.sample == .uint8 ? min(value, 32767) : value
    return (value * value).rounded(.down)
  }
  var low: Double { threshold(kind.low) }
  var high: Double { threshold(kind.high) }
}
