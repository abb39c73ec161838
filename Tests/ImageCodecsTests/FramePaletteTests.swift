import ImageCodecs
import Raster
import Testing

/// Animations in PNG keep the palette, the colour key and the few bits of what they are made from.
@Suite("Few colours in animations")
struct FramePaletteTests {
  private func rewrite(
    _ file: [UInt8], level: Int = 1, change: (Int, Picture) -> Void = { _, _ in }
  ) throws -> [UInt8] {
    let reader = try PictureReader(.bytes(file), all: true)
    var options = WritingOptions()
    options.pngLevel = level
    let first = try reader.readPicture()
    change(0, first)
    let writer = try PictureWriter(
      reader.format, as: .png, to: .memory, options: options, metadata: reader.metadata,
      keeping: reader.encoding, series: reader.series, time: reader.frameTime)
    try writer.write(first)
    var number = 1
    while try reader.advance() {
      let next = try reader.readPicture()
      change(number, next)
      number += 1
      try writer.begin(
        reader.format, options: options, metadata: Metadata(), keeping: reader.encoding,
        time: reader.frameTime)
      try writer.write(next)
    }
    try writer.complete()
    return writer.bytes
  }

  private func seen(_ file: [UInt8]) throws -> [[UInt8]] {
    try Shown.all(of: .bytes(file)).pictures.map(\.seen)
  }

  /// Colour type and depth of a PNG file.
  private func kind(_ file: [UInt8]) -> [UInt8] { [file[25], file[24]] }

  /// An animated PNG file of 4 by 2 pixels.
  private func animation(
    _ depth: Int, _ type: Int, _ colors: [UInt8], _ rows: [[UInt8]], disposal: Int = 0
  ) throws -> [UInt8] {
    func control(_ sequence: Int) -> [UInt8] {
      chunk(
        "fcTL",
        word(sequence) + word(4) + word(2) + word(0) + word(0) + [0, 1, 0, 9]
          + [UInt8(disposal), 0])
    }
    func data(_ row: [UInt8]) -> [UInt8] {
      // A stored block of two rows that are not filtered.
      let raw = [0] + row + [0] + row
      let count = UInt16(raw.count)
      var (a, b) = (1, 0)
      for byte in raw {
        a = (a + Int(byte)) % 65521
        b = (b + a) % 65521
      }
      return [0x78, 1, 1, UInt8(count & 255), UInt8(count >> 8)]
        + [UInt8(~count & 255), UInt8(~count >> 8)] + raw + word(b << 16 | a)
    }
    var file: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
    file += chunk("IHDR", word(4) + word(2) + [UInt8(depth), UInt8(type), 0, 0, 0]) + colors
    file += chunk("acTL", word(rows.count) + word(3))
    var sequence = 0
    for (number, row) in rows.enumerated() {
      file += control(sequence)
      sequence += 1
      if number == 0 {
        file += chunk("IDAT", data(row))
      } else {
        file += chunk("fdAT", word(sequence) + data(row))
        sequence += 1
      }
    }
    return file + chunk("IEND", [])
  }

  private static let palette: [UInt8] = [255, 0, 0, 0, 255, 0, 9, 9, 9]

