import Raster

extension Picture {
  /// The same pixels as another kind of picture: gray for its colours, opaque where there is no alpha.
  func colored(as wanted: PictureFormat) -> Picture {
    if wanted == format { return self }
    let result = Picture(wanted)
    let size = format.sample.byteCount
    let (channels, colors) = (format.color.channels, format.color.colorChannels)
    let (wantedChannels, wantedColors) = (wanted.color.channels, wanted.color.colorChannels)
    for y in 0..<format.height {
      // Safety: both rows hold `width` pixels of samples of the same size.
      for x in 0..<format.width {
        let source = row(y) + x * channels * size
        let target = result.row(y) + x * wantedChannels * size
        for color in 0..<wantedColors {
          (target + color * size).copyMemory(
            from: source + min(color, colors - 1) * size, byteCount: size)
        }
        guard wanted.color.hasAlpha else { continue }
        let alpha = target + wantedColors * size
        if format.color.hasAlpha {
          alpha.copyMemory(from: source + colors * size, byteCount: size)
        } else {
          alpha.initializeMemory(as: UInt8.self, repeating: 255, count: size)
        }
      }
    }
    return result
  }
}
