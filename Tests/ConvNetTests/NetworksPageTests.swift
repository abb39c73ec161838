import ConvNet
import TestSupport
import Testing

/// `docs/networks.md` has every word of the description language, and its examples are right.
@Suite("docs/networks.md")
struct NetworksPageTests {
  private let lines: [String]

  init() {
    let text = String(decoding: readFile(TestData.package + "/docs/networks.md"), as: UTF8.self)
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// Cells of the rows of tables.
  private var rows: [[String]] {
    lines.filter { $0.hasPrefix("| `") }
      .map { $0.split(separator: "|").map(String.init) }
  }

  /// What stands between backticks.
  private func quoted(_ text: String) -> [String] {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  private func firstWords(_ text: String) -> [String] {
    quoted(text).map { quote in String(quote.prefix { $0 != " " }) }
  }

  @Test("has a row for every word of layers, windows and starts")
  func words() {
    let named = Set(rows.flatMap { row in firstWords(row[0]) })
    let layers = LayerWords.all.flatMap { $0.words } + ["input", "softmax"]
    let starts = Initialization.allCases.map(\.rawValue) + ["whitened"]
    for word in layers + starts + ["stride", "dilation", "same", "valid", "pad"] {
      #expect(named.contains(word), "\(word)")
    }
    let all = Set(lines.flatMap { line in firstWords(line) })
    for word in ["nobias", "groups", "momentum", "epsilon", "noscale", "shortcut"] {
      #expect(all.contains(word), "\(word)")
    }
  }

  @Test("its examples of layers are networks")
  func examples() throws {
    let layers = Set(LayerWords.all.flatMap { $0.words } + ["input", "softmax"])
    var count = 0
    for row in rows where layers.contains(quoted(row[0])[0]) {
      let example = try #require(quoted(row[row.count - 1]).first)
      try check(example)
      // The example shows the word that it stands beside.
      #expect(example.contains(quoted(row[0])[0]))
      count += 1
    }
    #expect(count == LayerWords.all.count + 2)
  }

  @Test("its descriptions are networks")
  func descriptions() throws {
    var (count, block): (Int, [String]?) = (0, nil)
    for line in lines {
      if line == "```layers" {
        block = []
      } else if line == "```", let text = block {
        try check(text.joined(separator: "\n"))
        (count, block) = (count + 1, nil)
      } else {
        block?.append(line)
      }
    }
    #expect(count == 2)
  }

  private func check(_ text: String) throws {
    let architecture = try Architecture(text)
    let usual = FeatureShape(height: 16, width: 16, channels: 4)
    _ = try Network(architecture, input: architecture.input ?? usual)
    // A description says the same in its own words.
    let again = try Architecture(architecture.text)
    #expect(again.text == architecture.text)
  }
}
