import ImageCodecs
import Raster
import TestSupport
import Testing

/// PNG keeps a colour that stands for transparent, as long as no pixel is half transparent, and none that is seen has it.
@Suite("Colour keys in PNG")
struct ColorKeyTests {
  private func write(
    _ picture: Picture, level: Int = 1, metadata: Metadata = Metadata(), keeping: Encoding? = nil
  ) throws -> [UInt8] {
    var options = WritingOptions()
    options.pngLevel = level
    return try encode(picture, as: .png, options: options, metadata: metadata, keeping: keeping)
  }

  private func encoding(_ file: [UInt8]) throws -> PNGEncoding? {
    guard case .png(let png) = try PictureReader(.bytes(file)).encoding else { return nil }
    return png
  }

  @Test(
    "files of PngSuite come out as they went in", .enabled(if: TestData.isThere),
    arguments: ["tbbn0g04", "tbbn2c16", "tbgn2c16", "tbrn2c08", "tbwn0g16"], [0, 1, 6])
  func suite(_ name: String, _ level: Int) throws {
    let before = try PictureReader(.bytes(load(data("pngsuite/\(name).png"))))
    guard case .png(let wanted) = before.encoding else { return }
    #expect(!wanted.key.isEmpty)
    let picture = try before.readPicture()
    let file = try write(
      picture, level: level, metadata: before.metadata, keeping: before.encoding)
    #expect(try encoding(file) == wanted)
    let after = try PictureReader(.bytes(file))
    #expect(after.metadata.background == before.metadata.background)
    #expect(try content(after.readPicture()) == content(picture))
  }

  /// Two pixels out of three that are seen, in several bands.
  private func many(_ color: ColorModel, _ sample: SampleType) -> Picture {
    var noise = Noise(state: 6)
    let format = PictureFormat(width: 300, height: 700, color: color, sample: sample)
    let picture = Picture(format)
    let (colors, full) = (color.colorChannels, Int(sample.maximum))
    for y in 0..<format.height {
      for x in 0..<format.width {
        let isSeen = Int.random(in: 0..<3, using: &noise) > 0
        for channel in 0..<colors {
          // Nothing that is seen has the key's 17; of low depths all grays are of few bits.
          let level = isSeen ? 34 + 17 * Int.random(in: 0..<13, using: &noise) : 17
          set(picture, x, y, channel, level * full / 255)
        }
        set(picture, x, y, colors, isSeen ? full : 0)
      }
    }
    return picture
  }

  private func set(_ picture: Picture, _ x: Int, _ y: Int, _ channel: Int, _ level: Int) {
    let index = x * picture.format.color.channels + channel
    if picture.format.sample == .uint16 {
      picture.row(y).storeBytes(of: UInt16(level), toByteOffset: 2 * index, as: UInt16.self)
    } else {
      picture.row(y).storeBytes(of: UInt8(level), toByteOffset: index, as: UInt8.self)
    }
  }

  struct Kind: Sendable {
    let color: ColorModel
    let sample: SampleType
    let depth: Int
    let key: [UInt16]
    var input: PNGEncoding {
      PNGEncoding(
        depth: depth, colorType: color == .rgba ? 2 : 0, interlaced: false, key: key)
    }
  }

  static let kinds = [
    Kind(color: .grayAlpha, sample: .uint8, depth: 4, key: [1]),
    Kind(color: .grayAlpha, sample: .uint8, depth: 8, key: [17]),
    Kind(color: .grayAlpha, sample: .uint16, depth: 16, key: [17 * 257]),
    Kind(color: .rgba, sample: .uint8, depth: 8, key: [17, 17, 17]),
    Kind(color: .rgba, sample: .uint16, depth: 16, key: [17 * 257, 17 * 257, 17 * 257]),
  ]

  @Test(
    "pixels that are seen and have the key's colour, or are half transparent, ask for alpha",
    arguments: kinds)
  func foreign(_ kind: Kind) throws {
    let picture = many(kind.color, kind.sample)
    let (colors, full) = (kind.color.colorChannels, Int(kind.sample.maximum))
    let narrow = try write(picture, keeping: .png(kind.input))
    #expect(try encoding(narrow) == kind.input)
    #expect(try content(decode(narrow)) == content(picture))
    for (x, y) in [(5, 300), (299, 699)] {
      for alpha in [full, full / 2] {
        let other = many(kind.color, kind.sample)
        for channel in 0..<colors { set(other, x, y, channel, 17 * full / 255) }
        set(other, x, y, colors, alpha)
        // The same file as if there had been no key: what is not seen keeps its colour, too.
        set(other, 7, 3, 0, 99)
        set(other, 7, 3, colors, 0)
        #expect(try write(other, keeping: .png(kind.input)) == write(other))
      }
    }
  }

  @Test("what is not seen gets the colour that the input had for it")
  func hidden() throws {
    let format = PictureFormat(width: 3, height: 1, color: .rgba, sample: .uint8)
    let picture = Picture(format, samples: [1, 2, 3, 255, 9, 9, 9, 0, 0, 0, 0, 0] as [UInt8])
    let input = Encoding.png(
      PNGEncoding(depth: 8, colorType: 2, interlaced: false, key: [5, 6, 7]))
    let reader = try PictureReader(.bytes(write(picture, keeping: input)))
    #expect(reader.encoding == input)
    #expect(
      try reader.readPicture().samples() == [1, 2, 3, 255, 5, 6, 7, 0, 5, 6, 7, 0] as [UInt8])
  }

  @Test(
    "grays between those of few bits make eight, and a result of other bits the same key in these")
  func depths() throws {
    let input = Encoding.png(PNGEncoding(depth: 2, colorType: 0, interlaced: true, key: [1]))
    var format = PictureFormat(width: 3, height: 1, color: .grayAlpha, sample: .uint8)
    let between = Picture(format, samples: [84, 255, 85, 0, 170, 255] as [UInt8])
    #expect(
      try encoding(write(between, keeping: input))
        == PNGEncoding(depth: 8, colorType: 0, interlaced: false, key: [85]))
    format.sample = .uint16
    let wide = Picture(format, samples: [84, 65535, 85 * 257, 0, 170, 65535] as [UInt16])
    #expect(
      try encoding(write(wide, keeping: input))
        == PNGEncoding(depth: 16, colorType: 0, interlaced: false, key: [85 * 257]))
  }

  @Test("the smallest file has a key where all that is not seen has one colour", arguments: kinds)
  func smallest(_ kind: Kind) throws {
    let picture = many(kind.color, kind.sample)
    if kind.color == .rgba {
      // Colours, and too many for a palette.
      for y in 0..<300 {
        set(picture, 8, y, 0, y % 256)
        set(picture, 8, y, 1, (y + 1) % 250)
        set(picture, 8, y, 3, Int(kind.sample.maximum))
      }
    }
    let file = try write(picture, level: 9)
    #expect(try encoding(file)?.colorType == kind.input.colorType)
    #expect(try encoding(file)?.key.isEmpty == false)
    #expect(try rgba16(decode(file)) == rgba16(picture))
    // Another colour that is not seen stays, unless the input had a key.
    set(picture, 9, 9, 0, 201)
    set(picture, 9, 9, kind.color.colorChannels, 0)
    let kept = try write(picture, level: 9)
    #expect(try encoding(kept)?.key.isEmpty == true)
    #expect(try rgba16(decode(kept)) == rgba16(picture))
    if kind.color == .rgba {
      let keyed = try write(picture, level: 9, keeping: .png(kind.input))
      #expect(try encoding(keyed) == kind.input)
    }
  }
}
