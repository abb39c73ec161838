import ImageCodecs
import Raster
import Testing

/// PNM keeps its value of white as long as all samples are of its levels.
@Suite("Values of white in PNM")
struct MaximaTests {
  private func identity(_ file: [UInt8], _ kind: PNMKind? = nil) throws -> [UInt8] {
    let reader = try PictureReader(.bytes(file))
    var options = WritingOptions()
    options.pnmKind = kind
    return try encode(
      reader.readPicture(), as: .pnm, options: options, keeping: reader.encoding)
  }

  /// All levels of a maximum, or some where there are many.
  private func levels(_ maximum: Int) -> [Int] {
    if maximum <= 255 { return Array(0...maximum) }
    var noise = Noise(state: UInt64(maximum))
    return [0, 1, 2, maximum / 2, maximum - 2, maximum - 1, maximum]
      + (0..<60).map { _ in Int.random(in: 0...maximum, using: &noise) }
  }

  private func file(_ head: String, _ maximum: Int, _ levels: [Int]) -> [UInt8] {
    Array(head.utf8)
      + levels.flatMap { maximum > 255 ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0)] }
  }

  @Test("what does nothing gives the same bytes, whatever white is")
  func all() throws {
    let wide = stride(from: 256, through: 65535, by: 331).map { $0 } + [1000, 4095, 65534, 65535]
    for maximum in Array(1...255) + wide {
      let levels = levels(maximum)
      let gray = file("P5\n\(levels.count) 1\n\(maximum)\n", maximum, levels)
      try #require(identity(gray) == gray, "\(maximum)")
      let colors = file(
        "P6\n1 \(levels.count)\n\(maximum)\n", maximum, levels.flatMap { [$0, maximum - $0, $0] })
      try #require(identity(colors) == colors, "\(maximum)")
    }
  }

  @Test("every level of 12 bits, and of 65534")
  func deep() throws {
    for maximum in [4095, 65534] {
      let gray = file("P5\n\(maximum + 1) 1\n\(maximum)\n", maximum, Array(0...maximum))
      #expect(try identity(gray) == gray)
    }
  }

  @Test("kinds of PNM, black and white among them")
  func kinds() throws {
    let bits = Array("P4\n9 2\n".utf8) + [0x55, 0x80, 0xaa, 0]
    #expect(try identity(bits) == bits && identity(bits, .pbm) == bits)
    // A name that asks for gray means 8 bits.
    #expect(try identity(bits, .pgm).starts(with: Array("P5\n9 2\n255\n".utf8)))
    let tuples = Array(
      "P7\nWIDTH 2\nHEIGHT 1\nDEPTH 2\nMAXVAL 1\nTUPLTYPE BLACKANDWHITE_ALPHA\nENDHDR\n".utf8)
    #expect(try identity(tuples + [0, 1, 1, 0]) == tuples + [0, 1, 1, 0])
    let alpha = Array(
      "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 1000\nTUPLTYPE RGB_ALPHA\nENDHDR\n".utf8)
    let samples: [UInt8] = [3, 0xe8, 0, 1, 1, 2, 3, 4]
    #expect(try identity(alpha + samples) == alpha + samples)
    let gray = Array("P5\n2 1\n100\n".utf8) + [50, 99]
    #expect(try identity(gray, .ppm) == Array("P6\n2 1\n100\n".utf8) + [50, 50, 50, 99, 99, 99])
    #expect(try identity(Array("P2 2 1 100 50 99".utf8)) == gray)
  }

  @Test("the first sample between the levels asks for all of them")
  func between() throws {
    let reader = try PictureReader(.bytes(Array("P5\n2 2\n100\n".utf8) + [50, 99, 0, 100]))
    let picture = try reader.readPicture()
    for place in 0..<4 {
      let other = Picture(picture.format, samples: content(picture))
      other.row(place / 2).storeBytes(of: 1, toByteOffset: place % 2, as: UInt8.self)
      #expect(
        try encode(other, as: .pnm, keeping: reader.encoding)
          == Array("P5\n2 2\n255\n".utf8) + content(other))
    }
    var options = WritingOptions()
    options.keepsLevels = false
    #expect(
      try encode(picture, as: .pnm, options: options, keeping: reader.encoding)
        == encode(picture, as: .pnm))
    var wide = picture.format
    wide.sample = .uint16
    let deep = Picture(wide, samples: [0, 65535, 0, 65535] as [UInt16])
    #expect(
      try encode(deep, as: .pnm, keeping: reader.encoding) == encode(deep, as: .pnm))
  }

  @Test("pictures that follow one another keep each its own")
  func pages() throws {
    let file =
      Array("P5\n1 1\n7\n".utf8) + [3] + Array("P4\n8 1\n".utf8) + [0x0f]
      + Array("P6\n1 1\n4095\n".utf8) + [0, 1, 1, 0, 15, 255] + Array("P5\n1 1\n255\n".utf8) + [9]
    let reader = try PictureReader(.bytes(file), all: true)
    let writer = try PictureWriter(
      reader.format, as: .pnm, to: .memory, keeping: reader.encoding, series: reader.series)
    try writer.write(reader.readPicture())
    while try reader.advance() {
      try writer.begin(
        reader.format, options: WritingOptions(), metadata: Metadata(), keeping: reader.encoding,
        time: nil)
      try writer.write(reader.readPicture())
    }
    try writer.complete()
    #expect(writer.bytes == file)
  }
}
