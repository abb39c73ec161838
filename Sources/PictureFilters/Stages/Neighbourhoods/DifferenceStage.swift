internal import CConvKernels
import ConvEngine
import Raster

/// `out = max(plus − minus, 0)` of two results on the same rows, or of one and the picture itself.
struct DifferenceStage: RowStage {
  /// nil for the picture.
  let plus: (any RowStage)?
  let minus: (any RowStage)?
  let input: PictureFormat
  let output: PictureFormat
  /// Where a sample of the output stands in the picture: through the last axis first.
  let vertical: [WindowAxis]
  let horizontal: [WindowAxis]
  let copies: [CorrelationStage.ChannelCopy]

  private var parts: [any RowStage] { [plus, minus].compactMap { $0 } }

  var operations: Double { parts.reduce(1) { $0 + $1.operations } }
  var preferredRows: Int { parts.map(\.preferredRows).max()! }
  var wastesShortBands: Bool { parts.contains(where: \.wastesShortBands) }
  var heldBytes: Int { parts.reduce(0) { $0.saturatingSum($1.heldBytes) } }
  var reasons: [String] { parts.flatMap(\.reasons) }
  var summary: String {
    (plus?.summary ?? "the picture") + " minus " + (minus?.summary ?? "the picture")
  }

  func inputRows(for rows: Range<Int>) -> Range<Int> {
    let all = parts.map { $0.inputRows(for: rows) }
    return all.dropFirst().reduce(
      all[0].including(
        vertical.anchorSample(rows.lowerBound), vertical.anchorSample(rows.upperBound - 1))
    ) { min($0.lowerBound, $1.lowerBound)..<max($0.upperBound, $1.upperBound) }
  }

  func scratchBytes(rows: Int) -> Int {
    parts.reduce(output.bytesPerRow + 64) { sum, part in
      sum.saturatingSum(rows.saturatingProduct(output.bytesPerRow + 64))
        .saturatingSum(part.scratchBytes(rows: rows))
    }
  }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let more = plus?.made(band.rows, from: window, scratch)
    let less = minus?.made(band.rows, from: window, scratch)
    let line = scratch.bytes(output.bytesPerRow)
    for y in band.rows {
      let source = window.row(vertical.anchorSample(y))
      let own = more == nil || less == nil ? picked(source, line) : source
      subtract(
        less.map { UnsafeRawPointer($0.row(y)) } ?? own,
        from: more.map { UnsafeRawPointer($0.row(y)) } ?? own, band.row(y))
    }
    copy(copies, from: window, to: band, vertical, horizontal)
  }

  /// The pixels of the picture that those of the output stand for.
  private func picked(_ row: UnsafeRawPointer, _ line: UnsafeMutableRawPointer) -> UnsafeRawPointer
  {
    pixels(
      of: row, width: input.width, PickedColumns(horizontal),
      size: input.color.channels * input.sample.byteCount, count: output.width, line: line)
  }

  private func subtract(
    _ b: UnsafeRawPointer, from a: UnsafeRawPointer, _ out: UnsafeMutableRawPointer
  ) {
    let count = output.samplesPerRow
    let rows = MicroKernels.current.rows
    // Safety: all three rows hold `count` samples.
    switch output.sample {
    case .uint8: rows.difference_u8(a.samples(), b.samples(), out.samples(), count)
    case .uint16: rows.difference_u16(a.samples(), b.samples(), out.samples(), count)
    case .float32:
      let (a, b) = (a.assumingMemoryBound(to: Float.self), b.assumingMemoryBound(to: Float.self))
      let out = out.assumingMemoryBound(to: Float.self)
      for x in 0..<count { out[x] = max(a[x] - b[x], 0) }
    }
  }
}
