import Libc

/// The letters of the drawings: single strokes with round ends, made for this program.
///
/// A capital is 7 units high, a small letter 5; descenders reach −2. The baseline is y = 0.
package enum StrokeFont {
  /// A letter: its strokes and how wide it is.
  struct Glyph {
    /// Points in units, y upwards.
    var strokes: [[Point]]
    /// Width of the strokes' middle lines, in units.
    var width: Double
  }

  static let capHeight = 7.0
  static let descent = 2.0
  /// Space between letters, in units.
  static let gap = 1.75
  /// Thickness of the strokes of regular and bold letters, in units.
  static let weight = (regular: 0.88, bold: 1.35)

  /// Whether the font has the letter.
  package static func contains(_ character: Character) -> Bool { glyphs[character] != nil }

  /// The letter, or a box for what is not in the font.
  static func glyph(_ character: Character) -> Glyph { glyphs[character] ?? unknown }

  private static let unknown = parse("0,0 3.6,0 3.6,7 0,7 0,0", width: 3.6)

  private static let glyphs: [Character: Glyph] = {
    var result: [Character: Glyph] = [:]
    for (character, width, strokes) in outlines {
      result[character] = parse(strokes, width: width)
    }
    for (mark, letters, bases) in accented {
      for (letter, base) in zip(letters, bases) {
        // A small i gives up its dot for the accent.
        let plain = base == "i" ? "ı" : base
        guard var glyph = result[plain], let over = result[mark] else { continue }
        let rise = base.isUppercase ? 2.0 : 0
        let shift = (glyph.width - over.width) / 2
        glyph.strokes += over.strokes.map { $0.map { Point($0.x + shift, $0.y + rise) } }
        result[letter] = glyph
      }
    }
    return result
  }()

  /// Strokes from text: strokes are apart by `;`, each a run of points `x,y` and of elliptic arcs
  /// `(cx,cy,rx,ry,from,to)` with angles in degrees, counter-clockwise where `to` > `from`.
  private static func parse(_ text: String, width: Double) -> Glyph {
    let strokes = text.split(separator: ";").map { stroke in
      stroke.split(separator: " ").flatMap { token -> [Point] in
        let numbers = token.filter { $0 != "(" && $0 != ")" }.split(separator: ",")
          .map { Double($0) ?? 0 }
        if numbers.count == 2 { return [Point(numbers[0], numbers[1])] }
        precondition(numbers.count == 6, "a point or an arc")
        let (from, to) = (numbers[4] * .pi / 180, numbers[5] * .pi / 180)
        let steps = max(4, Int(abs(numbers[5] - numbers[4]) / 12))
        return (0...steps).map { step in
          let angle = from + (to - from) * Double(step) / Double(steps)
          return Point(
            numbers[0] + numbers[2] * cos(angle), numbers[1] + numbers[3] * sin(angle))
        }
      }
    }
    return Glyph(strokes: strokes, width: width)
  }
}
