import ImageCodecs
import Text

extension Metadata.Background {
  /// `#rgb`, `#rrggbb`, `R,G,B` or one level of 8 bits, `white` or `black`.
  init?(color text: String) {
    let samples: [Int]
    switch text.lowercased() {
    case "white": samples = [255]
    case "black": samples = [0]
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
