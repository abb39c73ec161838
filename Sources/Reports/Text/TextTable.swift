/// A table of text with aligned columns.
public struct TextTable: Sendable, Equatable {
  /// Where a cell's text stands in its column.
  public enum Alignment: Sendable, Equatable {
    case left
    case right
  }

  /// A column: its heading and how its cells are aligned.
  public struct Column: Sendable, Equatable {
    public var heading: String
    public var alignment: Alignment

    public init(_ heading: String, _ alignment: Alignment = .left) {
      self.heading = heading
      self.alignment = alignment
    }
  }

  public var columns: [Column]
  private var lines: [Line] = []

  private enum Line: Sendable, Equatable {
    case row([String])
    case rule
  }

  public init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row; missing cells are empty.
  public mutating func add(_ cells: [String]) {
    precondition(cells.count <= columns.count, "more cells than columns")
    lines.append(.row(cells + [String](repeating: "", count: columns.count - cells.count)))
  }

  /// Adds a line across the table.
  public mutating func addRule() { lines.append(.rule) }

  /// The rows without headings and rules.
  public var rows: [[String]] {
    lines.compactMap { if case .row(let cells) = $0 { cells } else { nil } }
  }

  /// How the table is drawn.
  public enum Style: Sendable, CaseIterable {
    /// Columns two spaces apart, a line under the headings.
    case plain
    /// Unicode lines around and between.
    case boxed
  }

  /// The table as text; every line ends with a line feed, none with spaces.
  public func text(_ style: Style = .plain) -> String {
    let widths = columns.indices.map { column in
      max(columns[column].heading.columns, rows.map { $0[column].columns }.max() ?? 0)
    }
    let hasHeadings = columns.contains { !$0.heading.isEmpty }
    var output: [String] = []
    switch style {
    case .plain:
      let rule = String(repeating: "─", count: widths.reduce(0, +) + 2 * (widths.count - 1))
      if hasHeadings { output += [row(columns.map(\.heading), widths, "  "), rule] }
      for line in lines {
        if case .row(let cells) = line {
          output.append(row(cells, widths, "  "))
        } else {
          output.append(rule)
        }
      }
    case .boxed:
      func rule(_ left: String, _ middle: String, _ right: String) -> String {
        left
          + widths.map { String(repeating: "─", count: $0 + 2) }.joined(separator: middle)
          + right
      }
      func boxed(_ cells: [String]) -> String {
        "│ " + row(cells, widths, " │ ", full: true) + " │"
      }
      output.append(rule("┌", "┬", "┐"))
      if hasHeadings { output += [boxed(columns.map(\.heading)), rule("├", "┼", "┤")] }
      for line in lines {
        if case .row(let cells) = line {
          output.append(boxed(cells))
        } else {
          output.append(rule("├", "┼", "┤"))
        }
      }
      output.append(rule("└", "┴", "┘"))
    }
    return output.map { $0 + "\n" }.joined()
  }

  private func row(
    _ cells: [String], _ widths: [Int], _ separator: String, full: Bool = false
  ) -> String {
    var text = columns.indices.map { column in
      let space = String(repeating: " ", count: widths[column] - cells[column].columns)
      return columns[column].alignment == .left ? cells[column] + space : space + cells[column]
    }.joined(separator: separator)
    if !full { while text.last == " " { text.removeLast() } }
    return text
  }
}
