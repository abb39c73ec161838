internal import CConvKernels
import ConvEngine
import Raster

/// `out = in + amount · (in − blurred)` where the difference exceeds the threshold.
///
/// The blurred copy has 16 bits, so that the difference is known to 1/257 of an 8-bit level.
struct UnsharpStage: RowStage {
  /// Takes and yields 16-bit samples, at the places of the output.
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
      input.sample == .uint8
      ? inputCount(for: rows).saturatingProduct(input.samplesPerRow * 2 + 200) : 0
    return [rows.saturatingProduct(blur.output.bytesPerRow + 64), wide, output.width * pixel + 64]
      .reduce(blur.scratchBytes(rows: rows)) { $0.saturatingSum($1) }
  }

  /// Bytes of a pixel of the input.
  private var pixel: Int { input.color.channels * input.sample.byteCount }

  var summary: String { "unsharp, amount \(amount), " + blur.summary }
  var reasons: [String] { blur.reasons }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let pitch = rowPitch(blur.output.bytesPerRow)
    let blurred = RowBand(
      base: scratch.bytes(pitch * band.count), pitch: pitch, firstRow: band.firstRow,
      count: band.count)
    blur.produce(blurred, from: widened(window, band.rows, scratch), scratch: scratch)
    let line = scratch.bytes(output.width * pixel)
    for y in band.rows {
      let source = window.row(vertical.anchorSample(y))
      let soft = blurred.row(y).assumingMemoryBound(to: UInt16.self)
      sharpen(source, soft, band.row(y), line)
      for copy in copies {
        copyChannel(
          copy.from, of: source, input, PickedColumns(horizontal), to: band.row(y),
          channel: copy.to, output)
      }
    }
  }

  /// The rows that the blur needs, in 16 bits.
  private func widened(_ window: RowWindow, _ rows: Range<Int>, _ scratch: Scratch) -> RowWindow {
    guard input.sample == .uint8 else { return window }
    let needed = inputRows(for: rows)
    let wide = scratch.rows(needed.count, bytesPerRow: input.samplesPerRow * 2)
    for (index, y) in needed.enumerated() {
      MicroKernels.current.rows.widen_u8_u16(
        window.row(y).assumingMemoryBound(to: UInt8.self),
        wide[index].assumingMemoryBound(to: UInt16.self), input.samplesPerRow)
    }
    return RowWindow(
      firstRow: needed.lowerBound,
      pointers: needed.indices.map { UnsafeRawPointer(wide[$0 - needed.startIndex]) })
  }

  private func sharpen(
    _ source: UnsafeRawPointer, _ soft: UnsafePointer<UInt16>, _ row: UnsafeMutableRawPointer,
    _ line: UnsafeMutableRawPointer
  ) {
    let count = output.samplesPerRow
    let samples = pixels(
      of: source, width: input.width, PickedColumns(horizontal), size: pixel, count: output.width,
      line: line)
    let rows = MicroKernels.current.rows
    // Safety: all three rows hold `count` samples.
    switch (input.sample, output.sample) {
    case (.uint8, .uint8):
      rows.unsharp_u8(
        samples.assumingMemoryBound(to: UInt8.self), soft, amount, threshold * 257,
        row.assumingMemoryBound(to: UInt8.self), count)
    case (.uint8, _):
      rows.unsharp_u8_u16(
        samples.assumingMemoryBound(to: UInt8.self), soft, amount, threshold * 257,
        row.assumingMemoryBound(to: UInt16.self), count)
    default:
      rows.unsharp_u16(
        samples.assumingMemoryBound(to: UInt16.self), soft, amount, threshold,
        row.assumingMemoryBound(to: UInt16.self), count)
    }
  }
}
