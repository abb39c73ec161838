/// What the interleaved channels of a pixel mean.
public enum ColorModel: Sendable, Hashable, CaseIterable {
  case gray
  case grayAlpha
  case rgb
  case rgba
  /// Amounts of ink, 0 for none (as in a TIFF; Adobe's JPEG files store the inverse).
  case cmyk

  /// Samples in a pixel, alpha included.
  public var channels: Int {
    switch self {
    case .gray: 1
    case .grayAlpha: 2
    case .rgb: 3
    case .rgba, .cmyk: 4
    }
  }

  /// Whether the last channel is alpha (never premultiplied in files).
  public var hasAlpha: Bool { self == .grayAlpha || self == .rgba }

  /// Samples in a pixel without alpha.
  public var colorChannels: Int { hasAlpha ? channels - 1 : channels }
}
