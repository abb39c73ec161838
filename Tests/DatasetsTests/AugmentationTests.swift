import Raster
import Testing

@testable import Datasets

@Suite("Augmentation")
struct AugmentationTests {
  /// One image of 5×7 in every place of a batch of 64, augmented, as whole numbers.
  static func augmented(
    _ augmentation: Augmentation, epoch: Int? = 0, channels: Int = 2
  ) -> [[Int]] {
    let samples = 5 * 7 * channels
    let images = LabelledImages(
      height: 5, width: 7, channels: channels,
      pixels: (0..<64).flatMap { _ in (1...UInt8(samples)).map { $0 } },
      labels: [Int32](repeating: 0, count: 64))
    let unit = Normalization(
      mean: [Float](repeating: 0, count: channels),
      deviation: [Float](repeating: 1 / 255, count: channels))
    let batches = Batches(
      images, normalization: unit, seed: 3, augmentation: augmentation)
    let pixels = BatchesTests.batch(batches, 0..<64, epoch: epoch).pixels
    let size = batches.samplesPerImage
    return (0..<64).map { place in
      pixels[place * size..<(place + 1) * size].map { Int($0.rounded()) }
    }
  }

  /// What the image should be, pixel by pixel: the definition, written without regard for speed.
  static func expected(
    flips: Bool, top: Int, left: Int, border: Augmentation.Border, height: Int = 5, width: Int = 7,
    channels: Int = 2
  ) -> [Int] {
    func inside(_ position: Int, _ length: Int) -> Int? {
      if (0..<length).contains(position) { return position }
      if border == .zero { return nil }
      return position < 0 ? -position : 2 * length - 2 - position
    }
    return (0..<height).flatMap { y in
      (0..<width).flatMap { x in
        (0..<channels).map { channel in
          guard let row = inside(y + top, 5), let column = inside(x + left, 7) else { return 0 }
          return (row * 7 + (flips ? 6 - column : column)) * channels + channel + 1
        }
      }
    }
  }

  @Test("no augmentation leaves every image alone")
  func none() {
    let plain = Self.expected(flips: false, top: 0, left: 0, border: .zero)
    #expect(Self.augmented(.none).allSatisfy { $0 == plain })
    let all = Augmentation(flip: .random, translation: 2, cutout: 3)
    #expect(Self.augmented(all, epoch: nil).allSatisfy { $0 == plain })
  }

  @Test(
    "a shifted and flipped image is one of the possible ones, and every one occurs",
    arguments: Augmentation.Border.allCases, [Augmentation.Flip.none, .random])
  func translate(border: Augmentation.Border, flip: Augmentation.Flip) {
    var found: Set<[Int]> = []
    var possible: Set<[Int]> = []
    for flips in flip == .none ? [false] : [false, true] {
      for top in -1...1 {
        for left in -1...1 {
          possible.insert(Self.expected(flips: flips, top: top, left: left, border: border))
        }
      }
    }
    for epoch in 0..<20 {
      let images = Self.augmented(
        Augmentation(flip: flip, translation: 1, border: border), epoch: epoch)
      found.formUnion(images)
    }
    #expect(found == possible)
  }

  @Test(
    "images of one row are shifted along it, as far as that goes",
    arguments: [(1, 5), (5, 1), (1, 1)])
  func lines(height: Int, width: Int) {
    let augmentation = Augmentation(translation: 2, cutout: 2)
    for example in 0..<50 {
      let draw = augmentation.draw(
        seed: 1, epoch: 0, example: example, height: height, width: width)
      #expect(abs(draw.top) <= min(2, height - 1) && abs(draw.left) <= min(2, width - 1))
      #expect(draw.cutRows.upperBound <= height && draw.cutColumns.upperBound <= width)
    }
    let places = Set(
      (0..<100).map {
        augmentation.draw(seed: 1, epoch: 0, example: $0, height: height, width: width).left
      })
    #expect(places.count == min(5, 2 * width - 1))
  }

  @Test("an alternating flip shows the other side in the next epoch")
  func alternating() {
    let augmentation = Augmentation(flip: .alternating)
    let epochs = (0..<4).map { Self.augmented(augmentation, epoch: $0) }
    let sides = [false, true].map { Self.expected(flips: $0, top: 0, left: 0, border: .zero) }
    let plain = epochs.map { epoch in epoch.count { $0 == sides[0] } }
    #expect(epochs.allSatisfy { $0.allSatisfy(sides.contains) })
    #expect((16...48).contains(plain[0]))
    #expect(plain == [plain[0], 64 - plain[0], plain[0], 64 - plain[0]])
  }

  @Test("a crop is anywhere in training and in the middle in evaluation")
  func crop() {
    let augmentation = Augmentation(crop: .init(height: 3, width: 4))
    func part(_ top: Int, _ left: Int) -> [Int] {
      Self.expected(flips: false, top: top, left: left, border: .zero, height: 3, width: 4)
    }
    let possible = Set((0...2).flatMap { top in (0...3).map { part(top, $0) } })
    var found: Set<[Int]> = []
    for epoch in 0..<10 { found.formUnion(Self.augmented(augmentation, epoch: epoch)) }
    #expect(found == possible)
    #expect(Self.augmented(augmentation, epoch: nil).allSatisfy { $0 == part(1, 1) })
  }

  @Test("a cutout sets a square to the mean and nothing else")
  func cutout() {
    let plain = Self.expected(flips: false, top: 0, left: 0, border: .zero)
    for image in Self.augmented(Augmentation(cutout: 3)) {
      let cut = (0..<35).filter { image[2 * $0] == 0 }
      #expect((4...9).contains(cut.count))
      let (rows, columns) = (Set(cut.map { $0 / 7 }), Set(cut.map { $0 % 7 }))
      #expect(rows.count * columns.count == cut.count)
      #expect(rows.max()! - rows.min()! < 3 && columns.max()! - columns.min()! < 3)
      for pixel in 0..<35 where !cut.contains(pixel) {
        #expect(image[2 * pixel] == plain[2 * pixel])
      }
    }
  }
}
