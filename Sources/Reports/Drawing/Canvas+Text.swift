extension Canvas {
  /// Where a text stands about its point, along its line.
  enum TextAnchor { case start, middle, end }

  /// How a text looks: `size` is the height from descender to the top of a capital, in pixels.
  struct TextStyle {
    var size: Double
    var color: Color = .ink
    var bold = false
    /// Whether the line runs upwards, turned by 90° counter-clockwise.
    var upright = false

    /// Pixels in a unit of the font.
    var unit: Double { size / (StrokeFont.capHeight + StrokeFont.descent) }
    /// Height of a capital, in pixels.
    var capHeight: Double { unit * StrokeFont.capHeight }
    var thickness: Double {
      max(1, unit * (bold ? StrokeFont.weight.bold : StrokeFont.weight.regular))
    }
  }

  /// Length of a text, in pixels, from the first stroke to the last.
  static func length(_ text: String, _ style: TextStyle) -> Double {
    guard !text.isEmpty else { return 0 }
    let units = StrokeFont.legible(text).reduce(0) {
      $0 + StrokeFont.glyph($1).width + StrokeFont.gap
    }
    return (units - StrokeFont.gap) * style.unit + style.thickness
  }

  /// Draws a text.
  ///
  /// - Parameters:
  ///   - point: on the baseline, or, for `centered`, at half the height of a capital.
  mutating func text(
    _ text: String, at point: Point, _ style: TextStyle, anchor: TextAnchor, centered: Bool
  ) {
    let length = Self.length(text, style)
    var along = style.thickness / 2
    switch anchor {
    case .start: break
    case .middle: along -= length / 2
    case .end: along -= length
    }
    // Strokes of level letters stand on the pixel grid, which keeps them sharp.
    let across = centered ? style.capHeight / 2 : 0
    let baseline = Point(
      style.upright ? (point.x + across).rounded() - 0.5 : point.x,
      style.upright ? point.y : (point.y + across).rounded() - 0.5)
    for character in StrokeFont.legible(text) {
      let glyph = StrokeFont.glyph(character)
      let strokes = glyph.strokes.map { stroke in
        stroke.map { unit in
          let (x, y) = (along + unit.x * style.unit, unit.y * style.unit)
          return style.upright
            ? Point(baseline.x - y, baseline.y - x) : Point(baseline.x + x, baseline.y - y)
        }
      }
      stroke(strokes, thickness: style.thickness, style.color, dash: nil)
      along += (glyph.width + StrokeFont.gap) * style.unit
    }
  }

  /// A text cut to a length, with an ellipsis where something is missing.
  static func fitting(_ text: String, _ length: Double, _ style: TextStyle) -> String {
    if Self.length(text, style) <= length { return text }
    // The longest beginning that fits: each letter makes it longer.
    let letters = Array(text)
    var (fits, tooLong) = (0, letters.count)
    while tooLong - fits > 1 {
      let middle = (fits + tooLong) / 2
      if Self.length(String(letters[..<middle]) + "…", style) <= length {
        fits = middle
      } else {
        tooLong = middle
      }
    }
    return String(letters[..<fits]) + "…"
  }
}
