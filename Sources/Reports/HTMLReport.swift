import Text

/// One page that needs no other file: texts, tables and pictures under headings.
public struct HTMLReport: Sendable {
  /// A piece of a section.
  public indirect enum Block: Sendable {
    case paragraph(String)
    /// What the page has to say, in large letters.
    case headline(String)
    /// Names and what they stand for.
    case facts([(name: String, text: String)])
    case table(TextTable)
    /// Lines as they are, in letters of one width.
    case lines(String)
    /// A PNG file; `text` says what it shows. Shown at `width` pixels, or its own size.
    case picture(png: [UInt8], text: String, width: Int?)
    /// An SVG element.
    case drawing(svg: String)
    /// Drawings side by side where there is room.
    case drawings([String])
    /// Small pictures, each with a few words below it.
    case gallery([(png: [UInt8], text: String)])
    /// Which class was taken for which: counts, the darker the larger their share of the row.
    case confusion(ClassificationReport)
    /// What is shown only to those who ask.
    case folded(String, [Block])
  }

  public var title: String
  /// Seconds after which the page is read anew, or nil: while it is being written again and again.
  public var refresh: Int?
  /// What programs read from the page, or nil.
  public var data: JSON?
  private var sections: [(heading: String, blocks: [Block])] = []

  public init(title: String) { self.title = title }

  public mutating func add(_ heading: String, _ blocks: [Block]) {
    sections.append((heading, blocks))
  }

  /// The page.
  public var text: String {
    let again = refresh.map { "<meta http-equiv=\"refresh\" content=\"\($0)\">\n" } ?? ""
    var page = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
      \(again)<link rel="icon" href="data:,">
      <title>\(markup(title))</title>
      <style>
      \(WebPage.file("page.css"))\(Self.styles)</style>
      </head>
      <body>
      <main>
      <h1>\(markup(title))</h1>

      """
    for section in sections {
      page += "<section class=\"panel\">\n<h2>\(markup(section.heading))</h2>\n"
      page += section.blocks.map(Self.html).joined() + "</section>\n"
    }
    page += "</main>\n"
    if let data {
      page += "<script type=\"application/json\" id=\"data\">\(WebPage.inert(data))</script>\n"
    }
    return page + "</body>\n</html>\n"
  }

  /// What a page holds for programs; nil where it is no page of this program.
  public static func data(in page: [UInt8]) -> JSON? {
    let mark = Array("<script type=\"application/json\" id=\"data\">".utf8)
    let end = Array("</script>".utf8)
    guard let start = page.firstRange(of: mark)?.upperBound,
      let stop = page[start...].firstRange(of: end)?.lowerBound
    else { return nil }
    return JSON(page[start..<stop])
  }

  private static let styles = """
    svg text { font-family: system-ui, sans-serif; }
    .gallery { display: flex; flex-wrap: wrap; gap: .75rem; }
    .gallery figure { width: 6.5rem; }
    .gallery img { width: 6rem; image-rendering: pixelated; display: block; }
    .confusion td, .confusion th { padding: .2rem .35rem; text-align: right; border: 1px solid var(--line); }
    .scale { display: inline-block; width: 8rem; height: .8rem; border: 1px solid var(--line);
             background: linear-gradient(to right, transparent, rgba(32, 99, 180, .6)); }
    p > img { background: #fff; border-radius: 6px; }
    .wide table { overflow-wrap: normal; }

    """

  private static func html(_ block: Block) -> String {
    switch block {
    case .paragraph(let text): return "<p>\(markup(text))</p>\n"
    case .headline(let text): return "<p class=\"large\">\(markup(text))</p>\n"
    case .facts(let facts):
      return "<dl>\n"
        + facts.map { "<dt class=\"faint\">\(markup($0))</dt><dd>\(markup($1))</dd>\n" }.joined()
        + "</dl>\n"
    case .lines(let text): return "<pre>\(markup(text))</pre>\n"
    case .drawing(let svg): return "<p>\(svg)</p>\n"
    case .drawings(let all):
      return "<div class=\"columns\">\n" + all.map { "<div>\($0)</div>\n" }.joined() + "</div>\n"
    case .picture(let png, let text, let width):
      let size = width.map { " width=\"\($0)\"" } ?? ""
      return "<p><img alt=\"\(markup(text))\"\(size) \(source(png))></p>\n"
    case .gallery(let pictures):
      return "<div class=\"gallery\">\n"
        + pictures.map { png, text in
          "<figure><img alt=\"\(markup(text))\" \(source(png))>"
            + "<figcaption>\(markup(text))</figcaption></figure>\n"
        }.joined() + "</div>\n"
    case .table(let table):
      let names = table.columns.map(\.heading).filter { !$0.isEmpty }.joined(separator: ", ")
      return wide(html(table), "Table of \(names)")
    case .confusion(let report): return html(report)
    case .folded(let summary, let blocks):
      return "<details><summary>\(markup(summary))</summary>\n" + blocks.map(html).joined()
        + "</details>\n"
    }
  }

  /// What scrolls sideways where the screen is narrow: by keys, too.
  private static func wide(_ inner: String, _ name: String) -> String {
    "<div class=\"wide\" role=\"group\" tabindex=\"0\" aria-label=\"\(markup(name))\">\n\(inner)</div>\n"
  }

  private static func source(_ png: [UInt8]) -> String {
    "src=\"data:image/png;base64,\(Base64.encode(png))\""
  }

  private static func html(_ table: TextTable) -> String {
    func row(_ tag: String, _ cells: [String]) -> String {
      "<tr>"
        + zip(cells, table.columns).map { cell, column in
          let number = column.alignment == .right ? " class=\"number\"" : ""
          return "<\(tag)\(tag == "th" ? " scope=\"col\"" : "")\(number)>\(markup(cell))</\(tag)>"
        }.joined() + "</tr>\n"
    }
    return "<table>\n" + row("th", table.columns.map(\.heading))
      + table.rows.map { row("td", $0) }.joined() + "</table>\n"
  }

  private static func html(_ report: ClassificationReport) -> String {
    let (matrix, names) = (report.confusion, report.classNames)
    var text = "<table class=\"confusion\">\n<tr><th>true \\ answer</th>"
    text += names.map { "<th scope=\"col\">\(markup($0))</th>" }.joined() + "</tr>\n"
    for truth in names.indices {
      let support = max(1, matrix.score(truth).support)
      text += "<tr><th scope=\"row\">\(markup(names[truth]))</th>"
      for answer in names.indices {
        let count = matrix[truth, answer]
        // Some of the root brings out the few mistakes beside the many hits.
        let share = Double(count) / Double(support)
        let shade = NumberText.fixed(0.6 * (share + share.squareRoot()) / 2, 3)
        text += "<td style=\"background: rgba(32, 99, 180, \(shade))\">"
        text += count == 0 ? "</td>" : "\(NumberText.grouped(count))</td>"
      }
      text += "</tr>\n"
    }
    return wide(text + "</table>\n", "Which class was taken for which")
      + "<p class=\"faint\">0 % of a true class <span class=\"scale\"></span> 100 %</p>\n"
  }
}
