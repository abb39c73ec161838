import Raster
import Synchronization

/// Writes PNG with the palette, or the few bits, of its input, as long as the result has no other colours: the
/// numbers of its pixels are held until that is known. With the first other colour it becomes a PNG like any
/// other, from the first row on.
final class NarrowPNGWriter: FormatWriter {
  private let format: PictureFormat
  private let sink: SinkHandle
  private let options: WritingOptions
  private let metadata: Metadata
  private let code: PNGCode
  private let layout: (contextRows: Int, bandRows: Int)
  /// A number a pixel, of the rows so far.
  private var numbers: [UInt8] = []
  private let wide = Mutex<Wide?>(nil)
  private(set) var warnings: [String] = []

  private final class Wide: @unchecked Sendable {
    // Safety: only `encode` runs on several threads, which changes nothing.
    let writer: PNGWriter
    init(_ writer: PNGWriter) { self.writer = writer }
  }

  /// Rows, with those above them, that are not encoded yet.
  private struct RawBand: EncodedBand {
    let window: RowWindow
    let first: Int
  }

  init(
    _ format: PictureFormat, _ sink: SinkHandle, _ options: WritingOptions, _ metadata: Metadata,
    _ code: PNGCode
  ) {
    self.format = format
    self.sink = sink
    self.options = options
    self.metadata = metadata
    self.code = code
    layout = PNGWriter.rows(format, options)
  }

  /// Bytes that are held.
  static func memory(_ format: PictureFormat) -> Int {
    format.width.saturatingProduct(format.height)
  }

  var contextRows: Int { layout.contextRows }
  var bandRows: Int? { layout.bandRows }

  func encode(_ rows: RowWindow, first: Int) throws(CodecError) -> any EncodedBand {
    guard let wide = wide.withLock({ $0 }) else { return RawBand(window: rows, first: first) }
    return try wide.writer.encode(rows, first: first)
  }

  func append(_ band: any EncodedBand) throws(CodecError) {
    guard let raw = band as? RawBand else {
      guard let wide = wide.withLock({ $0 }) else { preconditionFailure("a band of another sink") }
      return try wide.writer.append(band)
    }
    let known = wide.withLock { $0 }
    if known == nil, take(raw) { return }
    let writer: PNGWriter
    if let known { writer = known.writer } else { writer = try widen(raw.first) }
    try writer.append(writer.encode(raw.window, first: raw.first))
  }

  /// Takes the numbers of a band; false where a colour has none.
  private func take(_ raw: RawBand) -> Bool {
    for y in raw.first..<raw.window.rows.upperBound {
      // Safety: a row holds `width` pixels.
      let row = raw.window.row(y).assumingMemoryBound(to: UInt8.self)
      if !code.encode(row, format.width, into: &numbers) { return false }
    }
    return true
  }

  /// Begins a file with all colours, and writes the rows that are held.
  ///
  /// - Parameter count: how many of them are whole bands.
  private func widen(_ count: Int) throws(CodecError) -> PNGWriter {
    let writer = try PNGWriter(format, sink, options, metadata)
    try feed(writer, format, count) { [code] numbers, row in code.decode(numbers, into: row) }
    numbers = []
    let known = Wide(writer)
    wide.withLock { $0 = known }
    return writer
  }

  /// Hands the first rows to a writer, band by band.
  private func feed(
    _ writer: PNGWriter, _ format: PictureFormat, _ count: Int,
    _ fill: (ArraySlice<UInt8>, UnsafeMutablePointer<UInt8>) -> Void
  ) throws(CodecError) {
    let step = writer.bandRows ?? count
    for first in stride(from: 0, to: count, by: step) {
      let rows = first - min(first, writer.contextRows)..<min(first + step, count)
      var part = format
      part.height = rows.count
      let picture = Picture(part)
      for y in rows {
        fill(
          numbers[y * format.width..<(y + 1) * format.width],
          picture.row(y - rows.lowerBound).assumingMemoryBound(to: UInt8.self))
      }
      let window = RowWindow(
        firstRow: rows.lowerBound,
        pointers: (0..<rows.count).map { UnsafeRawPointer(picture.row($0)) })
      try writer.append(writer.encode(window, first: first))
      withExtendedLifetime(picture) {}
    }
  }

  func finish(late: Metadata?) throws(CodecError) {
    let writer: PNGWriter
    if let wide = wide.withLock({ $0 }) {
      writer = wide.writer
    } else {
      var narrow = format
      narrow.color = .gray
      var options = options
      options.pngDepth = code.depth
      writer = try PNGWriter(narrow, sink, options, metadata, palette: code.palette)
      let shift = UInt8(8 - code.depth)
      // The top bits of each sample are written.
      try feed(writer, narrow, format.height) { numbers, row in
        for (x, number) in numbers.enumerated() { row[x] = number << shift }
      }
    }
    try writer.finish(late: late)
    warnings = writer.warnings
  }
}
