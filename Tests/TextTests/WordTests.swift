import Testing
import Text

@Suite("Words")
struct WordTests {
  @Test(
    "Base64 of RFC 4648's examples",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func base64(bytes: String, text: String) { #expect(Base64.encode(Array(bytes.utf8)) == text) }

  @Test("Base64 reads what it writes")
  func base64Read() {
    #expect(Base64.decode("Zm9vYg==") == Array("foob".utf8))
    #expect(Base64.decode("Zm9vYmE=") == Array("fooba".utf8))
    #expect(Base64.decode("+/+/") == [0xFB, 0xFF, 0xBF] && Base64.decode("") == [])
    #expect(Base64.encode([0xFB, 0xFF, 0xBF]) == "+/+/")
  }

  @Test(
    "lengths of axes stand between x",
    arguments: [
      ("3", [3]), ("3x5", [3, 5]), ("3X5", [3, 5]), ("32×32×3", [32, 32, 3]), ("3x", nil),
      ("x3", nil), ("", nil), ("3,5", nil), ("3x5px", nil),
    ] as [(String, [Int]?)])
  func axes(text: String, lengths: [Int]?) { #expect(axisLengths(text) == lengths) }

  @Test(
    "the nearest word is a third of the letters away at most",
    arguments: [
      ("maxpol", "maxpool"), ("dnese", "dense"), ("CONV", "conv"), ("flaten", "flatten"),
      ("residual2", "residual"), ("xyz", nil), ("", nil),
    ] as [(String, String?)])
  func suggestion(word: String, expected: String?) {
    #expect(
      nearest(to: word, among: ["conv", "maxpool", "dense", "flatten", "residual"]) == expected)
  }

  @Test("nothing is near a word that nobody could mistype")
  func longWord() {
    let word = String(repeating: "a", count: 1 << 20)
    #expect(nearest(to: word, among: ["conv", word]) == nil)
    #expect(nearest(to: "conv1", among: [word, "conv"]) == "conv")
    #expect(quoted(word).count == 43)
  }

  @Test("words in quotes are short and without control characters")
  func quotes() {
    #expect(quoted("a\u{1B}[31mb") == "'a?[31mb'")
    #expect(
      quoted(String(repeating: "x", count: 50)) == "'" + String(repeating: "x", count: 40) + "…'")
    #expect(shellQuoted("a b") == "'a b'" && shellQuoted("it's") == #"'it'\''s'"#)
    #expect(shellQuoted("plain/file.png") == "plain/file.png" && shellQuoted("") == "''")
  }
}
