import ImageCodecs
import Libc
import Raster
import Testing

@Suite("Writing, then reading")
struct RoundTripTests {
  static let sizes = [(1, 1), (1, 40), (53, 1), (67, 31), (300, 700)]

  static func formats(_ colors: [ColorModel], _ samples: [SampleType]) -> [PictureFormat] {
    sizes.flatMap { width, height in
      colors.flatMap { color in
        samples.map { PictureFormat(width: width, height: height, color: color, sample: $0) }
      }
    }
  }

  @Test(
    "PNG gives the same samples, at every level",
    arguments: formats([.gray, .grayAlpha, .rgb, .rgba], [.uint8, .uint16]), [0, 1, 2, 3, 4, 9])
  func png(_ format: PictureFormat, level: Int) throws {
    let picture = testPicture(format)
    let back = try decode(encodePNG(picture, level: level))
    if level == 9 {
      // Without what the pixels do without.
      #expect(rgba16(back) == rgba16(picture))
      return
    }
    #expect(back.format == format)
    #expect(content(back) == content(picture))
  }

  @Test(
    "PNM gives the same samples",
    arguments: formats([.gray, .grayAlpha, .rgb, .rgba], [.uint8, .uint16]))
  func pnm(_ format: PictureFormat) throws {
    let picture = testPicture(format)
    let back = try decode(encode(picture, as: .pnm))
    #expect(back.format == format)
    #expect(content(back) == content(picture))
  }

  @Test(
    "NumPy gives the same samples",
    arguments: formats([.gray, .grayAlpha, .rgb, .rgba], SampleType.allCases))
  func npy(_ format: PictureFormat) throws {
    let picture = testPicture(format)
    let back = try decode(encode(picture, as: .npy))
    #expect(back.format == format)
    #expect(content(back) == content(picture))
  }

  @Test(
    "an array is written as NumPy writes it", arguments: ["gray", "axis", "alpha", "rgb", "wide"])
  func sameArray(_ name: String) throws {
    let bytes = FormatFiles.bytes(name + ".npy")
    let reader = try PictureReader(.bytes(bytes))
    let picture = try reader.readPicture()
    #expect(try encode(picture, as: .npy, keeping: reader.encoding) == bytes)
  }

  @Test(
    "WebP without loss gives the same samples, gray as RGB",
    .enabled(if: FileFormat.written.contains(.webp)),
    arguments: formats([.gray, .grayAlpha, .rgb, .rgba], [.uint8]))
  func webp(_ format: PictureFormat) throws {
    let picture = testPicture(format)
    var options = WritingOptions()
    options.isLossless = true
    let reader = try PictureReader(.bytes(encode(picture, as: .webp, options: options)))
    #expect(reader.encoding == .webp(WebPEncoding(isLossless: true)))
    let back = try reader.readPicture()
    // A picture whose pixels are all opaque loses its alpha.
    #expect(rgba16(back) == rgba16(picture))
  }

  @Test(
    "lossy WebP keeps its kind, and comes near", .enabled(if: FileFormat.written.contains(.webp)))
  func lossyWebP() throws {
    let picture = try FormatFiles.picture(FormatFiles.bytes("lossy-alpha.webp"))
    let reader = try PictureReader(.bytes(FormatFiles.bytes("lossy-alpha.webp")))
    var options = WritingOptions()
    options.quality = 100
    for (options, most) in [(WritingOptions(), 110), (options, 80)] {
      let bytes = try encode(picture, as: .webp, options: options, keeping: reader.encoding)
      let again = try PictureReader(.bytes(bytes))
      #expect(again.encoding == reader.encoding)
      let back = try again.readPicture()
      let distances = zip(content(picture), content(back)).map { abs(Int($0) - Int($1)) }
      #expect(distances.max()! <= most && distances.reduce(0, +) / distances.count < 20)
      // Alpha is compressed without loss.
      let alpha = distances.indices.filter { $0 % 4 == 3 }.map { distances[$0] }
      #expect(alpha.allSatisfy { $0 == 0 })
    }
  }

