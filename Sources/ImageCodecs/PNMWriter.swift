import Raster

/// Writes raw PGM (P5) and PPM (P6), and PAM (P7) where there is alpha.
final class PNMWriter: FormatWriter {
  private let format: PictureFormat
  private let sink: SinkHandle
  private var swapped: [UInt8] = []

  init(_ format: PictureFormat, _ sink: SinkHandle) throws(CodecError) {
    self.format = format
    self.sink = sink
    let maximum = Int(format.sample.maximum)
    let header =
      switch format.color {
      case .gray: "P5\n\(format.width) \(format.height)\n\(maximum)\n"
      case .rgb: "P6\n\(format.width) \(format.height)\n\(maximum)\n"
      default:
        "P7\nWIDTH \(format.width)\nHEIGHT \(format.height)\nDEPTH \(format.color.channels)\n"
          + "MAXVAL \(maximum)\n"
          + "TUPLTYPE \(format.color == .rgba ? "RGB_ALPHA" : "GRAYSCALE_ALPHA")\nENDHDR\n"
      }
    try write(Array(header.utf8))
  }

  var bandRows: Int? { nil }

  private func write(_ bytes: [UInt8]) throws(CodecError) {
    var failure: CodecError?
    bytes.withUnsafeBytes { bytes in
      do throws(CodecError) {
        try sink.write(bytes)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  func append(_ band: any EncodedBand) throws(CodecError) {
    guard let rows = (band as? PlainRows)?.window else {
      preconditionFailure("a band of another sink")
    }
    for y in rows.rows {
      // Safety: a row is `bytesPerRow` bytes long.
      let row = UnsafeRawBufferPointer(start: rows.row(y), count: format.bytesPerRow)
      if format.sample == .uint16 {
        swapped = Array(row)
        swapped.withUnsafeMutableBytes { swapBytes($0) }
        try write(swapped)
      } else {
        try sink.write(row)
      }
    }
  }

  func finish(late: Metadata?) throws(CodecError) { try sink.flush() }
}
