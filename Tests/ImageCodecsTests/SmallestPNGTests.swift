import CImageCodecs
import ImageCodecs
import Raster
import TestSupport
import Testing

/// Level 9 of PNG leaves out what the pixels do without, and is as small as oxipng makes it.
@Suite("The smallest PNG")
struct SmallestPNGTests {
  private func smallest(
    _ picture: Picture, metadata: Metadata = Metadata(), keeping encoding: Encoding? = nil
  ) throws -> [UInt8] {
    var options = WritingOptions()
    options.pngLevel = 9
    return try encode(
      picture, as: .png, options: options, metadata: metadata, keeping: encoding)
  }

  /// Bits a sample and the kind of colours (3: a palette).
  private func kind(_ file: [UInt8]) throws -> (depth: Int, colorType: Int) {
    guard case .png(let png) = try PictureReader(.bytes(file)).encoding else {
      Issue.record("no PNG")
      return (0, 0)
    }
    return (png.depth, png.colorType)
  }

  /// A picture whose samples a rule gives, from place and channel.
  private func picture(
    _ color: ColorModel, _ sample: SampleType, width: Int = 37, height: Int = 41,
    _ rule: (Int, Int, Int) -> Int
  ) -> Picture {
    let format = PictureFormat(width: width, height: height, color: color, sample: sample)
    let picture = Picture(format)
    for y in 0..<format.height {
      for index in 0..<format.samplesPerRow {
        let level = rule(index / color.channels, y, index % color.channels)
        if sample == .uint16 {
          picture.row(y).storeBytes(
            of: UInt16(level), toByteOffset: 2 * index, as: UInt16.self)
        } else {
          picture.row(y).storeBytes(of: UInt8(level), toByteOffset: index, as: UInt8.self)
        }
      }
    }
    return picture
  }

  /// What 16 bits of RGBA mean is the same before and after.
  private func check(
    _ picture: Picture, is wanted: (depth: Int, colorType: Int), _ metadata: Metadata = Metadata()
  ) throws {
    let file = try smallest(picture, metadata: metadata)
    let found = try kind(file)
    #expect(found == wanted, "\(found) where \(wanted) would do")
    #expect(try rgba16(decode(file)) == rgba16(picture))
  }

  @Test("alpha that is opaque, colours that are gray and bytes that repeat are left out")
  func needless() throws {
    var noise = Noise(state: 3)
    func any() -> Int { Int.random(in: 0...255, using: &noise) }
    try check(picture(.rgba, .uint8) { _, _, c in c == 3 ? 255 : any() }, is: (8, 2))
    try check(picture(.rgba, .uint16) { _, _, c in c == 3 ? 65535 : any() }, is: (16, 2))
    try check(picture(.rgb, .uint16) { _, _, _ in any() * 257 }, is: (8, 2))
    try check(picture(.rgb, .uint8) { x, y, _ in (x * y + 3 * x) & 255 }, is: (8, 0))
    try check(picture(.rgb, .uint16) { x, y, _ in x * y * 31 + y }, is: (16, 0))
    try check(
      picture(.rgba, .uint16) { x, y, c in c == 3 ? x * 1000 : x * y * 31 }, is: (16, 4))
    try check(picture(.grayAlpha, .uint8) { x, y, c in c == 1 ? 255 : (x * y) & 255 }, is: (8, 0))
    try check(picture(.rgb, .uint8) { _, _, _ in any() }, is: (8, 2))
    try check(picture(.rgba, .uint8) { _, _, _ in any() }, is: (8, 6))
  }

  @Test("few colours get a palette of as few bits as they need, few grays as few bits")
  func few() throws {
    var noise = Noise(state: 8)
    // More pixels than are tried with eight bits, too, which three colours of noise deflate to less with.
    let side = 257
    func square(_ color: ColorModel, _ rule: (Int, Int, Int) -> Int) -> Picture {
      picture(color, .uint8, width: side, height: side, rule)
    }
    for (colors, depth) in [(2, 1), (3, 2), (4, 2), (5, 4), (16, 4), (17, 8), (256, 8)] {
      let palette = (0..<colors).map { number in
        [number, Int.random(in: 0...255, using: &noise), Int.random(in: 0...255, using: &noise)]
      }
      // All of them first, then any.
      let places = (0..<side * side).map {
        $0 < colors ? $0 : Int.random(in: 0..<colors, using: &noise)
      }
      try check(
        square(.rgb) { x, y, c in palette[places[y * side + x]][c] }, is: (depth, 3))
    }
    for depth in [1, 2, 4] {
      let step = 255 / (1 << depth - 1)
      let gray = square(.rgb) { _, _, _ in 0 }
      for y in 0..<side {
        for x in 0..<side {
          let level = Int.random(in: 0..<1 << depth, using: &noise) * step
          for c in 0..<3 {
            gray.row(y).storeBytes(of: UInt8(level), toByteOffset: 3 * x + c, as: UInt8.self)
          }
        }
      }
      try check(gray, is: (depth, 0))
    }
    let clear = (0..<9).map { number in
      (0..<4).map { $0 == 3 ? 31 * number : Int.random(in: 0...255, using: &noise) }
    }
    let places = (0..<side * side).map { _ in Int.random(in: 0..<9, using: &noise) }
    let seen = square(.rgba) { x, y, c in clear[places[y * side + x]][c] }
    try check(seen, is: (4, 3))
  }

