/// Tables as text: fields with commas between, a row a line, quoted where they must be.
///
/// - SeeAlso: RFC 4180.
public enum CSV {
  /// A row with its newline.
  public static func line(_ fields: [String]) -> String {
    fields.map(field).joined(separator: ",") + "\n"
  }

  private static func field(_ text: String) -> String {
    let isPlain = !text.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0.value < 32 }
    return isPlain && text.first != " " && text.last != " "
      ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// The rows of a table; empty lines are none.
  ///
  /// - Parameter separator: what stands between fields; nil for the one of comma, semicolon and
  ///   tabulator that the first line has most of.
  public static func rows(_ text: String, separator: Unicode.Scalar? = nil) -> [[String]] {
    let scalars = Array(text.unicodeScalars.drop { $0 == "\u{FEFF}" })
    let separator = separator ?? likeliest(scalars)
    var rows: [[String]] = []
    var row: [String] = []
    var field = String.UnicodeScalarView()
    var (isQuoted, wasQuoted) = (false, false)
    func isEnd(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\r" }
    func endRow() {
      if !row.isEmpty || !field.isEmpty || wasQuoted {
        row.append(String(field))
        rows.append(row)
      }
      (row, field, wasQuoted) = ([], String.UnicodeScalarView(), false)
    }
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      index += 1
      if isQuoted {
        if scalar != "\"" {
          field.append(scalar)
        } else if index < scalars.count, scalars[index] == "\"" {
          field.append(scalar)
          index += 1
        } else {
          isQuoted = false
        }
      } else if scalar == "\"", field.isEmpty {
        (isQuoted, wasQuoted) = (true, true)
      } else if scalar == separator {
        row.append(String(field))
        (field, wasQuoted) = (String.UnicodeScalarView(), false)
      } else if isEnd(scalar) {
        endRow()
      } else {
        field.append(scalar)
      }
    }
    endRow()
    return rows
  }

  private static func likeliest(_ scalars: [Unicode.Scalar]) -> Unicode.Scalar {
    let first = scalars.prefix { $0 != "\n" && $0 != "\r" }
    let candidates: [Unicode.Scalar] = [",", ";", "\t"]
    return candidates.max { a, b in
      first.count { $0 == a } < first.count { $0 == b }
    } ?? ","
  }
}
