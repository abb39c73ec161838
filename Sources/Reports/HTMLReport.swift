import Text

/// One page that needs no other file: texts, tables and pictures under headings.
public struct HTMLReport: Sendable {
  /// A piece of a section.
  public enum Block: Sendable {
    case paragraph(String)
    case table(TextTable)
    /// Lines as they are, in letters of one width.
    case lines(String)
    /// A PNG file; `text` says what it shows. Shown at `width` pixels, or its own size.
    case picture(png: [UInt8], text: String, width: Int?)
    /// An SVG element.
    case drawing(svg: String)
  }

  public var title: String
  private var sections: [(heading: String, blocks: [Block])] = []

  public init(title: String) { self.title = title }

  public mutating func add(_ heading: String, _ blocks: [Block]) {
    sections.append((heading, blocks))
  }

  /// The page.
  public var text: String {
    var page = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(markup(title))</title>
      <style>
      \(Self.styles)
      </style>
      </head>
      <body>
      <h1>\(markup(title))</h1>

      """
    for section in sections {
      page += "<h2>\(markup(section.heading))</h2>\n"
      page += section.blocks.map(Self.html).joined()
    }
    return page + "</body>\n</html>\n"
  }

  private static let styles = """
    body { font: 16px/1.5 system-ui, sans-serif; color: #262a30; max-width: 1120px;
           margin: 2rem auto; padding: 0 1rem; }
    h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
    th, td { padding: .25rem .75rem; text-align: left; border-bottom: 1px solid #e4e7eb; }
    .number { text-align: right; }
    img, svg { max-width: 100%; height: auto; }
    pre { background: #f5f6f8; padding: .75rem; overflow-x: auto; }
    """

  private static func html(_ block: Block) -> String {
    switch block {
    case .paragraph(let text): return "<p>\(markup(text))</p>\n"
    case .lines(let text): return "<pre>\(markup(text))</pre>\n"
    case .drawing(let svg): return "<p>\(svg)</p>\n"
    case .picture(let png, let text, let width):
      let size = width.map { " width=\"\($0)\"" } ?? ""
      return "<p><img alt=\"\(markup(text))\"\(size) "
        + "src=\"data:image/png;base64,\(Base64.encode(png))\"></p>\n"
    case .table(let table):
      func row(_ tag: String, _ cells: [String]) -> String {
        "<tr>"
          + zip(cells, table.columns).map { cell, column in
            let number = column.alignment == .right ? " class=\"number\"" : ""
            return "<\(tag)\(number)>\(markup(cell))</\(tag)>"
          }.joined() + "</tr>\n"
      }
      return "<table>\n" + row("th", table.columns.map(\.heading))
        + table.rows.map { row("td", $0) }.joined() + "</table>\n"
    }
  }
}
