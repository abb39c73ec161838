import Datasets
import Raster
import Testing

@Suite("Batches")
struct BatchesTests {
  /// Images whose samples tell where they came from.
  static func numbered(
    _ count: Int, height: Int = 4, width: Int = 5, channels: Int = 3
  ) -> LabelledImages {
    LabelledImages(
      height: height, width: width, channels: channels,
      pixels: (0..<count * height * width * channels).map {
        UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7)
      },
      labels: (0..<count).map { Int32($0) })
  }

  static func batch(
    _ batches: Batches, _ positions: Range<Int>, epoch: Int?
  ) -> (pixels: [Float], labels: [Int32]) {
    var pixels = [Float](repeating: .nan, count: positions.count * batches.samplesPerImage)
    var labels = [Int32](repeating: -1, count: positions.count)
    pixels.withUnsafeMutableBufferPointer { pixels in
      labels.withUnsafeMutableBufferPointer { labels in
        // Images in memory never fail.
        try! batches.fill(positions: positions, epoch: epoch, images: pixels, labels: labels)
      }
    }
    return (pixels, labels)
  }

  @Test("an epoch shows every image once, normalised, with its own label", arguments: [1, 3])
  func everyImageOnce(channels: Int) {
    let images = Self.numbered(11, channels: channels)
    let normalization = images.normalization()
    let batches = Batches(images, normalization: normalization, seed: 5)
    for epoch in 0..<3 {
      var seen: [Int32] = []
      for positions in [0..<4, 4..<8, 8..<11] {
        let (pixels, labels) = Self.batch(batches, positions, epoch: epoch)
        for (place, label) in labels.enumerated() {
          let samples = batches.samplesPerImage
          #expect(
            Array(pixels[place * samples..<(place + 1) * samples])
              == normalization.apply(images.image(Int(label)).map { Float($0) }))
        }
        seen += labels
      }
      #expect(seen != images.labels && seen.sorted() == images.labels)
    }
  }

  @Test("an example is a function of seed, epoch and position, whatever was asked for before")
  func pure() {
    let images = Self.numbered(50)
    func make(seed: UInt64) -> Batches {
      Batches(
        images, normalization: images.normalization(), seed: seed,
        augmentation: Augmentation(flip: .random, translation: 2, cutout: 2))
    }
    let (one, other) = (make(seed: 1), make(seed: 1))
    let whole = Self.batch(other, 0..<50, epoch: 9)
    let samples = one.samplesPerImage
    for positions in [48..<50, 0..<8, 20..<30, 3..<3] {
      let part = Self.batch(one, positions, epoch: 9)
      _ = Self.batch(one, 0..<9, epoch: 2)
      #expect(part.labels == Array(whole.labels[positions]))
      #expect(
        part.pixels
          == Array(whole.pixels[positions.lowerBound * samples..<positions.upperBound * samples]))
    }
    #expect(Self.batch(one, 0..<8, epoch: 0).labels != Self.batch(one, 0..<8, epoch: 1).labels)
    #expect(
      Self.batch(one, 0..<8, epoch: 0).labels
        != Self.batch(make(seed: 2), 0..<8, epoch: 0).labels)
  }

  @Test("an evaluation goes through the data in their own order, unchanged")
  func inOrder() {
    let images = Self.numbered(10)
    let batches = Batches(
      images, normalization: .unit(channels: 3),
      augmentation: Augmentation(flip: .random, translation: 2, cutout: 2))
    let (pixels, labels) = Self.batch(batches, 4..<8, epoch: nil)
    #expect(labels == [4, 5, 6, 7])
    #expect(
      pixels
        == Normalization.unit(channels: 3)
        .apply(images.selecting([4, 5, 6, 7]).pixels.map { Float($0) }))
  }

  @Test("mean and deviation are those of the samples")
  func statistics() {
    let images = LabelledImages(
      height: 1, width: 2, channels: 2, pixels: [0, 7, 255, 7, 0, 7, 255, 7], labels: [0, 1])
    let normalization = images.normalization()
    #expect(normalization.mean == [0.5, Float(7.0 / 255)])
    #expect(normalization.deviation == [0.5, 1])
    for (value, expected) in zip(normalization.apply([0, 7, 255, 7]), [-1, 0, 1, 0] as [Float]) {
      #expect(abs(value - expected) < 1e-6)
    }
  }
}
