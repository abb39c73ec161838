import Raster

/// Writes an array of NumPy as `numpy.save` does: height × width for gray, else height × width ×
/// channels; 8 bits, or 16 or floats with the low byte first.
final class NPYWriter: FormatWriter {
  private let format: PictureFormat
  private let sink: SinkHandle

  /// - Parameter kept: the shape of the input: a single channel keeps its axis.
  init(_ format: PictureFormat, _ sink: SinkHandle, _ kept: NPYEncoding?) throws(CodecError) {
    self.format = format
    self.sink = sink
    let hasAxis = format.color != .gray || kept?.hasChannelAxis == true
    let header = NPYHeader(
      shape: [format.height, format.width] + (hasAxis ? [format.color.channels] : []),
      sample: format.sample)
    try sink.write(header.bytes)
  }

  var bandRows: Int? { nil }

  func append(_ band: any EncodedBand) throws(CodecError) {
    let rows = band.plainRows
    for y in rows.rows {
      // Safety: a row is `bytesPerRow` bytes long.
      let row = UnsafeRawBufferPointer(start: rows.row(y), count: format.bytesPerRow)
      if 1.littleEndian == 1 {
        try sink.write(row)
      } else {
        var turned = Array(row)
        turned.withUnsafeMutableBytes { orderBytes($0, of: format.sample, isBigEndian: false) }
        try sink.write(turned)
      }
    }
  }

  func finish(late: Metadata?) throws(CodecError) { try sink.flush() }
}
