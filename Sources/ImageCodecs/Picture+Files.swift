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
