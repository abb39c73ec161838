import ConvEngine
import KernelLanguage
import Raster

/// More pixels around the picture.
struct ExtendStage: RowStage {
  let input: PictureFormat
  let output: PictureFormat
  private let margins: Margins
  private let padding: Padding
  /// One pixel, where nothing of the picture stands.
  private let fill: [UInt8]

  init(_ input: PictureFormat, margins: Margins, padding: Padding, fill: [UInt8]) {
    self.input = input
    self.margins = margins
    self.padding = padding
    self.fill = fill
    output = PictureFormat(
      width: input.width + margins.left + margins.right,
      height: input.height + margins.top + margins.bottom, color: input.color,
      sample: input.sample)
  }

  var summary: String {
    "\(margins.left), \(margins.top), \(margins.right), \(margins.bottom) pixels more, "
      + padding.name
  }

  /// The top may show the bottom.
  var holdsInput: Bool { padding == .wrap && margins.top > 0 }

  func inputRows(for rows: Range<Int>) -> Range<Int> {
    let wanted = rows.lowerBound - margins.top..<rows.upperBound - margins.top
    let sources = padding.sources(wanted, count: input.height)
    // A band of the constant alone needs no row, but one is the least that there is.
    if sources.isEmpty { return wanted.lowerBound < 0 ? 0..<1 : input.height - 1..<input.height }
    return sources
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let pixel = fill.count
    for y in band.rows {
      let row = band.row(y)
      guard let source = padding.source(y - margins.top, count: input.height) else {
        repeatFill(row, output.width)
        continue
      }
      let samples = window.row(source)
      // Safety: the row holds the margins and the input's pixels; sources lie within the input.
      let inside = row + margins.left * pixel
      inside.copyMemory(from: samples, byteCount: input.bytesPerRow)
      for x in -margins.left..<0 { copy(x, samples, inside, pixel) }
      for x in input.width..<input.width + margins.right { copy(x, samples, inside, pixel) }
    }
  }

  /// The pixel that stands beside the picture at column `x` of it.
  private func copy(
    _ x: Int, _ samples: UnsafeRawPointer, _ inside: UnsafeMutableRawPointer, _ pixel: Int
  ) {
    if let source = padding.source(x, count: input.width) {
      (inside + x * pixel).copyMemory(from: samples + source * pixel, byteCount: pixel)
    } else {
      repeatFill(inside + x * pixel, 1)
    }
  }

  private func repeatFill(_ row: UnsafeMutableRawPointer, _ count: Int) {
    fill.withUnsafeBytes { bytes in
      for x in 0..<count {
        (row + x * bytes.count).copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
      }
    }
  }
}
