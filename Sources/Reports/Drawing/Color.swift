/// A colour of a drawing, sRGB, 8 bit.
public struct Color: Sendable, Hashable {
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

  static let white = Color(gray: 255)
  static let ink = Color(38, 42, 48)
  static let faint = Color(110, 116, 124)
  static let grid = Color(228, 231, 235)
  static let line = Color(150, 156, 164)

  /// Colours of the series of a chart; told apart with red-green blindness, too.
  static let series = [
    Color(32, 99, 180), Color(221, 107, 32), Color(24, 138, 116), Color(176, 58, 104),
    Color(118, 92, 168), Color(130, 110, 40),
  ]

  /// Brightness as the eye weighs it, 0…1 (Rec. 709 on gamma-encoded values: enough to choose
  /// black or white text).
  var brightness: Double {
    (0.2126 * Double(red) + 0.7152 * Double(green) + 0.0722 * Double(blue)) / 255
  }
}
