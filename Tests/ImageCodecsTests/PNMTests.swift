import ImageCodecs
import Raster
import Testing

@Suite("PNM")
struct PNMTests {
  private func read(_ text: String, _ raw: [UInt8] = []) throws -> Picture {
    try decode(Array(text.utf8) + raw)
  }

  @Test("plain and raw bitmaps: 1 is black, rows end at whole bytes")
  func bitmaps() throws {
    let plain = try read("P1\n# two rows\n10 2\n1010101010\n0 0 0 0 0 1 1 1 1 1\n")
    let raw = try read("P4 10 2\n", [0b1010_1010, 0b1000_0000, 0b0000_0111, 0b1100_0000])
    let expected: [UInt8] = [
      0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0,
    ]
    #expect(plain.samples() == expected)
    #expect(raw.samples() == expected)
    #expect(plain.format == PictureFormat(width: 10, height: 2, color: .gray, sample: .uint8))
  }

  @Test("of pictures that follow one another any can be read")
  func pages() throws {
    let first = Array("P5 2 1 255\n".utf8) + [7, 9]
    let second = Array("P4 9 2\n".utf8) + [0, 0, 255, 128]
    let third = Array("P2 1 2 255 3 4\n".utf8)
    let file = first + second + third + Array("P5 1 1 255\n".utf8) + [5]
    func samples(_ page: Int?) throws -> [UInt8] {
      try PictureReader(.bytes(file), page: page).readPicture().samples()
    }
    #expect(try samples(nil) == [7, 9] && samples(1) == [7, 9])
    #expect(try samples(2).count == 18)
    #expect(try samples(3) == [3, 4] && samples(4) == [5])
    #expect(throws: CodecError.noSuchPage(5, of: 4)) { try samples(5) }
    let reader = try PictureReader(.bytes(file), page: 1)
    _ = try reader.readPicture()
    #expect(reader.others == [])
  }

  @Test("comments stand anywhere in the header")
  func comments() throws {
    let picture = try read("P5# a\n# b\n 2 # c\n1\n#d\n255\n", [7, 9])
    #expect(picture.samples(as: UInt8.self) == [7, 9])
  }

  @Test("plain colours, and a maximum below 255 is scaled with rounding")
  func plain() throws {
    let picture = try read("P3 1 2 15 0 1 15 7 8 14\n")
    // ⌊(v · 255 + 7) / 15⌋ = 17 v
    #expect(picture.samples(as: UInt8.self) == [0, 17, 255, 119, 136, 238])
    let third = try read("P5 4 1 100\n", [0, 1, 50, 100])
    #expect(third.samples(as: UInt8.self) == [0, 3, 128, 255])
  }

  @Test("a maximum above 255 has two bytes, high byte first, and is scaled to 65535")
  func deep() throws {
    let full = try read("P6 1 1 65535\n", [0x12, 0x34, 0, 1, 0xff, 0xff])
    #expect(full.samples(as: UInt16.self) == [0x1234, 1, 65535])
    let scaled = try read("P5 3 1 1000\n", [0, 0, 1, 0xf4, 3, 0xe8])
    #expect(scaled.samples(as: UInt16.self) == [0, 32768, 65535])
    #expect(try read("P2 2 1 300 150 300").samples(as: UInt16.self) == [32768, 65535])
  }

  @Test("PAM with alpha")
  func pam() throws {
    let header = "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\n# end\nENDHDR\n"
    let picture = try read(header, [1, 2, 3, 4])
    #expect(picture.format.color == .rgba)
    #expect(picture.samples(as: UInt8.self) == [1, 2, 3, 4])
  }

  @Test(
    "PAM headers in any order, with every type of tuple that is a picture",
    arguments: [
      ("BLACKANDWHITE", 1, 1, [1], ColorModel.gray, [255]),
      ("GRAYSCALE", 1, 255, [9], .gray, [9]),
      ("", 1, 15, [15], .gray, [255]), ("", 2, 255, [9, 8], .grayAlpha, [9, 8]),
      ("BLACKANDWHITE_ALPHA", 2, 1, [0, 1], .grayAlpha, [0, 255]),
      ("GRAYSCALE_ALPHA", 2, 255, [9, 8], .grayAlpha, [9, 8]),
      ("RGB", 3, 255, [1, 2, 3], .rgb, [1, 2, 3]), ("", 3, 255, [1, 2, 3], .rgb, [1, 2, 3]),
      ("", 4, 255, [1, 2, 3, 4], .rgba, [1, 2, 3, 4]),
      ("CMYK", 4, 255, [0, 0, 0, 0], .rgb, [255, 255, 255]),
      ("CMYK", 4, 255, [255, 0, 0, 0], .rgb, [0, 255, 255]),
      ("CMYK", 4, 255, [0, 51, 0, 204], .rgb, [51, 41, 51]),
    ] as [(String, Int, Int, [UInt8], ColorModel, [UInt8])])
  func tuples(
    _ kind: String, depth: Int, maximum: Int, bytes: [UInt8], color: ColorModel, samples: [UInt8]
  ) throws {
    let type = kind.isEmpty ? "" : "TUPLTYPE \(kind)\r\n"
    let picture = try read(
      "P7\n\nMAXVAL \(maximum)\n# a comment\n\(type)DEPTH\t\(depth)\nHEIGHT 1\n  WIDTH 1\nENDHDR\n",
      bytes)
    #expect(picture.format.color == color)
    #expect(picture.samples(as: UInt8.self) == samples)
  }

