import PictureFilters
import Text

extension Selection.Region {
  /// `WxH+X+Y`, `WxH-X-Y`, or `WxH` at the top left.
  init?(_ text: String) {
    let isSign = { (byte: Character) in byte == "+" || byte == "-" }
    let sizeEnd = text.firstIndex(where: isSign) ?? text.endIndex
    guard let size = axisLengths(String(text[..<sizeEnd]), separators: "xX×"), size.count == 2
    else { return nil }
    var place = [0, 0]
    if sizeEnd < text.endIndex {
      let rest = text[sizeEnd...]
      guard let second = rest.dropFirst().firstIndex(where: isSign),
        let x = Int(rest[..<second]), let y = Int(rest[second...])
      else { return nil }
      place = [x, y]
    }
    self.init(x: place[0], y: place[1], width: size[0], height: size[1])
  }
}
