import Reports
import Testing

@Suite("TextTable")
struct TextTableTests {
  static let table: TextTable = {
    var table = TextTable([.init("name"), .init("count", .right), .init("note")])
    table.add(["cat", "1,000", "a|b"])
    table.addRule()
    table.add(["日本", "7"])
    return table
  }()

  @Test("a plain table has aligned columns and no spaces at the ends of lines")
  func plain() {
    #expect(
      Self.table.text() == """
        name  count  note
        ─────────────────
        cat   1,000  a|b
        ─────────────────
        日本      7

        """)
  }

  @Test("a boxed table has lines around")
  func boxed() {
    #expect(
      Self.table.text(.boxed) == """
        ┌──────┬───────┬──────┐
        │ name │ count │ note │
        ├──────┼───────┼──────┤
        │ cat  │ 1,000 │ a|b  │
        ├──────┼───────┼──────┤
        │ 日本 │     7 │      │
        └──────┴───────┴──────┘

        """)
  }
}
