internal import CConvKernels
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
  var summary: String { "unsharp, amount \(amount), " + blur.summary }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let stride = (blur.output.bytesPerRow + 63) / 64 * 64
    let blurred = RowBand(
      base: scratch.bytes(stride * band.count), stride: stride, firstRow: band.firstRow,
      count: band.count)
    blur.produce(blurred, from: widened(window, band.rows, scratch), scratch: scratch)
    for y in band.rows {
      let source = window.row(vertical.anchorSample(y))
      let soft = blurred.row(y).assumingMemoryBound(to: UInt16.self)
      switch (input.sample, output.sample) {
      case (.uint8, .uint8) where horizontal.stride == 1:
        // Safety: all three rows hold `output.samplesPerRow` samples from the first anchor on.
        conv_unsharp_u8(
          source.assumingMemoryBound(to: UInt8.self)
            + horizontal.anchorSample(0) * input.color.channels, soft, amount, threshold * 257,
          band.row(y).assumingMemoryBound(to: UInt8.self), output.samplesPerRow)
      case (.uint8, .uint8): sharpen(UInt8.self, UInt8.self, source, soft, band.row(y))
      case (.uint8, _): sharpen(UInt8.self, UInt16.self, source, soft, band.row(y))
      default: sharpen(UInt16.self, UInt16.self, source, soft, band.row(y))
      }
      for copy in copies {
        copyChannel(
          copy.from, of: source, input, first: horizontal.anchorSample(0),
          step: horizontal.stride, to: band.row(y), channel: copy.to, output)
      }
    }
  }

  /// The rows that the blur needs, in 16 bits.
  private func widened(_ window: RowWindow, _ rows: Range<Int>, _ scratch: Scratch) -> RowWindow {
    guard input.sample == .uint8 else { return window }
    let needed = inputRows(for: rows)
    let wide = scratch.rows(needed.count, bytesPerRow: input.samplesPerRow * 2)
    for (index, y) in needed.enumerated() {
      conv_widen(
        window.row(y).assumingMemoryBound(to: UInt8.self),
        wide[index].assumingMemoryBound(to: UInt16.self), input.samplesPerRow)
    }
    return RowWindow(
      firstRow: needed.lowerBound,
      pointers: needed.indices.map { UnsafeRawPointer(wide[$0 - needed.startIndex]) })
  }

  private func sharpen<A: FixedWidthInteger, B: FixedWidthInteger>(
    _ a: A.Type, _ b: B.Type, _ source: UnsafeRawPointer, _ soft: UnsafePointer<UInt16>,
    _ row: UnsafeMutableRawPointer
  ) {
    let channels = input.color.channels
    let step = horizontal.stride * channels
    // Safety: anchors lie within the source row; the other two hold `output.width` pixels.
    let samples =
      source.assumingMemoryBound(to: A.self) + horizontal.anchorSample(0) * channels
    let results = row.assumingMemoryBound(to: B.self)
    let unit = A.bitWidth == 8 ? 257.0 : 1
    let out = A.bitWidth == 8 && B.bitWidth == 8 ? 257.0 : 1
    let top = Double(B.max)
    let least = threshold * unit
    for x in 0..<output.width {
      for channel in 0..<channels {
        let sample = Double(samples[x * step + channel]) * unit
        let difference = sample - Double(soft[x * channels + channel])
        let value = abs(difference) > least ? sample + amount * difference : sample
        let rounded = (value / out + 0.5).rounded(.down)
        results[x * channels + channel] = B(min(max(rounded, 0), top))
      }
    }
  }
}
