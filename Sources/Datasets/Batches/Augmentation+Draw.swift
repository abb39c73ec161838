import Random

extension Augmentation {
  /// What happens to one image.
  struct Draw: Equatable {
    var flips = false
    /// Row and column of the source that becomes the top left corner of the result.
    var top = 0
    var left = 0
    /// Rows and columns of the result that are set to the mean.
    var cutRows = 0..<0
    var cutColumns = 0..<0
    /// Where the result's pixels lie, where they lie between those of the image; nil for a plain shift.
    var view: ImageView?
    /// nil where colours stay.
    var color: ColorChange?
  }

  /// What happens in training: drawn from the example's own stream of the epoch.
  func draw(seed: UInt64, epoch: Int, example: Int, height: Int, width: Int) -> Draw {
    if self == .none { return Draw() }
    let random = CounterRandom(seed: seed, .augmentation, UInt64(epoch), UInt64(example))
    var draw = Draw()
    switch flip {
    case .none: break
    case .random: draw.flips = random.coin(0)
    case .alternating:
      let first = CounterRandom(seed: seed, .alternatingFlip, UInt64(example)).coin(0)
      draw.flips = first != (epoch & 1 == 1)
    }
    if translation > 0 {
      let (down, across) = (min(translation, height - 1), min(translation, width - 1))
      draw.top = random.below(2 * down + 1, at: 1) - down
      draw.left = random.below(2 * across + 1, at: 2) - across
    }
    let (rows, columns) = (crop?.height ?? height, crop?.width ?? width)
    if part == nil {
      draw.top += random.below(height - rows + 1, at: 3)
      draw.left += random.below(width - columns + 1, at: 4)
    }
    if part != nil || rotation > 0 || zoom > 0 || color != .none {
      draw.view = view(draw, random, of: (height, width), to: (rows, columns))
      draw.color = color == .none ? nil : color.draw(random, at: Self.colorPlace)
    }
    if cutout > 0 {
      draw.cutRows = Self.cut(random.below(rows, at: 5), cutout, rows)
      draw.cutColumns = Self.cut(random.below(columns, at: 6), cutout, columns)
    }
    return draw
  }

  /// Places of the stream from which the parts of any size and the colours are drawn.
  private static let (turnPlace, colorPlace, partPlace): (UInt64, UInt64, UInt64) = (7, 9, 16)

  /// The part, the turn and the scale of an image that is resampled.
  private func view(
    _ draw: Draw, _ random: CounterRandom, of image: (height: Int, width: Int),
    to result: (height: Int, width: Int)
  ) -> ImageView {
    var box = ImageView.Box(
      top: Double(draw.top), left: Double(draw.left), height: Double(result.height),
      width: Double(result.width))
    if let part {
      box = ImageView.Box.part(
        ofAtLeast: Double(part), of: image, random, at: Self.partPlace)
      box.top += Double(draw.top)
      box.left += Double(draw.left)
    }
    func within(_ limit: Float, _ place: UInt64) -> Double {
      Double(limit) * (2 * Double(random.uniform(place)) - 1)
    }
    return ImageView(
      of: box, height: result.height, width: result.width, image: image,
      turn: within(rotation, Self.turnPlace) * .pi / 180,
      scale: 1 + within(zoom, Self.turnPlace + 1), flips: draw.flips)
  }

  /// What evaluation does: only the crop, in the middle.
  func place(height: Int, width: Int) -> Draw {
    guard let crop else { return Draw() }
    return Draw(top: (height - crop.height) / 2, left: (width - crop.width) / 2)
  }

  private static func cut(_ centre: Int, _ side: Int, _ limit: Int) -> Range<Int> {
    let start = centre - side / 2
    return max(0, start)..<min(limit, start + side)
  }
}
