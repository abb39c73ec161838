import Datasets
import ImageCodecs
import Raster
import TestSupport
import Testing

@Suite("ImagePreparation")
struct ImagePreparationTests {
  /// The picture of `Tests/Goldens/resize.py`.
  static func source(_ mode: Substring, _ width: Int, _ height: Int) -> Picture {
    let models: [Substring: ColorModel] = [
      "L": .gray, "LA": .grayAlpha, "RGB": .rgb, "RGBA": .rgba,
    ]
    let format = PictureFormat(width: width, height: height, color: models[mode]!, sample: .uint8)
    var samples: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        for channel in 0..<format.color.channels {
          let level = x * x * 7 + y * 31 + channel * 85 + (x * y) % 13 * 19
          samples.append(UInt8(truncatingIfNeeded: level))
        }
      }
    }
    return Picture(format, samples: samples)
  }

  /// Pillow rounds to whole levels between the passes, and alpha and gray in other places: up to
  /// one level, and two where both alpha and gray come in.
  @Test("the resize is Pillow's, within a level")
  func pillow() throws {
    var cases = 0
    for line in TestData.golden("resize.tsv").split(separator: "\n") {
      let fields = line.split(separator: "\t")
      let numbers = (1...4).map { Int(fields[$0])! }
      let channels = Int(fields[6])!
      let preparation = ImagePreparation(
        width: numbers[2], height: numbers[3], channels: channels,
        fit: try #require(Fit(rawValue: String(fields[5]))))
      let image = preparation.image(of: Self.source(fields[0], numbers[0], numbers[1]))
      let digits = Array(fields[7])
      let expected = stride(from: 0, to: digits.count, by: 2).map {
        Int(String(digits[$0...$0 + 1]), radix: 16)!
      }
      #expect(image.count == expected.count)
      let tolerance = fields[0].hasSuffix("A") && channels == 1 ? 2 : 1
      let worst = zip(image, expected).map { abs(Int($0) - $1) }.max()!
      #expect(worst <= tolerance, "\(fields[..<7])")
      cases += 1
    }
    #expect(cases == 57)
  }

  @Test("a picture of the right size and kind comes out as it is")
  func identity() {
    let picture = Self.source("RGB", 19, 11)
    for fit in Fit.allCases {
      let preparation = ImagePreparation(width: 19, height: 11, channels: 3, fit: fit)
      #expect(preparation.image(of: picture) == picture.samples(as: UInt8.self))
    }
  }

  @Test("a flat picture stays flat, however it is resized")
  func flat() {
    for (width, height) in [(1, 1), (5, 300), (333, 2), (640, 480)] {
      let format = PictureFormat(width: width, height: height, color: .rgb, sample: .uint8)
      let picture = Picture(
        format, samples: (0..<width * height).flatMap { _ in [200, 3, 77] as [UInt8] })
      for fit in [Fit.stretch, .crop] {
        let image = ImagePreparation(width: 13, height: 7, channels: 3, fit: fit).image(of: picture)
        #expect(image == (0..<91).flatMap { _ in [200, 3, 77] as [UInt8] })
      }
    }
  }

  @Test("16 bits and floats are taken down to 8")
  func depth() {
    let wide = Picture(
      PictureFormat(width: 3, height: 1, color: .gray, sample: .uint16),
      samples: [0, 257 * 99, 65535] as [UInt16])
    let real = Picture(
      PictureFormat(width: 3, height: 1, color: .gray, sample: .float32),
      samples: [-1, 99 / 255, .nan] as [Float])
    let preparation = ImagePreparation(width: 3, height: 1, channels: 1)
    #expect(preparation.image(of: wide) == [0, 99, 255])
    #expect(preparation.image(of: real) == [0, 99, 0])
  }

  @Test("transparent pixels are laid on the background; gray becomes RGB and back")
  func colours() {
    let clear = Picture(
      PictureFormat(width: 2, height: 1, color: .rgba, sample: .uint8),
      samples: [255, 0, 0, 0, 10, 20, 30, 255] as [UInt8])
    var preparation = ImagePreparation(
      width: 2, height: 1, channels: 3, background: SIMD3(1, 2, 3))
    #expect(preparation.image(of: clear) == [1, 2, 3, 10, 20, 30])
    let gray = Picture(
      PictureFormat(width: 2, height: 1, color: .gray, sample: .uint8),
      samples: [7, 250] as [UInt8])
    #expect(preparation.image(of: gray) == [7, 7, 7, 250, 250, 250])
    preparation.channels = 1
    #expect(preparation.image(of: gray) == [7, 250])
    let colour = Picture(
      PictureFormat(width: 2, height: 1, color: .rgb, sample: .uint8),
      samples: [255, 0, 0, 255, 255, 255] as [UInt8])
    #expect(preparation.image(of: colour) == [76, 255])
  }

  @Test("a file is turned upright", .enabled(if: TestData.isThere))
  func orientation() throws {
    let folder = DataFolder(try #require(TestData.folder) + "/jpegsuite/exif")
    let names = try folder.entries().files.filter { "\($0)".contains("Landscape_") }
    guard !names.isEmpty else {
      print("skipped: no pictures of all orientations in the test data")
      return
    }
    let formats = try names.map {
      try ImagePreparation.picture(of: folder.read($0)).format
    }
    #expect(formats.allSatisfy { $0.width > $0.height })
  }

  @Test("a JPEG is decoded at the smallest scale that leaves a pixel for each of the image")
  func denominators() {
    func part(_ width: Int, _ height: Int, _ fit: Fit = .crop) -> Int {
      ImagePreparation(width: 64, height: 48, channels: 3, fit: fit)
        .denominator(width: width, height: height)
    }
    #expect(part(64, 48) == 1 && part(127, 96) == 1 && part(128, 95) == 1)
    #expect(part(128, 96) == 2 && part(256, 192) == 4 && part(512, 384) == 8)
    #expect(part(9000, 9000) == 8 && part(9000, 100) == 2 && part(10, 10) == 1)
    #expect(part(512, 100, .stretch) == 2 && part(512, 100, .pad) == 8 && part(100, 100, .pad) == 2)
  }

  @Test("what is decoded smaller looks as what is decoded whole", arguments: Fit.allCases)
  func reduced(fit: Fit) throws {
    let bytes = try DataFolder(TestData.package + "/SampleImages").read("rocket.jpg")
    let preparation = ImagePreparation(width: 60, height: 50, channels: 3, fit: fit)
    let reader = try PictureReader(.bytes(bytes))
    let extent = try preparation.reduce(reader)
    #expect(reader.format.width == 80 || reader.format.width == 160)
    let small = preparation.image(of: try reader.readPicture(), extent: extent)
    let whole = preparation.image(of: try PictureReader(.bytes(bytes)).readPicture())
    let far = zip(small, whole).map { abs(Int($0) - Int($1)) }
    #expect(Double(far.reduce(0, +)) / Double(far.count) < 2.5)
    // A folder of pictures is read so, too.
    let scratch = try ScratchFolder()
    try scratch.write(bytes, to: "a/1.jpg")
    let read = try ImageFolder(scratch.path).load(
      size: (60, 50), fit: fit, team: ThreadTeam(threads: 1))
    #expect(read.train.pixels == small)
  }
}
