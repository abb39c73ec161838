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
    let isBlank = { (end: Character?) in end == " " || end == "\u{A0}" }
    return isPlain && !isBlank(text.first) && !isBlank(text.last)
      ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// A row of a table and the line on which it starts (from 1).
  public struct Row: Sendable, Equatable {
    public let fields: [String]
    public let line: Int

    public init(_ fields: [String], line: Int) {
      self.fields = fields
      self.line = line
    }
  }

  /// What is no table.
  public enum Failure: Error, Equatable {
    /// A field that starts with a quote on this line has no other at its end.
    case openQuote(line: Int)
  }

  /// The rows of a table; lines without anything but blanks are none.
  ///
  /// Blanks around a field are none of it, unless they are quoted. A line `sep=;` before all others, as
  /// spreadsheets write it, says the separator.
  ///
  /// - Parameter separator: what stands between fields; nil for the one of comma, semicolon,
  ///   tabulator and bar that the first line has most of.
  /// - Throws: `openQuote`.
  public static func table(
    _ text: String, separator: Unicode.Scalar? = nil
  ) throws(Failure) -> [Row] {
    var scalars = Array(text.unicodeScalars.drop { $0 == "\u{FEFF}" })[...]
    var line = 1
    var separator = separator
    if separator == nil, let declared = declaration(scalars) {
      separator = declared
      scalars = scalars.drop { !isEnd($0) }
    }
    var reader = RowReader(separator: separator ?? likeliest(scalars), line: line)
    var index = scalars.startIndex
    while index < scalars.endIndex {
      let scalar = scalars[index]
      index += 1
      let next = index < scalars.endIndex ? scalars[index] : nil
      if scalar == "\n" || scalar == "\r" && next != "\n" { line += 1 }
      if reader.take(scalar, before: next, line: line) { index += 1 }
    }
    if let line = reader.quoteLine { throw .openQuote(line: line) }
    reader.endRow(nextLine: line)
    return reader.rows
  }

  /// The fields of the rows of a table; as `table`, but a quote that is not closed ends with the text.
  public static func rows(_ text: String, separator: Unicode.Scalar? = nil) -> [[String]] {
    let table =
      (try? table(text, separator: separator)) ?? (try? table(text + "\"", separator: separator))
    return (table ?? []).map(\.fields)
  }

  fileprivate static func isEnd(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\n" || scalar == "\r"
  }

  private static let separators: [Unicode.Scalar] = [",", ";", "\t", "|"]

  /// The separator of a first line `sep=;`.
  private static func declaration(_ scalars: ArraySlice<Unicode.Scalar>) -> Unicode.Scalar? {
    let first = Array(scalars.prefix { !isEnd($0) })
    guard first.count == 5, let last = first.last, separators.contains(last),
      String(String.UnicodeScalarView(first.dropLast())).lowercased() == "sep="
    else { return nil }
    return last
  }

  private static func likeliest(_ scalars: ArraySlice<Unicode.Scalar>) -> Unicode.Scalar {
    let first = scalars.prefix { !isEnd($0) }
    return separators.max { a, b in
      first.count { $0 == a } < first.count { $0 == b }
    } ?? ","
  }
}

/// The state between two scalars of a table.
private struct RowReader {
  let separator: Unicode.Scalar
  private(set) var rows: [CSV.Row] = []
  /// Where the quote was opened that is not closed yet.
  private(set) var quoteLine: Int?
  private var row: [String] = []
  private var field = String.UnicodeScalarView()
  private var wasQuoted = false
  private var line: Int

  init(separator: Unicode.Scalar, line: Int) {
    self.separator = separator
    self.line = line
  }

  private func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\u{A0}"
  }

  /// - Returns: Whether `next` is taken, too: the second of two quotes.
  mutating func take(_ scalar: Unicode.Scalar, before next: Unicode.Scalar?, line: Int) -> Bool {
    if quoteLine != nil {
      if scalar != "\"" {
        field.append(scalar)
      } else if next == "\"" {
        field.append(scalar)
        return true
      } else {
        quoteLine = nil
      }
    } else if scalar == "\"", !wasQuoted, field.allSatisfy(isBlank) {
      field = String.UnicodeScalarView()
      (quoteLine, wasQuoted) = (line, true)
    } else if scalar == separator {
      endField()
    } else if CSV.isEnd(scalar) {
      endRow(nextLine: line)
    } else if !wasQuoted || !isBlank(scalar) {
      field.append(scalar)
    }
    return false
  }

  private mutating func endField() {
    if !wasQuoted {
      while let last = field.last, isBlank(last) { field.removeLast() }
      field = String.UnicodeScalarView(field.drop(while: isBlank))
    }
    row.append(String(field))
    (field, wasQuoted) = (String.UnicodeScalarView(), false)
  }

  mutating func endRow(nextLine: Int) {
    if !row.isEmpty || wasQuoted || !field.allSatisfy(isBlank) {
      endField()
      rows.append(CSV.Row(row, line: line))
    }
    (row, field, wasQuoted) = ([], String.UnicodeScalarView(), false)
    line = nextLine
  }
}
