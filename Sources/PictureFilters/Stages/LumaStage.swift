import ConvEngine
import Raster

/// Filters the brightness of a colour picture and adds its change to red, green and blue.
///
///     Y = ⌊0.299 R + 0.587 G + 0.114 B + ½⌋      out = in + (Y' − Y)
///
/// - SeeAlso: ITU-R BT.601-7, 2.5.1.
struct LumaStage: RowStage {
  let input: PictureFormat
  /// Runs on the plane of Y.
  let inner: any RowStage
  let vertical: WindowAxis
  let horizontal: WindowAxis
  /// Where samples are floats: what results are cut to, nil for nothing.
  let white: Double?

  var output: PictureFormat {
    var format = inner.output
    format.color = input.color
    return format
  }

  func inputRows(for rows: Range<Int>) -> Range<Int> { inner.inputRows(for: rows) }
  var operations: Double { inner.operations + 4 }

  func scratchBytes(rows: Int) -> Int {
    let planes = inputCount(for: rows).saturatingProduct(inner.input.bytesPerRow + 200)
    return inner.scratchBytes(rows: rows).saturatingSum(planes)
      .saturatingSum(rows.saturatingProduct(inner.output.bytesPerRow + 64))
  }

  var summary: String { "luma of " + inner.summary }
  var reasons: [String] { inner.reasons }

  var preferredRows: Int { inner.preferredRows }
  var wastesShortBands: Bool { inner.wastesShortBands }
  var heldBytes: Int { inner.heldBytes }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    let planes = scratch.window(
      inputRows(for: band.rows), bytesPerRow: inner.input.bytesPerRow
    ) { takeLuma(of: window.row($0), into: $1) }
    let made = inner.made(band.rows, from: planes, scratch)
    for y in band.rows {
      let anchor = vertical.anchorSample(y)
      let plane = planes.row(anchor)
      switch (input.sample, output.sample) {
      case (.float32, _):
        addFloats(window.row(anchor), plane, made.row(y), band.row(y))
      case (.uint8, .uint8):
        add(UInt8.self, UInt8.self, window.row(anchor), plane, made.row(y), band.row(y))
      case (.uint8, _):
        add(UInt8.self, UInt16.self, window.row(anchor), plane, made.row(y), band.row(y))
      default:
        add(UInt16.self, UInt16.self, window.row(anchor), plane, made.row(y), band.row(y))
      }
    }
  }

  private func takeLuma(of row: UnsafeRawPointer, into plane: UnsafeMutableRawPointer) {
    switch input.sample {
    case .uint8: luma(UInt8.self, row, plane)
    case .uint16: luma(UInt16.self, row, plane)
    case .float32: lumaOfFloats(row, plane)
    }
  }

  /// The stage with another one inside.
  private func holding(_ inner: any RowStage) -> LumaStage {
    LumaStage(
      input: input, inner: inner, vertical: vertical, horizontal: horizontal, white: white)
  }

  private func luma<Sample: FixedWidthInteger>(
    _ type: Sample.Type, _ row: UnsafeRawPointer, _ plane: UnsafeMutableRawPointer
  ) {
    let channels = input.color.channels
    // Safety: the row holds `width` pixels, the plane as many samples.
    let samples = row.assumingMemoryBound(to: Sample.self)
    let results = plane.assumingMemoryBound(to: Sample.self)
    for x in 0..<input.width {
      let pixel = samples + x * channels
      let sum = 299 * UInt32(pixel[0]) + 587 * UInt32(pixel[1]) + 114 * UInt32(pixel[2])
      results[x] = Sample((sum + 500) / 1000)
    }
  }

  private func lumaOfFloats(_ row: UnsafeRawPointer, _ plane: UnsafeMutableRawPointer) {
    let channels = input.color.channels
    // Safety: as above.
    let samples = row.assumingMemoryBound(to: Float.self)
    let results = plane.assumingMemoryBound(to: Float.self)
    for x in 0..<input.width {
      let pixel = samples + x * channels
      let sum = 299 * Double(pixel[0]) + 587 * Double(pixel[1]) + 114 * Double(pixel[2])
      results[x] = Float(sum / 1000)
    }
  }

  private func addFloats(
    _ source: UnsafeRawPointer, _ plane: UnsafeRawPointer, _ filtered: UnsafeRawPointer,
    _ row: UnsafeMutableRawPointer
  ) {
    let channels = input.color.channels
    // Safety: anchors lie within the source rows; the others hold `output.width` pixels.
    let samples = source.assumingMemoryBound(to: Float.self)
    let before = plane.assumingMemoryBound(to: Float.self)
    let after = filtered.assumingMemoryBound(to: Float.self)
    let results = row.assumingMemoryBound(to: Float.self)
    for x in 0..<output.width {
      let from = horizontal.anchorSample(x)
      let change = Double(after[x]) - Double(before[from])
      for channel in 0..<channels {
        let sample = Double(samples[from * channels + channel])
        let value = channel < 3 ? sample + change : sample
        results[x * channels + channel] = Float(white.map { min(max(value, 0), $0) } ?? value)
      }
    }
  }

  private func add<A: FixedWidthInteger, B: FixedWidthInteger>(
    _ a: A.Type, _ b: B.Type, _ source: UnsafeRawPointer, _ plane: UnsafeRawPointer,
    _ filtered: UnsafeRawPointer, _ row: UnsafeMutableRawPointer
  ) {
    let channels = input.color.channels
    let gain = A.bitWidth == B.bitWidth ? 1 : 257
    let picked = PickedColumns(horizontal)
    // Safety: anchors lie within the source rows; the others hold `output.width` pixels.
    let samples = source.assumingMemoryBound(to: A.self)
    let before = plane.assumingMemoryBound(to: A.self)
    let after = filtered.assumingMemoryBound(to: B.self)
    let results = row.assumingMemoryBound(to: B.self)
    for x in 0..<output.width {
      let from = picked.column(x, width: input.width)
      let change = Int(after[x]) - Int(before[from]) * gain
      for channel in 0..<channels {
        let sample = Int(samples[from * channels + channel]) * gain
        let value = channel < 3 ? sample + change : sample
        results[x * channels + channel] = B(min(max(value, 0), Int(B.max)))
      }
    }
  }
}

extension LumaStage {
  /// The same where what is inside must see the whole plane first.
  func settled(_ whole: any WholeStage, _ rows: HeldRows, team: ThreadTeam) -> any RowStage {
    holding(whole.settled(HeldRows(rows) { takeLuma(of: $0, into: $1) }, team: team))
  }
}

/// `LumaStage` around a stage that must see the whole plane first.
struct WholeLumaStage: WholeStage {
  let luma: LumaStage
  let whole: any WholeStage

  var input: PictureFormat { luma.input }
  var output: PictureFormat { luma.output }
  var operations: Double { luma.operations }
  var summary: String { luma.summary }
  var settlingBytes: Int { whole.settlingBytes }

  func inputRows(for rows: Range<Int>) -> Range<Int> { luma.inputRows(for: rows) }
  func scratchBytes(rows: Int) -> Int { luma.scratchBytes(rows: rows) }

  func produce(_ band: RowBand, from window: RowWindow, scratch: Scratch) {
    preconditionFailure("what is inside is settled first")
  }

  func settled(_ rows: HeldRows, team: ThreadTeam) -> any RowStage {
    luma.settled(whole, rows, team: team)
  }
}
