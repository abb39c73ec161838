import Raster

/// Writes PFM: gray or RGB floats with the low byte first. The file begins at the bottom, so the rows are
/// held until the last.
final class PFMWriter: FormatWriter {
  private let format: PictureFormat
  private let sink: SinkHandle
  private var rows: [UInt8] = []

  init(_ format: PictureFormat, _ sink: SinkHandle) {
    self.format = format
    self.sink = sink
    rows.reserveCapacity(format.bytesPerRow * format.height)
  }

  /// Bytes that are held.
  static func memory(_ format: PictureFormat) -> Int { format.pictureBytesOrMore }

  var bandRows: Int? { nil }

  func append(_ band: any EncodedBand) throws(CodecError) {
    let window = band.plainRows
    for y in window.rows {
      // Safety: a row is `bytesPerRow` bytes long.
      rows += UnsafeRawBufferPointer(start: window.row(y), count: format.bytesPerRow)
    }
  }

  func finish(late: Metadata?) throws(CodecError) {
    // A scale below zero says that the low byte comes first.
    let scale = 1.littleEndian == 1 ? "-1.0" : "1.0"
    let kind = format.color == .rgb ? "PF" : "Pf"
    try sink.write(Array("\(kind)\n\(format.width) \(format.height)\n\(scale)\n".utf8))
    let count = format.bytesPerRow
    for y in (0..<format.height).reversed() {
      var failure: CodecError?
      rows.withUnsafeBytes { bytes in
        let row = UnsafeRawBufferPointer(rebasing: bytes[y * count..<(y + 1) * count])
        do throws(CodecError) { try sink.write(row) } catch { failure = error }
      }
      if let failure { throw failure }
    }
    try sink.flush()
  }
}

extension PictureFormat {
  /// Bytes of the rows, or the largest number.
  fileprivate var pictureBytesOrMore: Int { bytesPerRow.saturatingProduct(height) }
}
