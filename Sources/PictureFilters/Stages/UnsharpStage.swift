internal import CConvKernels
import ConvEngine
import Raster

/// `out = in + amount · (in − blurred)` where the difference exceeds the threshold.
///
/// The blurred copy has 16 bits, so that the difference is known to a small part of an 8-bit level.
struct UnsharpStage: RowStage {
  /// Takes samples of the input, or such of 16 bits, and yields those, at the places of the output.
  let blur: any RowStage
  let input: PictureFormat
  let output: PictureFormat
  let vertical: WindowAxis
  let horizontal: WindowAxis
  let amount: Double
  /// In levels of the input.
  let threshold: Double
  let copies: [CorrelationStage.ChannelCopy]

  func inputRows(for rows: Range<Int>) -> Range<Int> { blur.inputRows(for: rows) }
  var preferredRows: Int { blur.preferredRows }
  var wastesShortBands: Bool { blur.wastesShortBands }
  var heldBytes: Int { blur.heldBytes }
  var operations: Double { blur.operations + 1 }

  func scratchBytes(rows: Int) -> Int {
    let wide =
      blur.input.sample != input.sample
      ? inputCount(for: rows).saturatingProduct(input.samplesPerRow * 2 + 200) : 0
    return [rows.saturatingProduct(blur.output.bytesPerRow + 64), wide, output.width * pixel + 64]
      .reduce(blur.scratchBytes(rows: rows)) { $0.saturatingSum($1) }
  }

  /// Bytes of a pixel of the input.
  private var pixel: Int { input.color.channels * input.sample.byteCount }

  var summary: String { "unsharp, amount \(amount), " + blur.summary }
  var reasons: [String] { blur.reasons }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let blurred = blur.made(band.rows, from: widened(window, band.rows, scratch), scratch)
    let line = scratch.bytes(output.width * pixel)
    for y in band.rows {
      sharpen(
        window.row(vertical.anchorSample(y)), blurred.row(y).assumingMemoryBound(to: UInt16.self),
        band.row(y), line)
    }
    copy(copies, from: window, to: band, [vertical], [horizontal])
  }

  /// The rows that the blur needs, in its samples.
  private func widened(_ window: RowWindow, _ rows: Range<Int>, _ scratch: Scratch) -> RowWindow {
    guard blur.input.sample != input.sample else { return window }
    return scratch.window(inputRows(for: rows), bytesPerRow: input.samplesPerRow * 2) {
      MicroKernels.current.rows.widen_u8_u16(
        window.row($0).samples(), $1.samples(), input.samplesPerRow)
    }
  }

  private func sharpen(
    _ source: UnsafeRawPointer, _ soft: UnsafePointer<UInt16>, _ row: UnsafeMutableRawPointer,
    _ line: UnsafeMutableRawPointer
  ) {
    let count = output.samplesPerRow
    let own = pixels(
      of: source, width: input.width, PickedColumns(horizontal), size: pixel, count: output.width,
      line: line)
    let rows = MicroKernels.current.rows
    // Safety: all three rows hold `count` samples.
    switch (input.sample, output.sample) {
    case (.uint8, .uint8):
      rows.unsharp_u8(own.samples(), soft, amount, threshold * 257, row.samples(), count)
    case (.uint8, _):
      rows.unsharp_u8_u16(own.samples(), soft, amount, threshold * 257, row.samples(), count)
    default:
      rows.unsharp_u16(own.samples(), soft, amount, threshold, row.samples(), count)
    }
  }
}
