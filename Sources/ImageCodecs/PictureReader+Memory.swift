import Raster

extension PictureReader {
  /// Bytes of the whole picture, and of a second one where it has to be turned upright.
  public var pictureBytes: Int {
    let bytes = format.bytesPerRow.times(format.height) ?? .max
    return metadata.orientation == .upright ? bytes : bytes.times(2) ?? .max
  }
}
