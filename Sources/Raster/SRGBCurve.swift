import Libc

/// The curve between light and the levels of sRGB, both on a scale where white is 1.
///
/// - SeeAlso: IEC 61966-2-1.
public enum SRGBCurve {
  /// The light that a level stands for.
  public static func light(of level: Double) -> Double {
    level <= 0.04045 ? level / 12.92 : pow((level + 0.055) / 1.055, 2.4)
  }

  /// The level that stands for an amount of light.
  public static func level(of light: Double) -> Double {
    light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055
  }
}
