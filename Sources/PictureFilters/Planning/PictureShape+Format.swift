import KernelLanguage
import Raster

extension PictureShape {
  init(_ format: PictureFormat) {
    self.init(width: format.width, height: format.height, channels: format.color.channels)
  }
}
