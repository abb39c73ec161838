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

  /// Draws for training: uses up to six words of the example's own stream.
  func draw(
    seed: UInt64, epoch: Int, example: Int, height: Int, width: Int
  ) -> Draw {
    let (stream, index) = (UInt32(truncatingIfNeeded: epoch), UInt32(example))
    let generator = Philox(seed: seed, purpose: .augmentation)
    let words = generator.words(stream: stream, index: index)
    var draw = place(height: height, width: width)
    switch flip {
    case .none: break
    case .random: draw.flips = words[0] >> 31 == 1
    case .alternating:
      let first = Philox(seed: seed, purpose: .alternatingFlip).words(stream: 0, index: index)
      draw.flips = (first[0] >> 31 == 1) != (epoch & 1 == 1)
    }
    if let crop {
      draw.top = Philox.below(
        height - crop.height + 1,
        generator.words(
          stream: stream, index: index, draw: 1)[2])
      draw.left = Philox.below(
        width - crop.width + 1,
        generator.words(
          stream: stream, index: index, draw: 1)[3])
    }
    if translation > 0 {
      draw.top += Philox.below(2 * translation + 1, words[1]) - translation
      draw.left += Philox.below(2 * translation + 1, words[2]) - translation
    }
    if cutout > 0 {
      let more = generator.words(stream: stream, index: index, draw: 1)
      let (rows, columns) = (crop?.height ?? height, crop?.width ?? width)
      draw.cutRows = Self.cut(Philox.below(rows, more[0]), cutout, rows)
      draw.cutColumns = Self.cut(Philox.below(columns, more[1]), cutout, columns)
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
