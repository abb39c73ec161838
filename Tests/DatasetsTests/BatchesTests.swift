import Datasets
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
    _ batches: Batches, step: Int, epoch: Int, training: Bool = true
  ) -> (pixels: [Float], labels: [Int32]) {
    var pixels = [Float](repeating: .nan, count: batches.batchSize * batches.samplesPerImage)
    var labels = [Int32](repeating: -1, count: batches.batchSize)
    let count = pixels.withUnsafeMutableBufferPointer { pixels in
      labels.withUnsafeMutableBufferPointer { labels in
        batches.fill(step: step, epoch: epoch, training: training, images: pixels, labels: labels)
      }
    }
    return (Array(pixels[..<(count * batches.samplesPerImage)]), Array(labels[..<count]))
  }

  @Test("an epoch shows every image once, normalised, with its own label", arguments: [1, 3])
  func everyImageOnce(channels: Int) {
    let images = Self.numbered(11, channels: channels)
    let normalisation = images.normalisation()
    let batches = Batches(images, normalisation: normalisation, batchSize: 4, seed: 5)
    #expect(batches.steps == 3)
    for epoch in 0..<3 {
      var seen: [Int32] = []
      for step in 0..<batches.steps {
        let (pixels, labels) = Self.batch(batches, step: step, epoch: epoch)
        #expect(labels.count == batches.count(step: step))
        for (place, label) in labels.enumerated() {
          let samples = batches.samplesPerImage
          #expect(
            Array(pixels[place * samples..<(place + 1) * samples])
              == normalisation.apply(images.image(Int(label))))
        }
        seen += labels
      }
      #expect(seen.sorted() == images.labels)
    }
  }

  @Test("a batch is a function of seed, epoch and step, whatever was asked for before")
  func pure() {
    let images = Self.numbered(50)
    func make(seed: UInt64) -> Batches {
      Batches(
        images, normalisation: images.normalisation(), batchSize: 8, seed: seed,
        augmentation: Augmentation(flip: .random, translation: 2, cutout: 2))
    }
    let (one, other) = (make(seed: 1), make(seed: 1))
    for (step, epoch) in [(6, 9), (0, 0), (3, 2), (6, 9), (1, 0)] {
      let (a, b) = (
        Self.batch(one, step: step, epoch: epoch), Self.batch(other, step: step, epoch: epoch)
      )
      #expect(a.pixels == b.pixels && a.labels == b.labels)
    }
    #expect(Self.batch(one, step: 0, epoch: 0).labels != Self.batch(one, step: 0, epoch: 1).labels)
    #expect(
      Self.batch(one, step: 0, epoch: 0).labels
        != Self.batch(make(seed: 2), step: 0, epoch: 0).labels)
  }

  @Test("without shuffling the order is that of the data; the rest can be dropped")
  func inOrder() {
    let images = Self.numbered(10)
    let batches = Batches(
      images, normalisation: .unit(channels: 3), batchSize: 4, shuffles: false, dropsLast: true)
    #expect(batches.steps == 2)
    #expect(Self.batch(batches, step: 1, epoch: 4).labels == [4, 5, 6, 7])
  }

  @Test("mean and deviation are those of the samples")
  func statistics() {
    let images = LabelledImages(
      height: 1, width: 2, channels: 2, pixels: [0, 7, 255, 7, 0, 7, 255, 7], labels: [0, 1])
    let normalisation = images.normalisation()
    #expect(normalisation.mean == [0.5, Float(7.0 / 255)])
    #expect(normalisation.deviation == [0.5, 1])
    for (value, expected) in zip(normalisation.apply([0, 7, 255, 7]), [-1, 0, 1, 0] as [Float]) {
      #expect(abs(value - expected) < 1e-6)
    }
  }
}
