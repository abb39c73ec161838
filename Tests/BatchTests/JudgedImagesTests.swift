import Testing

@testable import Datasets
@testable import convfilter

@Suite("Images that a training judges at its end")
struct JudgedImagesTests {
  private func images(_ count: Int) -> LabelledImages {
    LabelledImages(
      height: 1, width: 1, channels: 1, pixels: (0..<count).map { UInt8(truncatingIfNeeded: $0) },
      labels: (0..<count).map { Int32($0 * 10 / max(count, 1)) })
  }

  private func judged(train: Int, test: Int) throws -> LabelledImages {
    let dataset = Dataset(
      name: "made", classNames: (0..<10).map { "\($0)" }, train: images(train), test: images(test))
    return try TrainingData(dataset, validation: 0, seed: 1).judgedPartOfTrain
  }

  @Test("of many that were learnt from as many as are tested, 10,000 at least, evenly")
  func many() throws {
    let some = try judged(train: 25_000, test: 10)
    #expect(some.count == 10_000)
    #expect(some.support(classes: 10) == [Int](repeating: 1000, count: 10))
    #expect(some.image(3) == [7])
    #expect(try judged(train: 25_000, test: 12_000).count == 12_000)
  }

  @Test("all where they are few, and where nothing else is judged")
  func all() throws {
    #expect(try judged(train: 10_000, test: 10) == images(10_000))
    #expect(try judged(train: 10_001, test: 0) == images(10_001))
  }
}
