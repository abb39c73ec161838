import Raster

extension PictureFormat {
  /// Makes up a row, where there are no data: gray, and opaque.
  func fillGray(_ row: UnsafeMutableRawBufferPointer) {
    if sample == .float32 {
      let samples = row.bindMemory(to: Float.self)
      for index in samples.indices {
        samples[index] = color.hasAlpha && index % color.channels == color.channels - 1 ? 1 : 0.5
      }
      return
    }
    for index in row.indices {
      let channel = index / sample.byteCount % color.channels
      row[index] = color.hasAlpha && channel == color.channels - 1 ? 255 : 128
    }
  }
}
