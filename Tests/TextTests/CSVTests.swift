import Testing
import Text

@Suite("CSV")
struct CSVTests {
  @Test(
    "what is written reads back",
    arguments: [
      ["a", "b"], ["a,b", "say \"hi\"", ""], ["line\nbreak", " space "], ["é", "x"],
      ["\u{A0}hard", "\ttab"],
    ])
  func roundTrip(fields: [String]) {
    #expect(CSV.rows(CSV.line(fields) + CSV.line(["1", "2"])) == [fields, ["1", "2"]])
  }

  @Test("lines end as on any system; empty ones and a mark of the encoding are no rows")
  func ends() {
    #expect(
      CSV.rows("\u{FEFF}path,label\r\na.png,cat\r\n\r\nb.png,dog") == [
        ["path", "label"], ["a.png", "cat"], ["b.png", "dog"],
      ])
    #expect(CSV.rows("path;label\n1,5.png;cat\n") == [["path", "label"], ["1,5.png", "cat"]])
    #expect(CSV.rows("a\t\"b\tc\"\n") == [["a", "b\tc"]])
    #expect(CSV.rows("a|b,c\nd|e\n", separator: "|") == [["a", "b,c"], ["d", "e"]])
    #expect(CSV.rows("path|label\nx|y\n") == [["path", "label"], ["x", "y"]])
    #expect(CSV.rows("SEP=;\r\na;b,c\r\n") == [["a", "b,c"]])
    #expect(CSV.rows("sep=x\na\n") == [["sep=x"], ["a"]])
  }

  @Test("blanks around a field are none of it, unless they are quoted; lines of blanks are no rows")
  func blanks() {
    #expect(
      CSV.rows("path, label\na.png , cat\u{A0}\n  \nb.png, \"my cat \" \n") == [
        ["path", "label"], ["a.png", "cat"], ["b.png", "my cat "],
      ])
    #expect(CSV.rows("a, ,\"\"\n") == [["a", "", ""]])
    #expect(CSV.rows("5\" disk,\"a\"b\n") == [["5\" disk", "ab"]])
  }

  @Test("rows know their lines; a quote that is never closed is told with its own")
  func lines() throws {
    #expect(
      try CSV.table("a\r\n\r\n\"b\nc\"\rd\n") == [
        .init(["a"], line: 1), .init(["b\nc"], line: 3), .init(["d"], line: 5),
      ])
    #expect(throws: CSV.Failure.openQuote(line: 2)) { try CSV.table("a\n\"b,c\nd\n") }
    #expect(CSV.rows("a,\"b\nc") == [["a", "b\nc"]])
  }
}
