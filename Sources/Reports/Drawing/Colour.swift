/// A colour of a drawing, sRGB, 8 bit.
public struct Colour: Sendable, Hashable {
  public let red: UInt8
  public let green: UInt8
  public let blue: UInt8

  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// A gray, 0 black … 255 white.
  public init(gray: UInt8) { self.init(gray, gray, gray) }

  static let white = Colour(gray: 255)
  static let ink = Colour(38, 42, 48)
  static let faint = Colour(110, 116, 124)
  static let grid = Colour(228, 231, 235)
  static let line = Colour(150, 156, 164)

  /// Colours of the series of a chart; told apart with red-green blindness, too.
  static let series = [
    Colour(32, 99, 180), Colour(221, 107, 32), Colour(24, 138, 116), Colour(176, 58, 104),
    Colour(118, 92, 168), Colour(130, 110, 40),
  ]

  /// Brightness as the eye weighs it, 0…1 (Rec. 709 on gamma-encoded values: enough to choose
  /// black or white text).
  var brightness: Double {
    (0.2126 * Double(red) + 0.7152 * Double(green) + 0.0722 * Double(blue)) / 255
  }
}