  @Test("inks of 16 bits become light; of 8 bits they stay where they are asked for")
  func inks() throws {
    func header(_ maximum: Int) -> [UInt8] {
      Array("P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL \(maximum)\nTUPLTYPE CMYK\nENDHDR\n".utf8)
    }
    let wide = try decode(header(65535) + [0xff, 0xff, 0, 0, 0x80, 0, 0, 0])
    #expect(wide.samples(as: UInt16.self) == [0, 65535, 32767])
    let reader = try PictureReader(.bytes(header(255) + [1, 2, 3, 4]), keepsCMYK: true)
    #expect(reader.format.color == .cmyk)
    #expect(try reader.readPicture().samples(as: UInt8.self) == [1, 2, 3, 4])
  }

  @Test(
    "what follows the picture is named",
    arguments: [
      ("P5 1 1 255\n\u{1}P5 1 1 255\n\u{2}", ["further pictures"]),
      ("P2 1 1 255 7\nP2 1 1 255 8", ["further pictures"]),
      ("P5 1 1 255\n\u{1}x", ["data behind the picture"]), ("P5 1 1 255\n\u{1}\n\0\0", []),
      ("P5 1 1 255\n\u{1}", []),
    ])
  func rest(_ text: String, others: [String]) throws {
    let reader = try PictureReader(.bytes(Array(text.utf8)))
    _ = try reader.readPicture()
    #expect(reader.others == others)
  }

  @Test("a file is of the kind that its name promises")
  func kinds() throws {
    func file(_ color: ColorModel, _ samples: [UInt8], _ kind: PNMKind?) throws -> String {
      var options = WritingOptions()
      options.pnmKind = kind
      let format = PictureFormat(
        width: samples.count / color.channels, height: 1, color: color, sample: .uint8)
      let bytes = try encode(Picture(format, samples: samples), as: .pnm, options: options)
      return String(decoding: bytes, as: UTF8.self)
    }
    #expect(try file(.gray, [5, 6], nil) == "P5\n2 1\n255\n\u{5}\u{6}")
    #expect(try file(.gray, [5, 6], .pgm) == "P5\n2 1\n255\n\u{5}\u{6}")
    #expect(
      try file(.gray, [5, 6], .ppm) == "P6\n2 1\n255\n\u{5}\u{5}\u{5}\u{6}\u{6}\u{6}")
    #expect(
      try file(.gray, [5], .pam)
        == "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\n\u{5}")
    #expect(
      try file(.rgb, [5, 6, 7], .pam)
        == "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n\u{5}\u{6}\u{7}")
    // 0, white, 0, 0, 0, 0, 0, 0 and 0: 1 is black, and a row ends with a whole byte.
    #expect(
      try encode(
        Picture(
          PictureFormat(width: 9, height: 1, color: .gray, sample: .uint8),
          samples: [0, 255, 0, 0, 0, 0, 0, 0, 0] as [UInt8]), as: .pnm, options: Self.bitmap)
        == Array("P4\n9 1\n".utf8) + [0xbf, 0x80])
    #expect(throws: CodecError.notTwoLevels(sample: 7)) { try file(.gray, [0, 7], .pbm) }
  }

  private static var bitmap: WritingOptions {
    var options = WritingOptions()
    options.pnmKind = .pbm
    return options
  }

  @Test("gray of 16 bits as PPM has its bytes in order")
  func wideGray() throws {
    var options = WritingOptions()
    options.pnmKind = .ppm
    let format = PictureFormat(width: 1, height: 1, color: .gray, sample: .uint16)
    let bytes = try encode(
      Picture(format, samples: [0x1234] as [UInt16]), as: .pnm, options: options)
    #expect(bytes == Array("P6\n1 1\n65535\n".utf8) + [0x12, 0x34, 0x12, 0x34, 0x12, 0x34])
  }

  @Test(
    "broken headers and samples are refused",
    arguments: [
      "P5", "P5 2", "P5 0 1 255\n", "P5 2 2 0\n1234", "P5 2 2 65536\n1234", "P5 2x 2 255\n1234",
      "P5 -2 2 255\n1234", "P2 1 1 9 10", "P5 2 2 255\n123", "P1 2 1 1 2", "P3 1 1 255 1 2",
      "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nENDHDR\n123", "P6 99999999999 1 255\n",
      "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 9\nMAXVAL 255\nENDHDR\n123456789",
      "P7 332\n#XVVERSION:Version 2.28\n1 1 255\n1", "P7\nWIDTH 1\nWIDTH x\nENDHDR\n",
      "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nENDHDR", "P7\n",
      "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n1234",
      "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE XYZ\nENDHDR\n123",
      "P7\nWIDTH -1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nENDHDR\n123",
      "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nGAMMA 2\nENDHDR\n1",
    ])
  func broken(_ text: String) {
    #expect(throws: CodecError.self) { try read(text) }
  }

  @Test("limits hold")
  func limits() {
    #expect(throws: CodecError.tooManyPixels(4_000_000_000, limit: 1_000_000_000)) {
      try read("P5 80000 50000 255\n")
    }
  }

  @Test("the number of pixels is limited, not the length of a side", arguments: [true, false])
  func long(isWide: Bool) throws {
    let size = isWide ? "1000001 1" : "1 1000001"
    let picture = try read("P5 \(size) 255\n", [UInt8](repeating: 7, count: 1_000_001))
    #expect(max(picture.format.width, picture.format.height) == 1_000_001)
  }

  @Test("a file cut short can be tolerated: the rest is gray")
  func cut() throws {
    let bytes = Array("P5 2 2 255\n".utf8) + [1, 2, 3]
    let reader = try PictureReader(.bytes(bytes), damage: .tolerate)
    let picture = try reader.readPicture()
    #expect(picture.samples(as: UInt8.self) == [1, 2, 128, 128])
    #expect(reader.isDamaged && reader.warnings.count == 1)
  }
}
