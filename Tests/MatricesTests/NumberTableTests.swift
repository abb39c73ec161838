import Matrices
import Testing
import Text

@Suite("A matrix in text")
struct NumberTableTests {
  private func rows(_ text: String) throws(NumberTableError) -> [[Double]] {
    try NumberTable(Array(text.utf8)).rows
  }

  @Test(
    "is read however somebody writes it",
    arguments: [
      "1 2.5\n-3 4e1\n", "1,2.5\n-3,4e1", "1, 2.5\r\n-3, 4e1\r\n", "1;2.5\n-3;4e1",
      "1\t2.5\n-3\t4e1",
      "# title\n1 2.5 # first\n\n  -3   4e1  \n% end", "1 2.5; -3 4e1", "[1 2.5; -3 4e1]",
      "[1, 2.5;\n-3, 4e1];", "[[1,2.5],[-3,4e1]]", "[[1, 2.5],\n [-3, 4e1]]\n",
      "\"1\",\"2.5\"\n-3,40",
      "1,2.5,\n-3,4e1,\n", "\u{FEFF}1 2.5\n-3 +40",
    ])
  func forms(text: String) throws {
    #expect(try rows(text) == [[1, 2.5], [-3, 40]])
  }

  @Test("may be a signal in a row or in a column")
  func signals() throws {
    #expect(try rows("1 2 3") == [[1, 2, 3]])
    #expect(try rows("1;2;3") == [[1, 2, 3]])
    #expect(try rows("[1, 2, 3]") == [[1, 2, 3]])
    #expect(try rows("1\n2\n3\n") == [[1], [2], [3]])
  }

  @Test(
    "is refused with line and column where it is wrong",
    arguments: [
      ("", "there are no numbers; write rows of numbers, one line a row"),
      ("# nothing\n\n", "there are no numbers; write rows of numbers, one line a row"),
      ("1 2\n3 x\n", "2:3: expected a number, found 'x'"),
      ("1 2\n3 4x\n", "2:3: expected a number, found '4x'"),
      ("a,b\n1,2\n", "1:1: expected a number, found 'a'"),
      ("1,,2\n", "1:3: a number is missing"),
      (",1\n", "1:1: a number is missing"),
      ("1 2\n3\n", "2:1: this row has 1 number, the first one has 2; all rows must be alike"),
      (
        "1 2\n\n3 4 5\n", "3:1: this row has 3 numbers, the first one has 2; all rows must be alike"
      ),
      ("1 nan\n", "1:3: expected a number, found 'nan'"),
      ("1 1e200\n", "1:3: '1e200' is too large a number"),
      ("é 1\n", "1:1: expected a number, found 'é'"),
    ])
  func errors(text: String, message: String) {
    do throws(NumberTableError) {
      let rows = try rows(text)
      Issue.record("read as \(rows)")
    } catch {
      #expect(error.description == message)
    }
  }

  @Test("a million numbers may stand on one line; the place of a wrong one is told all the same")
  func wide() throws {
    let text = String(repeating: "1,", count: 1_000_000)
    #expect(try rows(text + "2").first?.count == 1_000_001)
    #expect(throws: NumberTableError.notANumber("ë1", at: TextPosition(line: 1, column: 2_000_003)))
    { try rows(text + " \"\u{EB}1,3") }
    #expect(throws: NumberTableError.notANumber("", at: TextPosition(line: 1, column: 2_000_005))) {
      try rows(text + "\"3\",,\u{EB}")
    }
  }

  @Test("is cut into planes of equal height")
  func planes() throws {
    let table = try NumberTable(Array("1 2\n3 4\n5 6\n7 8\n".utf8))
    #expect(
      try table.planes(2) == [
        NumberGrid(width: 2, height: 2, values: [1, 2, 3, 4]),
        NumberGrid(width: 2, height: 2, values: [5, 6, 7, 8]),
      ])
    #expect(throws: NumberTableError.planes(rows: 4, planes: 3)) { try table.planes(3) }
  }
}
