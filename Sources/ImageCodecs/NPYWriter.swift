import Raster

/// Writes channels that come as pictures, one behind the other, as an array of height × width × channels. It is
/// held until the last has come.
final class NPYChannelsWriter: FormatWriter {
  private let format: PictureFormat
  private let count: Int
  private let sink: SinkHandle
  /// All samples, those of a pixel side by side, the low byte first.
  private var array: [UInt8]
  /// The picture that comes, from 0.
  private var picture = 0

  /// - Parameters:
  ///   - format: of each picture.
  ///   - count: how many there are (≥ 1).
  init(_ format: PictureFormat, _ sink: SinkHandle, count: Int) {
    (self.format, self.sink, self.count) = (format, sink, count)
    array = [UInt8](repeating: 0, count: Self.memory(format, count: count))
  }

  /// Bytes of the whole array.
  static func memory(_ format: PictureFormat, count: Int) -> Int {
    format.bytesPerRow.saturatingProduct(format.height).saturatingProduct(count)
  }

  var bandRows: Int? { nil }

  func begin(_ picture: NextPicture) throws(CodecError) {
    guard picture.format == format else {
      throw .unsupported(.npy, "channels of different sizes or samples in an array")
    }
    self.picture += 1
  }

  func append(_ band: any EncodedBand) throws(CodecError) {
    let rows = band.plainRows
    let (size, width) = (format.sample.byteCount, format.samplesPerRow)
    for y in rows.rows {
      // Safety: a row is `bytesPerRow` bytes long, and lies within the picture.
      var row = Array(UnsafeRawBufferPointer(start: rows.row(y), count: format.bytesPerRow))
      if 1.littleEndian != 1 {
        row.withUnsafeMutableBytes { orderBytes($0, of: format.sample, isBigEndian: false) }
      }
      let channels = format.color.channels
      for x in 0..<width {
        let pixel = (y * format.width + x / channels) * count + picture
        let to = (pixel * channels + x % channels) * size
        for byte in 0..<size { array[to + byte] = row[x * size + byte] }
      }
    }
  }

  func finish(late: Metadata?) throws(CodecError) {}

  func complete() throws(CodecError) {
    let header = NPYHeader(
      shape: [format.height, format.width, count * format.color.channels], sample: format.sample)
    try sink.write(header.bytes)
    try sink.write(array)
    try sink.flush()
  }
}

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
