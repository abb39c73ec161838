import ConvEngine
import Raster

/// Where the first step of a Gaussian of large σ stands: sums down the columns for every d-th row, laid out
/// in lines with what stands beyond the border, then along those.
struct GaussianFrame<Axis: GridAxis>: Sendable {
  let input: PictureFormat
  let vertical: Axis
  let horizontal: Axis
  let padding: Padding
  /// The bytes of a pixel beyond the border, where it is constant.
  let fill: [UInt8]
  /// Whether colours are multiplied by alpha.
  let premultiplies: Bool
  /// Why it is done so.
  let reasons: [String]

  /// A row for each point, of as many pixels as the picture has.
  var output: PictureFormat {
    PictureFormat(
      width: input.width, height: vertical.points, color: input.color, sample: .float32)
  }
  var channels: Int { input.color.channels }
  /// Rows that a point sees, and columns.
  var rowsSeen: Int { vertical.samples(0).count }
  var columnsSeen: Int { horizontal.samples(0).count }
  /// Rows that a band sees, those beyond the border among them.
  func seen(_ rows: Int) -> Int { (rows - 1) * vertical.spacing + rowsSeen }
  /// Pixels before the first of the picture in a line.
  var lead: Int { -horizontal.samples(0).lowerBound }
  /// Pixels of a line: all that the points see.
  var linePixels: Int { (horizontal.points - 1) * horizontal.spacing + columnsSeen }

  func inputRows(for rows: Range<Int>) -> Range<Int> {
    let (first, last) = (vertical.samples(rows.lowerBound), vertical.samples(rows.upperBound - 1))
    let middle = min(max(first.lowerBound + first.count / 2, 0), input.height - 1)
    return padding.sources(first.lowerBound..<last.upperBound, count: input.height)
      .including(middle, middle)
  }

  /// What stands beyond either end of a line; zeros behind all.
  ///
  /// - Parameters:
  ///   - beyond: a pixel beyond the border, as lines have it.
  ///   - count: samples of the line.
  func pad(_ line: UnsafeMutablePointer<Float>, beyond: [Float], count: Int) {
    // Safety: pixels from −lead to the end of the line, which holds `count` samples.
    func fillPixel(_ index: Int) {
      let target = line + (lead + index) * channels
      if let source = padding.source(index, count: input.width) {
        for channel in 0..<channels { target[channel] = line[(lead + source) * channels + channel] }
      } else {
        for channel in 0..<channels { target[channel] = beyond[channel] }
      }
    }
    for index in -lead..<0 { fillPixel(index) }
    for index in input.width..<max(linePixels - lead, input.width) { fillPixel(index) }
    let end = max(linePixels, lead + input.width) * channels
    (line + end).update(repeating: 0, count: count - end)
  }
}

/// The first step of a Gaussian of large σ.
protocol GaussianStep: RowStage {
  associatedtype Axis: GridAxis
  var frame: GaussianFrame<Axis> { get }
}

extension GaussianStep {
  var input: PictureFormat { frame.input }
  var output: PictureFormat { frame.output }
  var reasons: [String] { frame.reasons }
  func inputRows(for rows: Range<Int>) -> Range<Int> { frame.inputRows(for: rows) }

  var premultiplies: Bool { frame.premultiplies }
  var vertical: Axis { frame.vertical }
  var horizontal: Axis { frame.horizontal }
  var channels: Int { frame.channels }
}
