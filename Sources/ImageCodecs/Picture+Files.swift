import Raster

/// Decodes a picture file in memory.
///
/// - Throws: `CodecError`.
public func decode(
  _ bytes: [UInt8], limits: Limits = Limits(), damage: DamagePolicy = .refuse
) throws(CodecError) -> Picture {
  try PictureReader(.bytes(bytes), limits: limits, damage: damage).readPicture()
}

/// A picture as the bytes of a file.
///
/// - Throws: `CodecError.cannotStore` when the format cannot hold such pixels.
public func encode(
  _ picture: Picture, as fileFormat: FileFormat, options: WritingOptions = WritingOptions(),
  metadata: Metadata = Metadata(), keeping encoding: Encoding? = nil
) throws -> [UInt8] {
  let writer = try PictureWriter(
    picture.format, as: fileFormat, to: .memory, options: options, metadata: metadata,
    keeping: encoding)
  try writer.write(picture)
  return writer.bytes
}

/// A picture as the bytes of a PNG file.
///
/// - Throws: `CodecError.cannotStore` for CMYK and float samples.
public func encodePNG(_ picture: Picture, level: Int = 1) throws -> [UInt8] {
  var options = WritingOptions()
  options.pngLevel = level
  return try encode(picture, as: .png, options: options)
}

extension PictureWriter {
  /// Writes all rows of a picture, band by band, and completes the file.
  public func write(_ picture: Picture) throws {
    precondition(picture.format == format, "a picture of another format")
    let step = bandRows ?? format.height
    for first in stride(from: 0, to: format.height, by: step) {
      let rows = first - min(first, contextRows)..<min(first + step, format.height)
      let window = RowWindow(
        firstRow: rows.lowerBound, pointers: rows.map { UnsafeRawPointer(picture.row($0)) })
      try append(encode(window, first: first))
    }
    try finish()
  }
}
