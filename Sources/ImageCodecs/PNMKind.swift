import Raster

/// A member of the Netpbm family, as the ending of a file's name promises it.
public enum PNMKind: String, Sendable, CaseIterable {
  /// PBM: black and white.
  case pbm
  /// PGM: gray.
  case pgm
  /// PPM: RGB.
  case ppm
  /// PAM: any of these, and alpha.
  case pam

  public init?(fileExtension: some StringProtocol) {
    self.init(rawValue: fileExtension.lowercased())
  }

  /// Whether a file of this kind has alpha.
  public var holdsAlpha: Bool { self == .pam }

  /// Whether a file of this kind has colours.
  public var holdsColor: Bool { self == .ppm || self == .pam }
}
