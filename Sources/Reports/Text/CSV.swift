/// Comma-separated values (RFC 4180, with line feeds).
public enum CSV {
  /// One line: cells with commas, quotes or line breaks are quoted.
  public static func line(_ cells: [String]) -> String {
    cells.map { cell in
      let special = cell.unicodeScalars.contains {
        $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r"
      }
      return special ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
    }.joined(separator: ",") + "\n"
  }

  /// Headings and rows.
  public static func text(headings: [String], rows: [[String]]) -> String {
    line(headings) + rows.map(line).joined()
  }
}
