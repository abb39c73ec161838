import Testing
import Text

@Suite("CSV")
struct CSVTests {
  @Test(
    "what is written reads back",
    arguments: [
      ["a", "b"], ["a,b", "say \"hi\"", ""], ["line\nbreak", " space "], ["é", "x"],
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
  }
}
