/// The shape of a picture: size, channels and sample type.
///
/// Samples of a row are interleaved by pixel (`RGBRGB…`), rows run from the top.
public struct PictureFormat: Sendable, Hashable {
  /// Columns, in pixels (≥ 1).
  public var width: Int
  /// Rows, in pixels (≥ 1).
  public var height: Int
  public var color: ColorModel
  public var sample: SampleType

  public init(width: Int, height: Int, color: ColorModel, sample: SampleType) {
    precondition(width >= 1 && height >= 1, "a picture has at least one pixel")
    self.width = width
    self.height = height
    self.color = color
    self.sample = sample
  }

  /// Samples in a row, all channels.
  public var samplesPerRow: Int { width * color.channels }

  /// Bytes in a row without padding.
  public var bytesPerRow: Int { samplesPerRow * sample.byteCount }
}
