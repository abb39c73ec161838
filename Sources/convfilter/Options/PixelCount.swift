/// A number of pixels: `100000`, `24M`, `1.5G`, or `none` for no limit.
struct PixelCount: Equatable, CustomStringConvertible {
  /// Nil for no limit.
  var pixels: Int?

  init(_ pixels: Int?) { self.pixels = pixels }

  init?(_ argument: String) {
    if argument == "none" {
      self.init(nil)
      return
    }
    var text = argument
    var factor = 1.0
    switch text.last {
    case "k", "K": factor = 1e3
    case "m", "M": factor = 1e6
    case "g", "G": factor = 1e9
    default: break
    }
    if factor > 1 { text.removeLast() }
    guard let value = Double(text), value * factor >= 1, value * factor < 1e15 else { return nil }
    self.init(Int(value * factor))
  }

  var description: String {
    guard let pixels else { return "none" }
    for (unit, name) in [(1_000_000_000, "G"), (1_000_000, "M")] where pixels % unit == 0 {
      return "\(pixels / unit)\(name)"
    }
    return "\(pixels)"
  }
}
