import Raster

extension Picture {
  /// The picture turned to stand upright; itself where it does already.
  public func upright(from orientation: Orientation) -> Picture {
    if orientation == .upright { return self }
    var turned = format
    if orientation.swapsAxes { (turned.width, turned.height) = (format.height, format.width) }
    let result = Picture(turned)
    let pixel = format.color.channels * format.sample.byteCount
    let (lastX, lastY) = (format.width - 1, format.height - 1)
    for y in 0..<turned.height {
      // The stored pixel of (0, y), and the step from one pixel to the next.
      let (x0, y0, stepX, stepY) =
        switch orientation {
        case .upright: (0, y, 1, 0)
        case .mirrored: (lastX, y, -1, 0)
        case .turnedHalf: (lastX, lastY - y, -1, 0)
        case .flipped: (0, lastY - y, 1, 0)
        case .transposed: (y, 0, 0, 1)
        case .turnedLeft: (y, lastY, 0, -1)
        case .transversed: (lastX - y, lastY, 0, -1)
        case .turnedRight: (lastX - y, 0, 0, 1)
        }
      // Safety: source and target stay within the pictures, as the cases above run along an axis.
      var source = UnsafeRawPointer(row(y0)) + x0 * pixel
      var target = result.row(y)
      let step = stepX * pixel + stepY * pitch
      for x in 0..<turned.width {
        target.copyMemory(from: source, byteCount: pixel)
        target += pixel
        if x + 1 < turned.width { source += step }
      }
    }
    return result
  }
}
