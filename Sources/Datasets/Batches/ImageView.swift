import Libc
import Random

/// Where the pixels of a result lie in an image: a part of any size, turned and enlarged about the
/// middle of the image.
///
///     p = corner + (place + ½) · box / size
///     q = middle + T(p − middle)        T = (cos −sin; sin cos) / scale
///
/// in pixels of the image, whose first has its centre at ½. A positive turn is anticlockwise. Between
/// pixels the image is what the four around a place make of it (bilinear).
package struct ImageView: Equatable {
  /// A part of an image, in pixels.
  package struct Box: Equatable {
    package var top: Double
    package var left: Double
    package var height: Double
    package var width: Double

    package init(top: Double, left: Double, height: Double, width: Double) {
      (self.top, self.left) = (top, left)
      (self.height, self.width) = (height, width)
    }
  }

  /// The image's place of the result's first pixel, and the way to the next in a row and in a column.
  let (startX, startY): (Double, Double)
  let (acrossX, acrossY): (Double, Double)
  let (downX, downY): (Double, Double)

  /// - Parameters:
  ///   - box: what is shown; without turn and scale exactly that.
  ///   - image: rows and columns of the image.
  ///   - turn: in radians.
  ///   - scale: above 0.
  ///   - flips: whether the image is mirrored before all else.
  package init(
    of box: Box, height: Int, width: Int, image: (height: Int, width: Int), turn: Double = 0,
    scale: Double = 1, flips: Bool = false
  ) {
    let (middleX, middleY) = (Double(image.width) / 2, Double(image.height) / 2)
    // Exactly 1 and 0 where nothing turns: whole pixels stay whole.
    let c = turn == 0 ? 1 / scale : cos(turn) / scale
    let s = turn == 0 ? 0 : sin(turn) / scale
    let (stepX, stepY) = (box.width / Double(width), box.height / Double(height))
    let (x, y) = (box.left + 0.5 * stepX - middleX, box.top + 0.5 * stepY - middleY)
    let sign: Double = flips ? -1 : 1
    startX = middleX + sign * (c * x - s * y)
    startY = middleY + s * x + c * y
    (acrossX, acrossY) = (sign * c * stepX, s * stepX)
    (downX, downY) = (-sign * s * stepY, c * stepY)
  }

  /// The middle of the image's place that a pixel of the result shows, in pixels from the middle of the
  /// image's first.
  func place(x: Int, y: Int) -> (x: Double, y: Double) {
    let (x, y) = (Double(x), Double(y))
    return (
      startX + x * acrossX + y * downX - 0.5, startY + x * acrossY + y * downY - 0.5
    )
  }
}

extension ImageView.Box {
  /// How often a part is drawn before the largest of a fitting shape is taken instead.
  private static let tries: UInt64 = 10

  /// A part of at least this share of the area, with sides at 3:4 to 4:3 (evenly on the logarithmic
  /// scale), anywhere in the image.
  ///
  /// - SeeAlso: torchvision.transforms.RandomResizedCrop, whose sides are whole pixels.
  package static func part(
    ofAtLeast share: Double, of image: (height: Int, width: Int), _ random: CounterRandom,
    at place: UInt64
  ) -> ImageView.Box {
    let (high, wide) = (Double(image.height), Double(image.width))
    let widest = log(4.0 / 3)
    for attempt in 0..<tries {
      let first = place + 4 * attempt
      let area = high * wide * (share + (1 - share) * Double(random.uniform(first)))
      let ratio = exp(widest * (2 * Double(random.uniform(first + 1)) - 1))
      let (width, height) = ((area * ratio).squareRoot(), (area / ratio).squareRoot())
      guard width <= wide, height <= high else { continue }
      return ImageView.Box(
        top: (high - height) * Double(random.uniform(first + 2)),
        left: (wide - width) * Double(random.uniform(first + 3)), height: height, width: width)
    }
    let width = min(wide, high * 4 / 3)
    let height = min(high, wide * 4 / 3)
    return ImageView.Box(
      top: (high - height) / 2, left: (wide - width) / 2, height: height, width: width)
  }
}
