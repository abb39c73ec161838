import Raster
import Testing

@Suite("A text that messages quote")
struct ShortenedTextTests {
  @Test("is itself up to 80 scalars, and their first 80 with an ellipsis beyond")
  func length() {
    let full = String(repeating: "é", count: 80)
    #expect("".shortened() == "" && full.shortened() == full)
    #expect((full + "x").shortened() == full + "…")
    #expect("abcdef".shortened(to: 3) == "abc…")
    // What is shown as one letter may be made of any number of scalars.
    let stacked = "e" + String(repeating: "\u{301}", count: 10_000)
    #expect(stacked.shortened().unicodeScalars.count == 81)
  }
}
