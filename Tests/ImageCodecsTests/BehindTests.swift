import ImageCodecs
import Raster
import Testing

/// Data that stand behind a picture are named, whatever its format is; zeros that fill a block are none.
@Suite("Behind the picture")
struct BehindTests {
  private static let named = ["data behind the picture"]

  private func check(_ file: [UInt8], _ place: String) throws {
    let picture = try read(file)
    #expect(picture.others == [], "\(place)")
    #expect(try read(file + [0, 0, 0]).others == [], "\(place)")
    for more in [[1], Array("hidden data".utf8), [0, 0, 0, 0, 0, 0, 0, 0, 0, 5]] as [[UInt8]] {
      let reader = try read(file + more)
      #expect(reader.others == Self.named, "\(place) \(more)")
      #expect(reader.format == picture.format)
    }
  }

  @Test("formats that are written", arguments: FileFormat.written)
  func written(_ format: FileFormat) throws {
    let sample: SampleType = format == .pfm ? .float32 : .uint8
    let picture = testPicture(
      PictureFormat(width: 21, height: 17, color: .rgb, sample: sample))
    var options = WritingOptions()
    try check(encode(picture, as: format, options: options), "\(format)")
    options.isLossless = true
    if format == .jpegXL { try check(encode(picture, as: format, options: options), "lossless") }
    for compression in TIFFCompression.allCases where format == .tiff {
      options.tiffCompression = compression
      try check(encode(picture, as: format, options: options), "\(compression)")
    }
  }

  @Test(
    "formats that are made by others",
    arguments: [
      "tiles.tif", "planes.tif", "big.tif", "said.tif", "fax.tif", "bits4.tif", "jpeg.tif",
      "pages.tif", "packbits.tif", "plane-tiles.tif", "cmyk.tif", "real.tif", "lzw.tif",
      "second-extra.tif",
    ])
  func tiff(_ name: String) throws {
    guard FileFormat.allCases.contains(.tiff) else { return }
    let file = FormatFiles.bytes(name)
    #expect(try PictureReader(.bytes(file)).others.contains(Self.named[0]) == false)
    #expect(try PictureReader(.bytes(file + [1])).others.contains(Self.named[0]))
  }

  /// A bitmap of Windows of 4 by 2 pixels.
  private func bmp(
    _ bits: Int, _ compression: Int, _ pixels: [UInt8], profile: [UInt8] = []
  ) -> [UInt8] {
    func long(_ value: Int) -> [UInt8] { word(value).reversed() }
    let palette: [UInt8] = bits == 8 ? [1, 2, 3, 0, 4, 5, 6, 0] : []
    let start = 14 + 124 + palette.count
    var header =
      long(124) + long(4) + long(2) + [1, 0, UInt8(bits), 0] + long(compression)
      + long(pixels.count) + long(2835) + long(2835) + long(palette.count / 4) + long(0)
    header += [UInt8](repeating: 0, count: 124 - header.count)
    if !profile.isEmpty {
      header.replaceSubrange(56..<60, with: Array("DEBM".utf8))
      header.replaceSubrange(112..<120, with: long(start - 14 + pixels.count) + long(profile.count))
    }
    return Array("BM".utf8) + long(0) + [0, 0, 0, 0] + long(start) + header + palette + pixels
      + profile
  }

  @Test("bitmaps, their runs, and a profile that stands behind the pixels")
  func bitmaps() throws {
    let rows = [UInt8](repeating: 7, count: 24)
    try check(bmp(24, 0, rows), "rows")
    try check(bmp(24, 0, rows, profile: [1, 2, 3, 4]), "profile")
    try check(bmp(8, 1, [4, 1, 0, 0, 0, 4, 1, 0, 1, 0, 0, 1]), "runs")
    // More than what is read at a time.
    let many = (0..<3000).flatMap { _ in [1, 1, 0, 2, 0, 0] as [UInt8] }
    try check(bmp(8, 1, many + [0, 1]), "many runs")
  }
}
