/// Levels of an image at places between its pixels.
package struct ImageSampler {
  private let source: UnsafePointer<UInt8>
  private let height: Int
  private let width: Int
  private let channels: Int
  private let border: Augmentation.Border

  /// - Parameter source: `[height, width, channels]`, alive as long as this is used.
  package init(
    _ source: UnsafePointer<UInt8>, height: Int, width: Int, channels: Int,
    border: Augmentation.Border
  ) {
    self.source = source
    self.height = height
    self.width = width
    self.channels = channels
    self.border = border
  }

  /// Writes what a view shows.
  ///
  /// - Parameter target: receives `[height, width, channels]` levels, 0…255, not rounded.
  package func write(
    _ view: ImageView, height: Int, width: Int, to target: UnsafeMutablePointer<Float>
  ) {
    for y in 0..<height {
      for x in 0..<width {
        let (placeX, placeY) = view.place(x: x, y: y)
        let (left, top) = (placeX.rounded(.down), placeY.rounded(.down))
        let (across, down) = (Float(placeX - left), Float(placeY - top))
        blend(
          Int(left), Int(top), across, down, to: target + (y * width + x) * channels)
      }
    }
  }

  /// The mean of four pixels by their nearness.
  @inline(__always)
  private func blend(
    _ left: Int, _ top: Int, _ across: Float, _ down: Float,
    to target: UnsafeMutablePointer<Float>
  ) {
    if left >= 0, top >= 0, left + 1 < width, top + 1 < height {
      // Safety: all four pixels lie within the image.
      let first = source + (top * width + left) * channels
      let second = first + width * channels
      for channel in 0..<channels {
        target[channel] = Self.mean(
          Float(first[channel]), Float(first[channels + channel]), Float(second[channel]),
          Float(second[channels + channel]), across, down)
      }
      return
    }
    let (x0, x1) = (column(left), column(left + 1))
    let (y0, y1) = (row(top), row(top + 1))
    for channel in 0..<channels {
      target[channel] = Self.mean(
        level(x0, y0, channel), level(x1, y0, channel), level(x0, y1, channel),
        level(x1, y1, channel), across, down)
    }
  }

  @inline(__always)
  private static func mean(
    _ a: Float, _ b: Float, _ c: Float, _ d: Float, _ across: Float, _ down: Float
  ) -> Float {
    let (high, low) = (a + (b - a) * across, c + (d - c) * across)
    return high + (low - high) * down
  }

  private func level(_ x: Int?, _ y: Int?, _ channel: Int) -> Float {
    guard let x, let y else { return 0 }
    // Safety: both lie within the image.
    return Float(source[(y * width + x) * channels + channel])
  }

  private func column(_ place: Int) -> Int? { border.place(place, width) }
  private func row(_ place: Int) -> Int? { border.place(place, height) }
}
