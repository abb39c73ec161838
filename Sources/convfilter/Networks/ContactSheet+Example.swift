import ConvNet
import Raster
import Reports

extension ContactSheet.Tile {
  /// An example as a picture: its normalisation undone, rounded to levels.
  init(
    example values: [Float], shape: FeatureShape, _ normalization: Normalization, caption: String
  ) {
    let (scale, shift) = (normalization.scale, normalization.shift)
    let levels = values.enumerated().map { place, value in
      let channel = place % shape.channels
      return UInt8(min(max(((value - shift[channel]) / scale[channel]).rounded(), 0), 255))
    }
    let format = PictureFormat(
      width: shape.width, height: shape.height, color: shape.channels == 3 ? .rgb : .gray,
      sample: .uint8)
    self.init(Picture(format, samples: levels), caption: caption)
  }
}