  @Test("what a profile or a background speaks of stays as it is")
  func spoken() throws {
    var metadata = Metadata()
    metadata.background = Metadata.Background(samples: [1, 2, 3], bits: 8)
    let flat = picture(.rgb, .uint8) { x, _, _ in x / 20 * 255 }
    try check(flat, is: (8, 2), metadata)
    metadata = Metadata()
    metadata.chunks = [Metadata.Segment(name: "cICP", bytes: [9, 16, 0, 1])]
    try check(picture(.rgb, .uint16) { x, y, _ in x * y * 31 + y }, is: (16, 2), metadata)
  }

  @Test("pictures of several parts, with a colour too many at any place, are read back")
  func parts() throws {
    for place in [0, 1_300_000, 1600 * 1700 - 1] {
      let format = PictureFormat(width: 1600, height: 1700, color: .rgb, sample: .uint8)
      var samples = [UInt8](repeating: 0, count: 3 * 1600 * 1700)
      for number in 0..<255 {
        let pixel = 3 * (place > 0 ? number : number + 1)
        (samples[pixel], samples[pixel + 1]) = (251, UInt8(number))
      }
      // The 257th.
      (samples[3 * place], samples[3 * place + 1]) = (7, 9)
      let picture = Picture(format, samples: samples)
      #expect(try content(decode(smallest(picture))) == samples)
    }
  }

  @Test(
    "within a per cent of oxipng", .enabled(if: CodecLibrary.deflate.isBuiltIn),
    arguments: golden("smallest.tsv"))
  func size(_ row: [String]) throws {
    let picture = try decode(load(TestData.package + "/" + row[0]))
    let file = try smallest(picture)
    #expect(try content(decode(file)) == content(picture))
    // Of a hundred bytes one is a per cent.
    #expect(file.count <= Int(row[1])! * 101 / 100 + 3, "\(file.count) bytes")
    // Of pictures of one part nothing joins parts.
    let bytes = picture.format.bytesPerRow * picture.format.height
    if codec_has_deflate() != 0, bytes < 4 << 20 { #expect(chunks(file, "IDAT") == 1) }
  }

  /// How many chunks of a name there are.
  private func chunks(_ file: [UInt8], _ name: String) -> Int {
    var (place, found) = (8, 0)
    while place + 12 <= file.count {
      if file[place + 4..<place + 8].elementsEqual(name.utf8) { found += 1 }
      place += 12 + file[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    return found
  }

  @Test(
    "slopes of which hardly anything is left are as small as oxipng makes them",
    .enabled(if: CodecLibrary.deflate.isBuiltIn))
  func slopes() throws {
    let gray = picture(.gray, .uint16, width: 300, height: 200) { x, y, _ in y * 300 + x }
    let colored = picture(.rgb, .uint8, width: 300, height: 200) { x, y, c in
      [x * 255 / 300, y * 255 / 200, (x + y) & 255][c]
    }
    for (picture, theirs) in [(gray, 857), (colored, 568)] {
      let file = try smallest(picture)
      #expect(try content(decode(file)) == content(picture))
      #expect(file.count <= theirs * 101 / 100 + 3, "\(file.count) bytes")
    }
  }

  @Test("palettes begin with what is frequent", .enabled(if: CodecLibrary.deflate.isBuiltIn))
  func ground() throws {
    // Light ground, and darker dots, which came first from dark to light.
    var noise = Noise(state: 6)
    let dots = Set((0..<900).map { _ in Int.random(in: 0..<300 * 200, using: &noise) })
    let drawing = picture(.rgb, .uint8, width: 300, height: 200) { x, y, c in
      dots.contains(y * 300 + x) ? [x % 5 * 40, 20, 90][c] : [255, 250, 240][c]
    }
    let file = try smallest(drawing)
    #expect(try content(decode(file)) == content(drawing))
    #expect(try kind(file).colorType == 3)
    let place = try #require(file.indices.first { file[$0...].starts(with: Array("PLTE".utf8)) })
    #expect(Array(file[place + 4..<place + 7]) == [255, 250, 240])
  }

  @Test(
    "grays that need few bits keep eight where filters gain more",
    .enabled(if: CodecLibrary.deflate.isBuiltIn))
  func bytes() throws {
    // Steps of one level up or down are few values; the levels themselves are many.
    var noise = Noise(state: 4)
    var walk = [8]
    while walk.count < 37 * 41 {
      walk.append(min(max(walk.last! + Int.random(in: -1...1, using: &noise), 0), 15))
    }
    let slope = picture(.gray, .uint8) { x, y, _ in walk[y * 37 + x] * 17 }
    try check(slope, is: (8, 0))
  }

  private static func golden(_ name: String) -> [[String]] {
    let path = TestData.package + "/Tests/ImageCodecsTests/Goldens/" + name
    return String(decoding: load(path), as: UTF8.self).split(separator: "\n").dropFirst()
      .map { $0.split(separator: "\t").map(String.init) }
  }
}
