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
    "broken headers and samples are refused",
    arguments: [
      "P5", "P5 2", "P5 0 1 255\n", "P5 2 2 0\n1234", "P5 2 2 65536\n1234", "P5 2x 2 255\n1234",
      "P5 -2 2 255\n1234", "P2 1 1 9 10", "P5 2 2 255\n123", "P1 2 1 1 2", "P3 1 1 255 1 2",
      "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nENDHDR\n123", "P6 99999999999 1 255\n",
      "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 9\nMAXVAL 255\nENDHDR\n123456789",
    ])
  func broken(_ text: String) {
    #expect(throws: CodecError.self) { try read(text) }
  }

  @Test("limits hold")
  func limits() {
    #expect(throws: CodecError.tooManyPixels(4_000_000_000, limit: 1_000_000_000)) {
      try read("P5 80000 50000 255\n")
    }
    #expect(throws: CodecError.sideTooLong(2_000_000, limit: 1_000_000)) {
      try read("P5 2000000 1 255\n")
    }
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
