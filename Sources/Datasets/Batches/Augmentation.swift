import Random

/// Random changes to training images that leave their class as it is.
///
/// Each is drawn by (seed, epoch, example) alone, so an image is changed the same way wherever it
/// stands in the epoch and however many threads there are. They are done in this order: flip,
/// translation, crop, cutout.
public struct Augmentation: Sendable, Equatable {
  /// Mirroring left and right.
  public enum Flip: Sendable, Equatable, CaseIterable {
    case none
    /// With probability ½ in every epoch.
    case random
    /// With probability ½ in epoch 0, then the other way round in every further epoch: each pair of
    /// epochs shows both sides (K. Jordan, airbench, arXiv:2404.00498).
    case alternating
  }

  /// What a translated image shows beyond its border.
  public enum Border: Sendable, Equatable, CaseIterable {
    /// Black.
    case zero
    /// The image mirrored, without repeating the border sample: `c b | a b c | b a`.
    case reflect
  }

  public var flip: Flip
  /// Largest shift in each axis, in pixels: the shift is uniform in −translation…translation (≥ 0).
  public var translation: Int
  public var border: Border
  /// Size of the part that is cut out of the image, at a random place in training and in the
  /// middle in evaluation; nil for the whole image.
  public var crop: Crop?
  /// Side of a square, anywhere with its centre in the image, that is set to the mean: 0 for none.
  public var cutout: Int

  /// A part of an image.
  public struct Crop: Sendable, Equatable {
    public var height: Int
    public var width: Int
    public init(height: Int, width: Int) {
      self.height = height
      self.width = width
    }
  }

  public init(
    flip: Flip = .none, translation: Int = 0, border: Border = .reflect, crop: Crop? = nil,
    cutout: Int = 0
  ) {
    precondition(translation >= 0 && cutout >= 0, "a negative size")
    self.flip = flip
    self.translation = translation
    self.border = border
    self.crop = crop
    self.cutout = cutout
  }

  /// No change.
  public static let none = Augmentation()
}

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
      draw.top = random.below(2 * translation + 1, at: 1) - translation
      draw.left = random.below(2 * translation + 1, at: 2) - translation
    }
    guard crop != nil || cutout > 0 else { return draw }
    let (rows, columns) = (crop?.height ?? height, crop?.width ?? width)
    draw.top += random.below(height - rows + 1, at: 3)
    draw.left += random.below(width - columns + 1, at: 4)
    if cutout > 0 {
      draw.cutRows = Self.cut(random.below(rows, at: 5), cutout, rows)
      draw.cutColumns = Self.cut(random.below(columns, at: 6), cutout, columns)
    }
    return draw
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
