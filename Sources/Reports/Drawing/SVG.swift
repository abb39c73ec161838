import Text

/// A drawing as an SVG element: sharp at any size, its texts can be selected.
struct SVG: DrawingSurface {
  /// Size, in pixels; the page may show it smaller.
  let width: Int
  let height: Int
  /// What it shows, for those who do not see it.
  let label: String
  private var elements = ""

  init(width: Int, height: Int, label: String) {
    (self.width, self.height, self.label) = (width, height, label)
  }

  /// The element, to stand in a page or, alone, in a file.
  var element: String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" "
      + "width=\"\(width)\" role=\"img\" aria-label=\"\(markup(label))\" "
      + "font-family=\"system-ui, sans-serif\">\n\(elements)</svg>\n"
  }

  mutating func fill(
    x: Double, y: Double, width: Double, height: Double, _ color: Color, opacity: Double
  ) {
    elements +=
      "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" "
      + "height=\"\(number(height))\" fill=\"\(color.hex)\""
      + (opacity < 1 ? " opacity=\"\(number(opacity))\"" : "") + "/>\n"
  }

  mutating func stroke(
    _ paths: [[Point]], thickness: Double, _ color: Color, dash: (on: Double, off: Double)?
  ) {
    for path in paths where path.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) {
      let points = path.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
      elements +=
        "<polyline points=\"\(points)\" fill=\"none\" stroke=\"\(color.hex)\" "
        + "stroke-width=\"\(number(thickness))\" stroke-linecap=\"round\" stroke-linejoin=\"round\""
        + (dash.map { " stroke-dasharray=\"\(number($0.on)) \(number($0.off))\"" } ?? "") + "/>\n"
    }
  }

  mutating func disc(_ centre: Point, radius: Double, _ color: Color) {
    guard centre.x.isFinite, centre.y.isFinite else { return }
    elements +=
      "<circle cx=\"\(number(centre.x))\" cy=\"\(number(centre.y))\" r=\"\(number(radius))\" "
      + "fill=\"\(color.hex)\"/>\n"
  }

  mutating func text(
    _ text: String, at point: Point, _ style: Canvas.TextStyle, anchor: Canvas.TextAnchor,
    centered: Bool
  ) {
    if text.isEmpty { return }
    let across = centered ? style.capHeight / 2 : 0
    let x = number(point.x + (style.upright ? across : 0))
    let y = number(point.y + (style.upright ? 0 : across))
    let position =
      switch anchor {
      case .start: ""
      case .middle: " text-anchor=\"middle\""
      case .end: " text-anchor=\"end\""
      }
    elements +=
      "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(number(style.size))\" "
      + "fill=\"\(style.color.hex)\"\(position)" + (style.bold ? " font-weight=\"bold\"" : "")
      + (style.upright ? " transform=\"rotate(-90 \(x) \(y))\"" : "") + ">\(markup(text))</text>\n"
  }

  /// To a hundredth of a pixel.
  private func number(_ value: Double) -> String { NumberText.fixed(value, 2) }
}

/// A text with the signs escaped that mean something in HTML and SVG.
func markup(_ text: String) -> String {
  var result = ""
  for character in text {
    switch character {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    default: result.append(character)
    }
  }
  return result
}

extension Color {
  /// `#2063b4`; ink and lines follow the colours of the page that they stand in, where it has some.
  fileprivate var hex: String {
    switch self {
    case .ink: "var(--ink, \(digits))"
    case .faint: "var(--faint, \(digits))"
    case .grid: "var(--line, \(digits))"
    case .line: "var(--faint, \(digits))"
    default:
      Self.series.firstIndex(of: self).map { "var(--series-\($0 + 1), \(digits))" } ?? digits
    }
  }

  private var digits: String {
    "#"
      + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
