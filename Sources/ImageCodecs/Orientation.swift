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

extension Metadata {
  /// The orientation that the EXIF block gives, in 16 or 32 bits; `.upright` where it gives none that
  /// is valid.
  public var orientation: Orientation {
    guard let exif, let block = ExifBlock(exif),
      let entry = block.main?.entries.first(where: { $0.tag == ExifBlock.Tag.orientation }),
      entry.count == 1
    else { return .upright }
    return block.number(entry).flatMap { Orientation(rawValue: $0) } ?? .upright
  }
}
