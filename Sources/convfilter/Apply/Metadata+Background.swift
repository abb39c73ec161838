import ImageCodecs
import Text

extension Metadata.Background {
  /// The colours of HTML 4 by name.
  private static let names = [
    "white": [255], "black": [0], "gray": [128], "grey": [128], "silver": [192],
    "red": [255, 0, 0], "maroon": [128, 0, 0], "yellow": [255, 255, 0], "olive": [128, 128, 0],
    "lime": [0, 255, 0], "green": [0, 128, 0], "aqua": [0, 255, 255], "cyan": [0, 255, 255],
    "teal": [0, 128, 128], "blue": [0, 0, 255], "navy": [0, 0, 128], "fuchsia": [255, 0, 255],
    "magenta": [255, 0, 255], "purple": [128, 0, 128],
  ]

  /// `#rgb`, `#rrggbb`, `R,G,B` or one level of 8 bits, or a name as `white` or `navy`.
  init?(color text: String) {
    let samples: [Int]
    switch text.lowercased() {
    case let name where Self.names[name] != nil: samples = Self.names[name]!
    case let text where text.hasPrefix("#"):
      let digits = text.dropFirst().compactMap(\.hexDigitValue)
      guard digits.count == text.count - 1 else { return nil }
      switch digits.count {
      case 3: samples = digits.map { $0 * 17 }
      case 6: samples = [0, 2, 4].map { digits[$0] * 16 + digits[$0 + 1] }
      default: return nil
      }
    default:
      guard let levels = axisLengths(text, separators: ",x"), [1, 3].contains(levels.count),
        levels.allSatisfy((0...255).contains)
      else { return nil }
      samples = levels
    }
    self.init(samples: samples, bits: 8)
  }
}
