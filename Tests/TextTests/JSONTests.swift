import Testing
import Text

@Suite("JSON")
struct JSONTests {
  @Test("values are written on one line")
  func line() {
    let value: JSON = [
      "a": 1, "b": [1.5, 2.0, nil, true], "c": .number(.nan), "d": "x\"\\\n\u{1}é", "e": [:],
    ]
    #expect(
      value.line
        == #"{"a": 1, "b": [1.5, 2.0, null, true], "c": null, "d": "x\"\\\n\u0001é", "e": {}}"#)
  }

  @Test("or indented, with plain arrays on one line")
  func pretty() {
    let value: JSON = ["shape": [32, 32, 3], "layers": [["name": "conv1"]], "none": []]
    #expect(
      value.pretty == """
        {
          "shape": [32, 32, 3],
          "layers": [
            {
              "name": "conv1"
            }
          ],
          "none": []
        }

        """)
  }

  @Test("the shortest text has nothing between the words")
  func compact() {
    let value: JSON = [
      "a": 1, "b": [1.5, 2.0, nil, true], "c": .number(-3e300), "d": ["é": "x\""],
    ]
    #expect(value.compact == #"{"a":1,"b":[1.5,2,null,true],"c":-3e+300,"d":{"é":"x\""}}"#)
  }

  @Test("what is written reads back, whole numbers as such")
  func reading() throws {
    let value: JSON = ["n": [0, -17, 0.25, 9_007_199_254_740_992], "s": "\u{1}😀\"\\\n", "t": nil]
    for text in [value.line, value.pretty, value.compact] {
      let read = try #require(JSON(text.utf8))
      #expect(read == value)
      #expect(read["n"]?.array?.map(\.integer) == [0, -17, nil, 9_007_199_254_740_992])
      #expect(read["s"]?.string == "\u{1}😀\"\\\n" && read["x"] == nil)
    }
    #expect(JSON(#""\u00e9\ud83d\ude00""#.utf8)?.string == "é😀")
  }

  @Test(
    "what is no JSON is not read",
    arguments: ["", "{", "[1,]", "{\"a\":1,\"a\":2}", "+1", ".5", "nul", "\"\\ud83d\"", "1 2"])
  func refused(text: String) { #expect(JSON(text.utf8) == nil) }

  @Test("what could command a terminal or turn its direction is escaped, and reads back")
  func controls() {
    let text = "a\u{1B}[2J\u{9B}b\u{202E}c\u{2066}é"
    let line = JSON.string(text).line
    #expect(line == #""a\u001b[2J\u009bb\u202ec\u2066é""#)
    #expect(JSON(line.utf8)?.string == text)
  }
}
