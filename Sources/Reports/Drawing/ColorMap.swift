import Libc
import Raster

/// Turns numbers into colours. The steps are even to the eye: they are laid out in OKLab.
///
/// - SeeAlso: B. Ottosson, A perceptual color space for image processing, 2020.
public struct ColorMap: Sendable {
  /// `[256]`, from the lowest number to the highest.
  public let colors: [Color]

  /// The colour for a share of the range; NaN and what lies outside are taken to the ends.
  public func callAsFunction(_ share: Double) -> Color {
    colors[share > 0 ? Int(min(share, 1) * 255 + 0.5) : 0]
  }

  /// From black to white.
  public static let gray = ColorMap(colors: (0..<256).map { Color(gray: UInt8($0)) })

  /// From dark violet over blue, teal and green to yellow, lightness rising all the way.
  public static let ramp = ColorMap { t in
    lch(0.25 + 0.68 * t, 0.115 + 0.05 * t, 300 - 192 * t)
  }

  /// From white to a deep blue: for counts and shares.
  public static let blues = ColorMap { t in
    lch(1 - 0.62 * t, 0.14 * (t < 0.5 ? t * 1.7 : 0.7 + 0.3 * t), 250 + 10 * t)
  }

  /// Blue for negative numbers, white for zero, red for positive ones.
  public static let diverging = ColorMap { t in
    let distance = abs(2 * t - 1)
    return lch(
      1 - 0.55 * distance, 0.17 * min(1, distance * 1.25), t < 0.5 ? 255 : 28)
  }

  private init(_ color: (Double) -> Color) {
    // Entry 127.5 would be the middle; the two around it are both as near to it as can be.
    colors = (0..<256).map { color(Double($0) / 255) }
  }

  private init(colors: [Color]) { self.colors = colors }

  /// A colour from lightness (0…1), chroma and hue (degrees) of OKLab. Chroma is taken back as far
  /// as sRGB asks for.
  private static func lch(_ lightness: Double, _ chroma: Double, _ hue: Double) -> Color {
    var (inside, outside) = (0.0, chroma)
    if fits(linear(lightness, chroma, hue)) { inside = chroma }
    while outside - inside > 1e-4 {
      let middle = (inside + outside) / 2
      if fits(linear(lightness, middle, hue)) { inside = middle } else { outside = middle }
    }
    let bytes = linear(lightness, inside, hue).map(encoded)
    return Color(bytes[0], bytes[1], bytes[2])
  }

  private static func fits(_ linear: [Double]) -> Bool {
    linear.allSatisfy { $0 > -0.0005 && $0 < 1.0005 }
  }

  /// Linear red, green and blue.
  private static func linear(_ lightness: Double, _ chroma: Double, _ hue: Double) -> [Double] {
    let (a, b) = (chroma * cos(hue * .pi / 180), chroma * sin(hue * .pi / 180))
    let long = lightness + 0.3963377774 * a + 0.2158037573 * b
    let middle = lightness - 0.1055613458 * a - 0.0638541728 * b
    let short = lightness - 0.0894841775 * a - 1.2914855480 * b
    let (l, m, s) = (long * long * long, middle * middle * middle, short * short * short)
    return [
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    ]
  }

  private static func encoded(_ light: Double) -> UInt8 {
    UInt8((SRGBCurve.level(of: max(0, min(1, light))) * 255).rounded())
  }
}
