import Raster

extension PictureFormat {
  /// Bytes of a whole picture in memory.
  public var pictureBytes: Int { ((bytesPerRow + 63) / 64 * 64).saturatingProduct(height) }
}
