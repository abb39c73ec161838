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