  /// Animations of every kind of few colours.
  private func all() throws -> [(name: String, file: [UInt8])] {
    let colors = chunk("PLTE", Self.palette)
    let rows: [[UInt8]] = [[0b00_01_10_00], [0b01_01_10_10], [0b01_01_10_10], [0b10_00_00_00]]
    let bytes: [[UInt8]] = [[1, 2, 3, 4], [1, 2, 9, 9], [7, 7, 7, 7]]
    return [
      ("palette", try animation(2, 3, colors, rows)),
      ("palette with alpha", try animation(2, 3, colors + chunk("tRNS", [255, 100]), rows)),
      ("palette, cleared", try animation(2, 3, colors, rows, disposal: 1)),
      ("grays", try animation(2, 0, [], rows)),
      ("grays with a key", try animation(2, 0, chunk("tRNS", [0, 1]), rows)),
      ("grays, cleared", try animation(2, 0, [], rows, disposal: 1)),
      ("gray with a key", try animation(8, 0, chunk("tRNS", [0, 9]), bytes)),
      ("gray, cleared", try animation(8, 0, [], bytes, disposal: 1)),
      (
        "colours with a key",
        try animation(
          8, 2, chunk("tRNS", [0, 7, 0, 7, 0, 7]), bytes.map { $0 + $0 + $0 }, disposal: 1)
      ),
      ("colours, cleared", try animation(8, 2, [], bytes.map { $0 + $0 + $0 }, disposal: 1)),
    ]
  }

  @Test("what does nothing keeps the colour type and the depth", arguments: [1, 6, 9])
  func identity(_ level: Int) throws {
    for (name, file) in try all() {
      let result = try rewrite(file, level: level)
      #expect(kind(result) == kind(file), "\(name)")
      #expect(try seen(result) == seen(file), "\(name)")
      let (before, after) = (
        try Shown.all(of: .bytes(file)), try Shown.all(of: .bytes(result))
      )
      #expect(after.series == before.series, "\(name)")
      #expect(after.pictures.map(\.time) == before.pictures.map(\.time), "\(name)")
      // Viewers without animation show the first one.
      #expect(try rgba16(decode(result)) == rgba16(decode(file)), "\(name)")
    }
  }

  @Test("another colour in any frame makes a file of any colours, with all frames as they were")
  func foreign() throws {
    for (name, file) in try all() {
      let count = try seen(file).count
      for wanted in 0..<count {
        var pictures: [[UInt8]] = []
        let result = try rewrite(file) { number, picture in
          if number == wanted {
            picture.row(1).storeBytes(of: 123, as: UInt8.self)
            if picture.format.color.hasAlpha {
              let last = picture.format.color.channels - 1
              picture.row(1).storeBytes(of: 77, toByteOffset: last, as: UInt8.self)
            }
          }
          let copy = Picture(picture.format, samples: content(picture))
          pictures.append(Shown(picture: copy, time: nil, encoding: .heif).seen)
        }
        #expect(kind(result) != kind(file), "\(name) \(wanted)")
        #expect(try seen(result) == pictures, "\(name) \(wanted)")
      }
    }
  }

  @Test("frames of GIF keep their colours, be they of several palettes, up to 256")
  func gif() throws {
    // Four palettes of 128 colours; grays of which all palettes are; three palettes of 64.
    for (name, colorType) in [("loops.gif", 2), ("gray.gif", 0), ("airy.gif", 3)] {
      let file = try #require(SeriesFile.named(name)).bytes
      let result = try rewrite(file)
      #expect(kind(result)[0] == UInt8(colorType), "\(name)")
      #expect(try seen(result) == seen(file), "\(name)")
    }
  }

  @Test(
    "a picture of GIF or BMP with a palette becomes one of PNG",
    arguments: [
      ("palette.gif", 3), ("transparent.gif", 3), ("outside.gif", 3), ("gray.gif", 0),
      ("palette.bmp", 3), ("runs8.bmp", 3), ("runs4.bmp", 3), ("four.bmp", 3), ("gray.bmp", 0),
      ("rgb.bmp", 2),
    ])
  func still(_ name: String, _ colorType: UInt8) throws {
    let reader = try PictureReader(.bytes(FormatFiles.bytes(name)))
    let picture = try reader.readPicture()
    let file = try encode(picture, as: .png, keeping: reader.encoding)
    #expect(kind(file)[0] == colorType)
    let after = try decode(file)
    func seen(_ picture: Picture) -> [UInt8] {
      Shown(picture: picture, time: nil, encoding: reader.encoding).seen
    }
    #expect(seen(after) == seen(picture))
  }
}
