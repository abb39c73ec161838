import Testing

@testable import ConvEngine

@Suite("What stands beyond the border")
struct PaddingSourceTests {
  @Test(
    "the samples of any run of places are the range from the first to the last that one shows",
    arguments: FoldedAxisTests.paddings)
  func sources(padding: Padding) {
    for count in [1, 2, 3, 5, 30] {
      for start in Array(-3 * count - 2...4 * count) + [-100_003, -1000, 1000, 100_007] {
        for length in [1, 2, count, 2 * count, 5 * count + 1] {
          let places = start..<start + length
          let shown = places.compactMap { padding.source($0, count: count) }
          let expected = shown.isEmpty ? 0..<0 : shown.min()!..<shown.max()! + 1
          #expect(padding.sources(places, count: count) == expected, "\(places) of \(count)")
        }
      }
    }
  }

  @Test("a run that is far longer than the axis is no work")
  func longRuns() {
    let places = -(1 << 60)..<(1 << 60)
    for padding in [Padding.replicate, .reflect, .reflect101, .wrap] {
      #expect(padding.sources(places, count: 1 << 40) == 0..<1 << 40)
    }
  }
}
