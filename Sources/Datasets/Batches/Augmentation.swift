/// Random changes to training images that leave their class as it is.
///
/// Each is drawn by (seed, epoch, example) alone, so an image is changed the same way wherever it
/// stands in the epoch and however many threads there are. They are done in this order: flip,
/// translation, crop (or a part of any size), rotation and zoom, colour, cutout.
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
  /// Largest shift in each axis, in pixels: the shift is uniform in −translation…translation (≥ 0),
  /// and along a side of fewer pixels as far as it goes.
  public var translation: Int
  public var border: Border
  /// Size of the part that is cut out of the image, at a random place in training and in the
  /// middle in evaluation; nil for the whole image.
  public var crop: Crop?
  /// Side of a square, anywhere with its centre in the image, that is set to the mean: 0 for none.
  public var cutout: Int
  /// The smallest share of the image's area that a random part has which is brought to the size of the
  /// result, its sides at 3:4 to 4:3: above 0, up to 1; nil for parts of the result's own size.
  ///
  /// - SeeAlso: Szegedy et al., Going Deeper with Convolutions, arXiv:1409.4842, section 6.
  public var part: Float?
  /// Largest turn about the middle, in degrees, to either side (0…180).
  public var rotation: Float
  /// Largest change of scale: the image is enlarged by 1 − zoom…1 + zoom (0 up to below 1).
  public var zoom: Float
  /// How colours change.
  public var color: ColorJitter
  /// How strongly pairs of images are laid over each other: α of the Beta distribution of their shares
  /// (≥ 0), 0 for none. It concerns labels, too: whoever trains does it, not `Batches`.
  ///
  /// - SeeAlso: Zhang et al., mixup, arXiv:1710.09412.
  public var mixup: Float

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
    cutout: Int = 0, part: Float? = nil, rotation: Float = 0, zoom: Float = 0,
    color: ColorJitter = .none, mixup: Float = 0
  ) {
    precondition(translation >= 0 && cutout >= 0, "a negative size")
    precondition(part.map { $0 > 0 && $0 <= 1 } ?? true, "a share of the area")
    precondition(
      rotation >= 0 && zoom >= 0 && zoom < 1 && mixup >= 0, "changes within their ranges")
    self.flip = flip
    self.translation = translation
    self.border = border
    self.crop = crop
    self.cutout = cutout
    self.part = part
    self.rotation = rotation
    self.zoom = zoom
    self.color = color
    self.mixup = mixup
  }

  /// No change.
  public static let none = Augmentation()
}
