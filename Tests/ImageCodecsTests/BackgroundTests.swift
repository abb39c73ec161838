import ImageCodecs
import Raster
import TestSupport
import Testing

@Suite("The background colour of a PNG file")
struct BackgroundTests {
  /// Writes a picture with a background and gives what a reader finds.
  private func kept(
    _ background: Metadata.Background, _ color: ColorModel, _ sample: SampleType, depth: Int? = nil
  ) throws -> Metadata.Background? {
    var metadata = Metadata()
    metadata.background = background
    var options = WritingOptions()
    options.pngDepth = depth
    let picture = testPicture(PictureFormat(width: 9, height: 7, color: color, sample: sample))
    let bytes = try encode(picture, as: .png, options: options, metadata: metadata)
    return try PictureReader(.bytes(bytes)).metadata.background
  }

  @Test("is kept, scaled to the depth of the samples")
  func scaled() throws {
    let colour = Metadata.Background(samples: [1, 128, 255], bits: 8)
    #expect(try kept(colour, .rgba, .uint8) == colour)
    #expect(
      try kept(colour, .rgb, .uint16) == .init(samples: [257, 128 * 257, 65535], bits: 16))
    #expect(
      try kept(.init(samples: [257, 40000, 65535], bits: 16), .rgb, .uint8)
        == .init(samples: [1, 156, 255], bits: 8))
    #expect(
      try kept(.init(samples: [200], bits: 8), .gray, .uint8, depth: 4)
        == .init(samples: [12], bits: 4))
  }

  @Test("becomes gray, or coloured, only where it stays the same")
  func otherColours() throws {
    #expect(try kept(.init(samples: [9, 9, 9], bits: 8), .gray, .uint8)?.samples == [9])
    #expect(try kept(.init(samples: [9, 8, 9], bits: 8), .gray, .uint8) == nil)
    #expect(try kept(.init(samples: [3], bits: 4), .rgb, .uint8)?.samples == [51, 51, 51])
  }

  @Test(
    "is read from files of every colour type", .enabled(if: TestData.isThere),
    arguments: [
      ("bgai4a08", nil, 0), ("bgan6a16", nil, 0), ("bgbn4a08", [0], 8), ("bggn4a16", [43908], 16),
      ("bgwn6a08", [255, 255, 255], 8), ("bgyn6a16", [65535, 65535, 0], 16),
      ("tbbn3p08", [0, 0, 0], 8), ("tbwn3p08", [255, 255, 255], 8), ("tbwn0g16", [65535], 16),
    ])
  func suite(name: String, samples: [Int]?, bits: Int) throws {
    let reader = try PictureReader(.bytes(load(data("pngsuite/\(name).png"))))
    #expect(
      reader.metadata.background == samples.map { Metadata.Background(samples: $0, bits: bits) })
  }
}
