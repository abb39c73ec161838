import Datasets
import Random
import Raster
import TestSupport
import Testing

@Suite("Augmentation, against torchvision")
struct AugmentGoldenTests {
  static let (width, height) = (9, 7)

  /// The image of `Tests/Goldens/augment.py`.
  static let source: [UInt8] = (0..<height).flatMap { y in
    (0..<width).flatMap { x in
      (0..<3).map { UInt8(truncatingIfNeeded: x * x * 7 + y * 31 + $0 * 85 + (x * y) % 13 * 19) }
    }
  }

  static func colored(_ change: ColorChange) -> [Float] {
    var levels = source.map { Float($0) }
    levels.withUnsafeMutableBufferPointer {
      change.apply($0.baseAddress!, count: width * height, channels: 3)
    }
    return levels
  }

  static func seen(
    _ view: ImageView, _ border: Augmentation.Border, height: Int = height, width: Int = width
  ) -> [Float] {
    var levels = [Float](repeating: .nan, count: height * width * 3)
    source.withUnsafeBufferPointer { source in
      levels.withUnsafeMutableBufferPointer {
        ImageSampler(
          source.baseAddress!, height: Self.height, width: Self.width, channels: 3, border: border
        ).write(view, height: height, width: width, to: $0.baseAddress!)
      }
    }
    return levels
  }

  static func whole(turn: Double = 0, scale: Double = 1, flips: Bool = false) -> ImageView {
    ImageView(
      of: .init(top: 0, left: 0, height: Double(height), width: Double(width)), height: height,
      width: width, image: (height, width), turn: turn, scale: scale, flips: flips)
  }

  @Test("turns, scales, parts of any size and colours are theirs, within a hundredth of a level")
  func goldens() throws {
    var cases = 0
    for line in TestData.golden("augment.tsv").split(separator: "\n") {
      let fields = line.split(separator: "\t")
      let numbers = try fields[1].split(separator: " ").map { try #require(Double($0)) }
      let expected = try fields[2].split(separator: " ").map { try #require(Float($0)) }
      let first = Float(numbers[0])
      let found: [Float]
      switch fields[0] {
      case "brightness": found = Self.colored(ColorChange(brightness: first))
      case "contrast": found = Self.colored(ColorChange(contrast: first))
      case "saturation": found = Self.colored(ColorChange(saturation: first))
      case "hue": found = Self.colored(ColorChange(hue: first))
      case "rotate": found = Self.seen(Self.whole(turn: numbers[0] * .pi / 180), .zero)
      case "zoom": found = Self.seen(Self.whole(scale: numbers[0]), .zero)
      default:
        let (height, width) = (Int(numbers[4]), Int(numbers[5]))
        let box = ImageView.Box(
          top: numbers[0], left: numbers[1], height: numbers[2], width: numbers[3])
        found = Self.seen(
          ImageView(of: box, height: height, width: width, image: (Self.height, Self.width)),
          fields[0] == "view-zero" ? .zero : .reflect, height: height, width: width)
      }
      #expect(found.count == expected.count)
      let worst = zip(found, expected).map { abs($0 - $1) }.max()!
      #expect(worst < 0.01, "\(fields[0]) \(fields[1]): \(worst)")
      cases += 1
    }
    #expect(cases == 17)
  }

  @Test("a view that changes nothing is the image, and one that flips its mirror image")
  func identity() {
    let plain = Self.source.map { Float($0) }
    #expect(Self.seen(Self.whole(), .reflect) == plain)
    let mirrored = (0..<Self.height).flatMap { y in
      (0..<Self.width).flatMap { x in
        (0..<3).map { plain[(y * Self.width + Self.width - 1 - x) * 3 + $0] }
      }
    }
    #expect(Self.seen(Self.whole(flips: true), .reflect) == mirrored)
  }

  @Test("a part of any size has the share and the shape that were asked for, and lies in the image")
  func parts() {
    var shares: [Double] = []
    for index in 0..<500 {
      let random = CounterRandom(seed: 1, .augmentation, UInt64(index))
      let box = ImageView.Box.part(ofAtLeast: 0.25, of: (48, 64), random, at: 16)
      shares.append(box.height * box.width / (48 * 64))
      #expect(box.top >= 0 && box.left >= 0)
      #expect(box.top + box.height <= 48 + 1e-9 && box.left + box.width <= 64 + 1e-9)
      #expect((0.749...1.334).contains(box.width / box.height))
    }
    #expect(shares.min()! >= 0.25 - 1e-9 && shares.min()! < 0.3)
    #expect(shares.max()! > 0.9 && shares.max()! <= 1 + 1e-9)
  }

  @Test("an image that no part of the shape fits shows its middle")
  func narrowPart() {
    let random = CounterRandom(seed: 1, .augmentation, 7)
    let box = ImageView.Box.part(ofAtLeast: 1, of: (10, 100), random, at: 16)
    #expect(box.height == 10 && abs(box.width - 40 / 3.0) < 1e-9)
    #expect(box.top == 0 && abs(box.left + box.width / 2 - 50) < 1e-9)
  }

  @Test("resampled images are drawn by seed, epoch and example, and left alone in evaluation")
  func batches() {
    let images = BatchesTests.numbered(6, height: 8, width: 8)
    let augmentation = Augmentation(
      flip: .random, cutout: 2, part: 0.3, rotation: 30, zoom: 0.2,
      color: ColorJitter(brightness: 0.3, contrast: 0.3, saturation: 0.3, hue: 0.1))
    func make() -> Batches {
      Batches(
        images, normalization: images.normalization(), seed: 4, augmentation: augmentation)
    }
    let all = BatchesTests.batch(make(), 0..<6, epoch: 2)
    let parts = [0..<2, 2..<6].map { BatchesTests.batch(make(), $0, epoch: 2) }
    #expect(all.pixels == parts[0].pixels + parts[1].pixels)
    #expect(all.pixels.allSatisfy { $0.isFinite })
    let plain = Batches(images, normalization: images.normalization())
    #expect(
      BatchesTests.batch(make(), 0..<6, epoch: nil).pixels
        == BatchesTests.batch(plain, 0..<6, epoch: nil).pixels)
    #expect(all.pixels != BatchesTests.batch(make(), 0..<6, epoch: 3).pixels)
  }

  @Test("colours alone leave every pixel where it was")
  func colorsOnly() {
    let images = BatchesTests.numbered(3, height: 5, width: 6)
    let batches = Batches(
      images, normalization: .unit(channels: 3), seed: 9,
      augmentation: Augmentation(color: ColorJitter(brightness: 0.5)))
    let (pixels, labels) = BatchesTests.batch(batches, 0..<3, epoch: 0)
    for (place, label) in labels.enumerated() {
      let levels = images.image(Int(label)).map { Float($0) / 255 }
      let result = pixels[place * levels.count..<(place + 1) * levels.count]
      // One factor for the whole image, but where it is cut at white.
      let factors = zip(result, levels).filter { $0 < 1 && $1 > 0.1 }.map { $0 / $1 }
      #expect(factors.max()! - factors.min()! < 1e-4 && (0.5...1.5).contains(factors[0]))
    }
  }
}
