import Reports
import Testing

@Suite("JSON and CSV")
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

  @Test("cells with special characters are quoted")
  func csv() {
    #expect(
      CSV.text(headings: ["a", "b"], rows: [["1,5", "say \"no\""], ["x", "line\nbreak"]])
        == "a,b\n\"1,5\",\"say \"\"no\"\"\"\nx,\"line\nbreak\"\n")
  }
}
