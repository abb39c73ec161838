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
  /// The orientation that the EXIF block gives; `.upright` where it gives none that is valid.
  public var orientation: Orientation {
    guard let exif, let offset = Exif.orientationOffset(exif) else { return .upright }
    return Orientation(rawValue: Exif.short(exif, offset)) ?? .upright
  }

  /// Says that the picture stands upright, where the EXIF block says anything.
  public mutating func resetOrientation() {
    guard var exif, let offset = Exif.orientationOffset(exif) else { return }
    exif[offset] = Exif.isLittleEndian(exif) ? 1 : 0
    exif[offset + 1] = Exif.isLittleEndian(exif) ? 0 : 1
    self.exif = exif
  }
}

/// The few words of TIFF that the orientation needs.
enum Exif {
  static func isLittleEndian(_ tiff: [UInt8]) -> Bool { tiff[0] == UInt8(ascii: "I") }

  static func short(_ tiff: [UInt8], _ offset: Int) -> Int {
    let (a, b) = (Int(tiff[offset]), Int(tiff[offset + 1]))
    return isLittleEndian(tiff) ? b << 8 | a : a << 8 | b
  }

  static func long(_ tiff: [UInt8], _ offset: Int) -> Int {
    let (a, b) = (short(tiff, offset), short(tiff, offset + 2))
    return isLittleEndian(tiff) ? b << 16 | a : a << 16 | b
  }

  /// Where the value of the orientation stands in a TIFF block, or nil.
  static func orientationOffset(_ tiff: [UInt8]) -> Int? {
    guard tiff.count >= 8,
      tiff.starts(with: Array("II*\0".utf8)) || tiff.starts(with: [77, 77, 0, 42])
    else { return nil }
    let directory = long(tiff, 4)
    guard directory >= 8, directory + 2 <= tiff.count else { return nil }
    for entry in 0..<short(tiff, directory) {
      let offset = directory + 2 + 12 * entry
      guard offset + 12 <= tiff.count else { return nil }
      // Tag 0x0112, one SHORT (type 3), which stands in the entry itself.
      if short(tiff, offset) == 0x0112 {
        return short(tiff, offset + 2) == 3 && long(tiff, offset + 4) == 1 ? offset + 8 : nil
      }
    }
    return nil
  }
}
