import KernelLanguage
import Reports
import Text

/// Numbers as text in columns, their points one below the other.
enum NumberColumns {
  /// The shortest decimals that read back as the number.
  static func exact(_ values: [Double]) -> [String] { values.map(shortest) }

  /// About seven significant digits of the largest number, for people.
  static func readable(_ values: [Double]) -> [String] {
    let exact = exact(values)
    if exact.allSatisfy({ $0.count <= 8 && !$0.contains("e") }) { return exact }
    let largest = values.reduce(0) { max($0, abs($1)) }
    guard largest >= 1e-6, largest < 1e9 else {
      return values.map { NumberText.short($0, digits: 6) }
    }
    var decimals = 6
    var bound = 1.0
    while decimals > 0, largest >= bound * 10 { (decimals, bound) = (decimals - 1, bound * 10) }
    while decimals < 9, largest < bound { (decimals, bound) = (decimals + 1, bound / 10) }
    return values.map { NumberText.fixed($0, decimals) }
  }

  /// Lines of `width` numbers each, two spaces apart; no spaces at the ends of lines.
  static func lines(_ texts: [String], width: Int, indent: Int = 0) -> String {
    let parts = texts.map { text -> (whole: String, rest: String) in
      let whole = text.prefix { $0 != "." && $0 != "e" }
      return (String(whole), String(text.dropFirst(whole.count)))
    }
    let before = parts.reduce(0) { max($0, $1.whole.utf8.count) }
    let after = parts.reduce(0) { max($0, $1.rest.utf8.count) }
    var lines = ""
    for start in stride(from: 0, to: parts.count, by: width) {
      lines += spaces(indent)
      for place in 0..<width {
        let part = parts[start + place]
        lines += spaces((place > 0 ? 2 : 0) + before - part.whole.utf8.count)
        lines += part.whole + part.rest
        if place < width - 1 { lines += spaces(after - part.rest.utf8.count) }
      }
      lines += "\n"
    }
    return lines
  }

  private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}
