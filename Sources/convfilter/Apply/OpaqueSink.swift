import Raster

/// Lays rows with alpha on a colour, for files that hold no alpha.
///
///     out = ⌊(2·(color·alpha + background·(full − alpha)) + full) / (2·full)⌋
///
/// in encoded values, as viewers lay pictures on a page; `full` is 255 or 65535. Floats are not rounded:
///
///     out = color·alpha + background·(1 − alpha)
final class OpaqueSink: RowSink {
  private let sink: any RowSink
  /// A sample a colour.
  private let background: [Int]
  let format: PictureFormat

  /// - Parameters:
  ///   - sink: takes gray or RGB rows.
  ///   - background: one sample a colour, in levels of the sink; 0…65535 where it takes floats.
  init(_ sink: any RowSink, on background: [Int]) {
    precondition(background.count == sink.format.color.channels, "one sample a colour")
    self.background = background
    precondition(!sink.format.color.hasAlpha, "a file without alpha")
    self.sink = sink
    var format = sink.format
    format.color = format.color == .rgb ? .rgba : .grayAlpha
    self.format = format
  }

  var contextRows: Int { sink.contextRows }
  var bandRows: Int? { sink.bandRows }

  private struct Band: EncodedBand {
    /// Owns the rows that `encoded` looks at.
    let rows: Rows
    let encoded: any EncodedBand
  }

  private final class Rows: @unchecked Sendable {
    // Safety: written by the thread that makes it, then only read.
    let band: RowBand

    init(_ window: RowWindow, bytesPerRow: Int) {
      band = RowBand(
        base: .allocate(byteCount: max(1, bytesPerRow * window.count), alignment: 64),
        pitch: bytesPerRow, firstRow: window.firstRow, count: window.count)
    }

    deinit { band.base.deallocate() }
  }

  func encode(_ window: RowWindow, first: Int) throws -> any EncodedBand {
    let rows = Rows(window, bytesPerRow: sink.format.bytesPerRow)
    for y in window.rows {
      // Safety: a row holds `width` pixels of `colors + 1` samples; the other one `colors`.
      switch format.sample {
      case .uint8:
        lay(
          window.row(y).assumingMemoryBound(to: UInt8.self),
          on: rows.band.row(y).assumingMemoryBound(to: UInt8.self))
      case .uint16:
        lay(
          window.row(y).assumingMemoryBound(to: UInt16.self),
          on: rows.band.row(y).assumingMemoryBound(to: UInt16.self))
      case .float32:
        layFloats(
          window.row(y).assumingMemoryBound(to: Float.self),
          on: rows.band.row(y).assumingMemoryBound(to: Float.self))
      }
    }
    return Band(rows: rows, encoded: try sink.encode(RowWindow(rows.band), first: first))
  }

  private func lay<Sample: FixedWidthInteger>(
    _ source: UnsafePointer<Sample>, on target: UnsafeMutablePointer<Sample>
  ) {
    let colors = sink.format.color.channels
    let full = Int(Sample.max)
    for x in 0..<format.width {
      let alpha = Int(source[x * (colors + 1) + colors])
      for channel in 0..<colors {
        let color = Int(source[x * (colors + 1) + channel])
        let sum = color * alpha + background[channel] * (full - alpha)
        target[x * colors + channel] = Sample((2 * sum + full) / (2 * full))
      }
    }
  }

  private func layFloats(_ source: UnsafePointer<Float>, on target: UnsafeMutablePointer<Float>) {
    let colors = sink.format.color.channels
    for x in 0..<format.width {
      let alpha = Double(source[x * (colors + 1) + colors])
      for channel in 0..<colors {
        let color = Double(source[x * (colors + 1) + channel])
        let behind = Double(background[channel]) / 65535 * (1 - alpha)
        target[x * colors + channel] = Float(color * alpha + behind)
      }
    }
  }

  func append(_ band: any EncodedBand) throws {
    guard let band = band as? Band else { preconditionFailure("a band of another sink") }
    try sink.append(band.encoded)
  }

  func finish() throws { try sink.finish() }
}
