import ImageCodecs
import Raster
import TestSupport
import Testing

/// PNG keeps the palette or the few bits of its input, as long as the result has no other colours.
@Suite("Few colours in PNG")
struct PaletteTests {
  @Test(
    "files of PngSuite come out as they went in", .enabled(if: TestData.isThere),
    arguments: [
      "basn0g01", "basn0g02", "basn0g04", "basn3p01", "basn3p02", "basn3p04", "basn3p08",
      "basi3p04", "tbbn3p08", "tp0n3p08", "tm3n3p02", "bgan6a08", "basn2c08", "s07n3p02",
      "basn0g08",
    ])
  func suite(_ name: String) throws {
    let before = try PictureReader(.bytes(load(data("pngsuite/\(name).png"))))
    let picture = try before.readPicture()
    let file = try encode(
      picture, as: .png, metadata: before.metadata, keeping: before.encoding)
    let after = try PictureReader(.bytes(file))
    guard case .png(var wanted) = before.encoding, case .png(let got) = after.encoding else {
      Issue.record("no PNG")
      return
    }
    wanted.interlaced = false
    #expect(got == wanted)
    #expect(after.metadata.background == before.metadata.background)
    #expect(try content(after.readPicture()) == content(picture))
  }

  /// A picture of colours of a palette, in several bands.
  private func many(_ palette: [UInt8], alpha: Bool) -> Picture {
    var noise = Noise(state: 4)
    let format = PictureFormat(
      width: 300, height: 2000, color: alpha ? .rgba : .rgb, sample: .uint8)
    var samples: [UInt8] = []
    for _ in 0..<300 * 2000 {
      let color = Int.random(in: 0..<palette.count / 4, using: &noise)
      samples += palette[4 * color..<4 * color + (alpha ? 4 : 3)]
    }
    return Picture(format, samples: samples)
  }

  @Test(
    "the first other colour makes the same file as if there had been no palette",
    arguments: [
      0, 1, 299 * 1000, 300 * 1999 + 299,
    ])
  func foreign(_ place: Int) throws {
    var noise = Noise(state: 5)
    let palette = (0..<4 * 200).map { $0 % 4 == 3 ? 255 : UInt8.random(in: 0...250, using: &noise) }
    let picture = many(palette, alpha: false)
    let input = Encoding.png(
      PNGEncoding(depth: 8, colorType: 3, interlaced: true, palette: palette))
    let narrow = try encode(picture, as: .png, keeping: input)
    #expect(try content(decode(narrow)) == content(picture))
    let wide = try encode(picture, as: .png)
    #expect(narrow.count < wide.count)
    // Red of 255 is not in the palette.
    picture.row(place / 300).storeBytes(of: 255, toByteOffset: place % 300 * 3, as: UInt8.self)
    #expect(
      try encode(picture, as: .png, keeping: input) == encode(picture, as: .png))
  }

  @Test("transparent colours find their number, whatever colour they have")
  func transparent() throws {
    let palette: [UInt8] = [1, 2, 3, 255, 9, 9, 9, 0, 4, 5, 6, 90]
    let format = PictureFormat(width: 4, height: 1, color: .rgba, sample: .uint8)
    let picture = Picture(
      format, samples: [1, 2, 3, 255, 9, 9, 9, 0, 0, 0, 0, 0, 4, 5, 6, 90] as [UInt8])
    let file = try encode(
      picture, as: .png,
      keeping: .png(PNGEncoding(depth: 2, colorType: 3, interlaced: false, palette: palette)))
    let reader = try PictureReader(.bytes(file))
    #expect(
      reader.encoding
        == .png(PNGEncoding(depth: 2, colorType: 3, interlaced: false, palette: palette)))
    #expect(
      try reader.readPicture().samples()
        == [1, 2, 3, 255, 9, 9, 9, 0, 9, 9, 9, 0, 4, 5, 6, 90] as [UInt8])
  }

  @Test("grays between the levels of the input make 8 bits", arguments: [1, 2, 4])
  func grays(_ depth: Int) throws {
    let step = 255 / ((1 << depth) - 1)
    let format = PictureFormat(width: 5, height: 3, color: .gray, sample: .uint8)
    let samples = (0..<15).map { UInt8($0 % (1 << depth) * step) }
    let picture = Picture(format, samples: samples)
    let input = Encoding.png(PNGEncoding(depth: depth, colorType: 0, interlaced: false))
    let reader = try PictureReader(.bytes(encode(picture, as: .png, keeping: input)))
    #expect(reader.encoding == input)
    #expect(try reader.readPicture().samples() == samples)
    picture.row(2).storeBytes(of: 7, as: UInt8.self)
    #expect(try encode(picture, as: .png, keeping: input) == encode(picture, as: .png))
  }
}