  @Test(
    "TIFF gives the same samples, however it is compressed",
    .enabled(if: FileFormat.written.contains(.tiff)),
    arguments: formats([.gray, .grayAlpha, .rgb, .rgba, .cmyk], SampleType.allCases),
    TIFFCompression.allCases)
  func tiff(_ format: PictureFormat, _ compression: TIFFCompression) throws {
    // Inks that are floats are not written.
    if format.color == .cmyk && format.sample == .float32 { return }
    let picture = testPicture(format)
    var options = WritingOptions()
    options.tiffCompression = compression
    let bytes = try encode(picture, as: .tiff, options: options)
    let reader = try PictureReader(.bytes(bytes), keepsCMYK: true)
    #expect(
      reader.encoding
        == .tiff(
          TIFFEncoding(
            bits: format.sample.byteCount * 8, compression: compression.rawValue,
            isInk: format.color == .cmyk)))
    let back = try reader.readPicture()
    #expect(back.format == format)
    #expect(content(back) == content(picture))
    // The compression of the input stays.
    #expect(try encode(picture, as: .tiff, keeping: reader.encoding) == bytes)
  }

  @Test("PFM gives the same floats", arguments: formats([.gray, .rgb], [.float32]))
  func pfm(_ format: PictureFormat) throws {
    let picture = testPicture(format)
    let back = try decode(encode(picture, as: .pfm))
    #expect(back.format == format)
    #expect(content(back) == content(picture))
  }

  @Test(
    "JPEG XL without loss gives the same samples",
    .enabled(if: FileFormat.written.contains(.jpegXL)),
    arguments: [ColorModel.gray, .grayAlpha, .rgb, .rgba], [SampleType.uint8, .uint16])
  func jpegXL(_ color: ColorModel, _ sample: SampleType) throws {
    let picture = testPicture(PictureFormat(width: 67, height: 31, color: color, sample: sample))
    var options = WritingOptions()
    options.isLossless = true
    let reader = try PictureReader(.bytes(encode(picture, as: .jpegXL, options: options)))
    #expect(reader.encoding == .jpegXL(JPEGXLEncoding(isLossless: true)))
    let back = try reader.readPicture()
    #expect(back.format == picture.format)
    #expect(content(back) == content(picture))
  }

  @Test(
    "AVIF without loss gives the same samples",
    .enabled(if: FileFormat.written.contains(.avif)),
    arguments: [ColorModel.gray, .grayAlpha, .rgb, .rgba])
  func avif(_ color: ColorModel) throws {
    let picture = testPicture(PictureFormat(width: 67, height: 31, color: color, sample: .uint8))
    var options = WritingOptions()
    options.isLossless = true
    let back = try decode(encode(picture, as: .avif, options: options))
    #expect(back.format == picture.format)
    #expect(content(back) == content(picture))
  }

  @Test(
    "lossy JPEG XL and AVIF come near", arguments: [FileFormat.jpegXL, .avif])
  func lossy(_ fileFormat: FileFormat) throws {
    guard FileFormat.written.contains(fileFormat) else { return }
    let format = PictureFormat(width: 67, height: 31, color: .rgb, sample: .uint8)
    let picture = Picture(format)
    for y in 0..<31 {
      for x in 0..<201 {
        picture.row(y).storeBytes(of: UInt8(x / 3 * 2 + y), toByteOffset: x, as: UInt8.self)
      }
    }
    let back = try decode(encode(picture, as: fileFormat))
    #expect(back.format == format)
    let distances = zip(content(picture), content(back)).map { abs(Int($0) - Int($1)) }
    #expect(distances.reduce(0, +) < 4 * distances.count)
  }

  @Test("TIFF into a pipe has the strips before the directory, too")
  func pipedTIFF() throws {
    guard FileFormat.written.contains(.tiff) else { return }
    let picture = testPicture(PictureFormat(width: 70, height: 50, color: .rgb, sample: .uint8))
    var ends: [Int32] = [0, 0]
    try #require(StreamTests.makePipe(&ends) == 0)
    let writer = try PictureWriter(picture.format, as: .tiff, to: .descriptor(ends[1]))
    try writer.write(picture)
    close(ends[1])
    defer { close(ends[0]) }
    let back = try PictureReader(.descriptor(ends[0])).readPicture()
    #expect(content(back) == content(picture))
  }

  @Test("gray PNG of 1, 2 and 4 bits keeps the top bits", arguments: [1, 2, 4])
  func shallow(_ depth: Int) throws {
    let format = PictureFormat(width: 61, height: 19, color: .gray, sample: .uint8)
    let picture = testPicture(format)
    var options = WritingOptions()
    options.pngDepth = depth
    let bytes = try encode(picture, as: .png, options: options)
    let reader = try PictureReader(.bytes(bytes))
    #expect(reader.encoding == .png(PNGEncoding(depth: depth, colorType: 0, interlaced: false)))
    let top = (1 << depth) - 1
    let expected = content(picture).map { UInt8(Int($0) >> (8 - depth) * (255 / top)) }
    #expect(try content(reader.readPicture()) == expected)
  }

  @Test("bands encoded in any order give the same file")
  func order() throws {
    let picture = testPicture(PictureFormat(width: 900, height: 900, color: .rgb, sample: .uint8))
    let expected = try encodePNG(picture)
    let writer = try PictureWriter(picture.format, as: .png, to: .memory)
    let step = try #require(writer.bandRows)
    let firsts = Array(stride(from: 0, to: 900, by: step))
    try #require(firsts.count > 3)
    nonisolated(unsafe) var parts = [(any EncodedBand)?](repeating: nil, count: firsts.count)
    let team = ThreadTeam(threads: 2)
    parts.withUnsafeMutableBufferPointer { parts in
      nonisolated(unsafe) let parts = parts
      // Safety: each task fills its own place.
      team.run(firsts.count) { task in
        let index = firsts.count - 1 - task
        let first = firsts[index]
        let rows = first - min(first, writer.contextRows)..<min(first + step, 900)
        let window = RowWindow(
          firstRow: rows.lowerBound, pointers: rows.map { UnsafeRawPointer(picture.row($0)) })
        parts[index] = try? writer.encode(window, first: first)
      }
    }
    for part in parts { try writer.append(#require(part)) }
    try writer.finish()
    #expect(writer.bytes == expected)
  }

  @Test(
    "JPEG at quality 100 and full sampling is nearly the same",
    arguments: [ColorModel.gray, .rgb, .cmyk])
  func jpeg(_ color: ColorModel) throws {
    let format = PictureFormat(width: 83, height: 45, color: color, sample: .uint8)
    let picture = Picture(format)
    for y in 0..<45 {
      for i in 0..<format.samplesPerRow {
        picture.row(y).storeBytes(
          of: UInt8(2 * y + i / color.channels + 20 * (i % color.channels)), toByteOffset: i,
          as: UInt8.self)
      }
    }
    var options = WritingOptions()
    options.quality = 100
    let bytes = try encode(picture, as: .jpeg, options: options)
    let reader = try PictureReader(.bytes(bytes), keepsCMYK: true)
    #expect(reader.format == format)
    let back = try content(reader.readPicture())
    let difference = zip(back, content(picture)).map { abs(Int($0) - Int($1)) }.max()
    #expect(difference! <= 3)
  }

  @Test("alpha, 16 bits and CMYK are refused where the format has no place for them")
  func refused() {
    let deep = PictureFormat(width: 2, height: 2, color: .rgb, sample: .uint16)
    #expect(throws: CodecError.cannotStore(.jpeg, .rgb, .uint16)) {
      try PictureWriter(deep, as: .jpeg, to: .memory)
    }
    let clear = PictureFormat(width: 2, height: 2, color: .rgba, sample: .uint8)
    #expect(throws: CodecError.cannotStore(.jpeg, .rgba, .uint8)) {
      try PictureWriter(clear, as: .jpeg, to: .memory)
    }
    let ink = PictureFormat(width: 2, height: 2, color: .cmyk, sample: .uint8)
    #expect(throws: CodecError.cannotStore(.png, .cmyk, .uint8)) {
      try PictureWriter(ink, as: .png, to: .memory)
    }
    let long = PictureFormat(width: 65501, height: 1, color: .gray, sample: .uint8)
    #expect(throws: CodecError.tooLargeToStore(.jpeg, side: 65501, limit: 65500)) {
      try PictureWriter(long, as: .jpeg, to: .memory)
    }
  }
}
