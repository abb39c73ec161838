import Raster
import Synchronization

/// Rows that may come to need less than a file of their format takes.
protocol NarrowRows: Sendable {
  /// How many rows have been taken.
  var count: Int { get }
  /// Takes a row; false, and nothing is taken of it, where nothing less will do.
  mutating func take(_ row: UnsafePointer<UInt8>) -> Bool
  /// A row as it came.
  func restore(_ y: Int, to row: UnsafeMutablePointer<UInt8>)
  /// What suffices for the rows, in several ways where only the files tell which is the smallest.
  func narrow() -> [NarrowPicture]
}

/// Rows in fewer bytes.
struct NarrowPicture {
  /// What `fill` makes: gray also where the samples are numbers of colours.
  let format: PictureFormat
  /// Bits of a sample in the file; nil for all. PNG has fewer than all only of gray.
  var depth: Int?
  /// Red, green, blue and alpha of each colour; empty where there are no numbers.
  var palette: [UInt8] = []
  /// The colour that stands for transparent, in samples of the file; empty for none.
  var key: [UInt16] = []
  /// Whether only the size of the file is to be known, about.
  var isDraft = false
  /// Makes a row; of few bits the upper ones count.
  let fill: (Int, UnsafeMutablePointer<UInt8>) -> Void
}

/// Writes a picture that needs little, such as the palette or the few bits of its input, as long as the result has
/// no other colours: its rows are held until that is known. With the first other colour it becomes a picture like
/// any other, from the first row on.
final class NarrowWriter<Rows: NarrowRows>: FormatWriter {
  private let format: PictureFormat
  private let sink: SinkHandle
  /// Begins what suffices for the rows, or, for nil, what any rows take.
  private let open: (NarrowPicture?, SinkHandle) throws(CodecError) -> any FormatWriter
  private let layout: (contextRows: Int, bandRows: Int?)
  /// Nil once they are written.
  private var rows: Rows?
  private let wide = Mutex<Wide?>(nil)
  private(set) var warnings: [String] = []

  private final class Wide: @unchecked Sendable {
    // Safety: only `encode` runs on several threads, which changes nothing.
    let writer: any FormatWriter
    init(_ writer: any FormatWriter) { self.writer = writer }
  }

  /// Rows, with those above them, that are not encoded yet.
  private struct RawBand: EncodedBand {
    let window: RowWindow
    let first: Int
  }

  /// - Parameter layout: of the writer that any rows take.
  init(
    _ format: PictureFormat, _ sink: SinkHandle, _ rows: Rows,
    layout: (contextRows: Int, bandRows: Int?),
    open: @escaping (NarrowPicture?, SinkHandle) throws(CodecError) -> any FormatWriter
  ) {
    self.format = format
    self.sink = sink
    self.rows = rows
    self.layout = layout
    self.open = open
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
    let writer: any FormatWriter
    if let known { writer = known.writer } else { writer = try widen(raw.first) }
    try writer.append(writer.encode(raw.window, first: raw.first))
  }

  /// Takes the rows of a band; false where they need all there is.
  private func take(_ raw: RawBand) -> Bool {
    for y in raw.first..<raw.window.rows.upperBound {
      // Safety: a row holds `width` pixels.
      let row = raw.window.row(y).assumingMemoryBound(to: UInt8.self)
      if rows?.take(row) != true { return false }
    }
    return true
  }

  /// Begins a file with all colours, and writes the rows that are held.
  ///
  /// - Parameter count: how many of them are whole bands.
  private func widen(_ count: Int) throws(CodecError) -> any FormatWriter {
    let writer = try open(nil, sink)
    if let rows { try feed(writer, format, count) { rows.restore($0, to: $1) } }
    rows = nil
    let known = Wide(writer)
    wide.withLock { $0 = known }
    return writer
  }

  /// Hands the first rows to a writer, band by band.
  private func feed(
    _ writer: any FormatWriter, _ format: PictureFormat, _ count: Int,
    _ fill: (Int, UnsafeMutablePointer<UInt8>) -> Void
  ) throws(CodecError) {
    let step = writer.bandRows ?? max(count, 1)
    for first in stride(from: 0, to: count, by: step) {
      let rows = first - min(first, writer.contextRows)..<min(first + step, count)
      var part = format
      part.height = rows.count
      let picture = Picture(part)
      for y in rows {
        // Safety: a row has room for one of the format.
        fill(y, picture.row(y - rows.lowerBound).assumingMemoryBound(to: UInt8.self))
      }
      let window = RowWindow(
        firstRow: rows.lowerBound,
        pointers: (0..<rows.count).map { UnsafeRawPointer(picture.row($0)) })
      try writer.append(writer.encode(window, first: first))
      withExtendedLifetime(picture) {}
    }
  }

  func finish(late: Metadata?) throws(CodecError) {
    if let writer = wide.withLock({ $0 })?.writer {
      try writer.finish(late: late)
      warnings = writer.warnings
      return
    }
    let pictures = try promising(rows?.narrow() ?? [], late)
    if pictures.count == 1 {
      warnings = try write(pictures[0], to: sink, late)
      return
    }
    var smallest: (sink: SinkHandle, warnings: [String])?
    for picture in pictures {
      let sink = try SinkHandle(.memory)
      let warnings = try write(picture, to: sink, late)
      if sink.count < smallest?.sink.count ?? .max { smallest = (sink, warnings) }
    }
    guard let smallest else { preconditionFailure("rows that no file can hold") }
    try sink.write(collectedBy: smallest.sink)
    try sink.flush()
    warnings = smallest.warnings
  }

  /// Those whose files are the smallest, or about as small: work is spent on these only.
  private func promising(
    _ pictures: [NarrowPicture], _ late: Metadata?
  ) throws(CodecError) -> [NarrowPicture] {
    if pictures.count == 1 { return pictures }
    var lengths: [Int] = []
    for var picture in pictures {
      picture.isDraft = true
      let draft = try SinkHandle(.memory)
      _ = try write(picture, to: draft, late)
      lengths.append(draft.count)
    }
    let least = lengths.min() ?? 0
    return zip(pictures, lengths).filter { $1 <= least + least / 32 }.map(\.0)
  }

  /// - Returns: what there is to be warned of.
  private func write(
    _ picture: NarrowPicture, to sink: SinkHandle, _ late: Metadata?
  ) throws(CodecError) -> [String] {
    let writer = try open(picture, sink)
    try feed(writer, picture.format, picture.format.height, picture.fill)
    try writer.finish(late: late)
    return writer.warnings
  }
}
