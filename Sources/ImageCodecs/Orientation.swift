/// How a stored picture is to be turned to stand upright (EXIF, tag 0x0112).
public enum Orientation: Int, Sendable, CaseIterable {
  case upright = 1
  case mirrored
  case turnedHalf
  case flipped
  case transposed
  /// To be turned clockwise by a quarter.
  case turnedLeft
  case transversed
  /// To be turned counter-clockwise by a quarter.
  case turnedRight

  /// Whether width and height change places.
  public var swapsAxes: Bool { rawValue >= 5 }
}
