import Comparison
import ImageCodecs
import Raster

/// Writes the picture of the differences band by band.
final class DifferenceSink {
  private let writer: PictureWriter
  private let format: PictureFormat
  private let gain: Int
  /// A band, and before it the rows that the writer looks back at.
  private let rows: Picture

  /// - Parameters:
  ///   - format: of the pictures that are compared.
  ///   - gain: of their differences.
  init(_ writer: PictureWriter, _ format: PictureFormat, gain: Int) {
    self.writer = writer
    self.format = format
    self.gain = gain
    var window = writer.format
    window.height = writer.contextRows + (writer.bandRows ?? Self.bandRows)
    rows = Picture(window)
  }

  /// Rows of a band where the writer has no wish.
  static let bandRows = 64

  /// Rows that come at a time, but for the last ones.
  var bandRows: Int { writer.bandRows ?? Self.bandRows }

  /// Adds the next rows of the pictures.
  func add(_ first: RowBand, _ second: RowBand) throws {
    let context = min(writer.contextRows, first.firstRow)
    let place = writer.contextRows
    let target = RowBand(
      base: rows.row(place), pitch: rows.pitch, firstRow: first.firstRow, count: first.count)
    DifferencePicture.write(first, second, format: format, gain: gain, into: target)
    let window = RowWindow(
      firstRow: first.firstRow - context,
      pointers: (place - context..<place + first.count).map { UnsafeRawPointer(rows.row($0)) })
    try writer.append(writer.encode(window, first: first.firstRow))
    // The last rows come before those of the next band.
    let end = place + first.count
    for row in 0..<place {
      rows.row(row).copyMemory(
        from: rows.row(end - place + row), byteCount: writer.format.bytesPerRow)
    }
  }

  func finish() throws { try writer.finish() }
}
