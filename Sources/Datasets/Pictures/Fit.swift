/// How a picture of another shape is brought to the size that a network wants.
public enum Fit: String, Sendable, Equatable, CaseIterable {
  /// Width and height are scaled each for itself.
  case stretch
  /// The largest part of the right shape is cut from the middle.
  case crop
  /// The whole picture, in the middle, with the background at two sides.
  case pad
}

/// How pictures of any kind become images of one kind: the same for training and prediction.
public struct ImagePreparation: Sendable, Equatable {
  /// Size of the image, in pixels (≥ 1).
  public var width: Int
  public var height: Int
  /// 1 (gray) or 3 (red, green, blue).
  public var channels: Int
  public var fit: Fit
  /// What transparent pixels are laid on, and what `pad` adds: red, green, blue.
  public var background: SIMD3<UInt8>

  public init(
    width: Int, height: Int, channels: Int, fit: Fit = .stretch,
    background: SIMD3<UInt8> = SIMD3(255, 255, 255)
  ) {
    precondition(width >= 1 && height >= 1, "an image has at least one pixel")
    precondition(channels == 1 || channels == 3, "gray or colour")
    self.width = width
    self.height = height
    self.channels = channels
    self.fit = fit
    self.background = background
  }
}
