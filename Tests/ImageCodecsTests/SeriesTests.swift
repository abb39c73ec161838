import ImageCodecs
import Libc
import Raster
import TestSupport
import Testing

extension FrameTime {
  fileprivate func isSame(_ other: FrameTime) -> Bool {
    numerator * other.denominator == other.numerator * denominator
  }
}

@Suite("Several pictures in a file")
struct SeriesTests {
  @Test(
    "times and repetitions beyond what the format holds become the most of it, with a warning",
    arguments: [FileFormat.png, .webp].filter(FileFormat.written.contains))
  func most(_ format: FileFormat) throws {
    let still = testPicture(PictureFormat(width: 2, height: 2, color: .rgb, sample: .uint8))
    func written(_ time: FrameTime, plays: Int) throws -> (warnings: [String], again: PictureReader)
    {
      let pictures = [time, FrameTime(1, 10)].map { time in
        Shown(picture: still, time: time, encoding: .pfm)
      }
      let series = PictureSeries(count: 2, plays: plays)
      let writer = try put(pictures, series, as: format, to: .memory)
      return (writer.warnings, try PictureReader(.bytes(writer.bytes), all: true))
    }
    let fine = try written(FrameTime(16_777, 1), plays: 65535)
    #expect(fine.warnings == [] && fine.again.series?.plays == 65535)
    let long = try written(FrameTime(70_000, 1), plays: 70_000)
    #expect(long.warnings.count == (format == .png ? 1 : 2))
    #expect(long.again.series?.plays == (format == .png ? 70_000 : 65535))
    let time = try #require(long.again.frameTime)
    #expect(
      Double(time.numerator) / Double(time.denominator) == (format == .png ? 65535 : 16777.215))
  }

  @Test("all are read in their order, with their times", arguments: SeriesFile.all)
  func reading(_ file: SeriesFile) throws {
    let (pictures, series) = try Shown.all(of: .bytes(file.bytes))
    #expect(pictures.count == file.rows.count)
    #expect(series?.plays == file.plays)
    #expect(series?.count == (file.name.hasSuffix("ppm") ? nil : file.rows.count))
    #expect(series?.hasStill == (file.name == "still.png"))
    for (number, (shown, row)) in zip(pictures, file.rows).enumerated() {
      let format = shown.picture.format
      #expect(format.width == row.width && format.height == row.height, "picture \(number + 1)")
      #expect(sha256(shown.seen) == row.hash, "picture \(number + 1)")
      if file.name.hasPrefix("gray") {
        #expect(format.color == (file.name.contains("airy") ? .grayAlpha : .gray))
      }
      #expect((shown.time == nil) == (row.time == nil), "picture \(number + 1)")
      if let time = shown.time, let wanted = row.time { #expect(time.isSame(wanted)) }
    }
  }

  @Test("any one can be chosen", arguments: SeriesFile.all)
  func choosing(_ file: SeriesFile) throws {
    for (index, row) in file.rows.enumerated() {
      let reader = try PictureReader(.bytes(file.bytes), page: index + 1)
      let shown = Shown(picture: try reader.readPicture(), time: nil, encoding: reader.encoding)
      #expect(sha256(shown.seen) == row.hash, "picture \(index + 1)")
      #expect(reader.series == nil && reader.others.isEmpty)
      #expect(try !reader.advance())
    }
    let beyond = file.rows.count + 1
    #expect(throws: CodecError.noSuchPage(beyond, of: beyond - 1)) {
      try PictureReader(.bytes(file.bytes), page: beyond)
    }
  }

  @Test("from a pipe all are the same", arguments: SeriesFile.all)
  func pipes(_ file: SeriesFile) throws {
    var ends: [Int32] = [0, 0]
    try #require(StreamTests.makePipe(&ends) == 0)
    let bytes = file.bytes
    try #require(bytes.withUnsafeBytes { write(ends[1], $0.baseAddress!, $0.count) } == bytes.count)
    close(ends[1])
    defer { close(ends[0]) }
    let piped = try Shown.all(of: .descriptor(ends[0])).pictures
    #expect(piped.map { sha256($0.seen) } == file.rows.map(\.hash))
  }

  /// Writes pictures into one file.
  private func put(
    _ pictures: [Shown], _ series: PictureSeries, as format: FileFormat, to sink: ByteSink
  ) throws -> PictureWriter {
    var options = WritingOptions()
    options.isLossless = true
    let first = pictures[0]
    let writer = try PictureWriter(
      first.picture.format, as: format, to: sink, options: options, keeping: first.encoding,
      series: series, time: first.time)
    try writer.write(first.picture)
    for next in pictures.dropFirst() {
      try writer.begin(
        next.picture.format, options: options, metadata: Metadata(), keeping: next.encoding,
        time: next.time)
      try writer.write(next.picture)
    }
    try writer.complete()
    return writer
  }

  @Test("frames are written with times and repetitions", arguments: SeriesFile.all)
  func frames(_ file: SeriesFile) throws {
    let (pictures, series) = try Shown.all(of: .bytes(file.bytes))
    guard let series, series.plays != nil else { return }
    for format in FileFormat.written where format.holdsFrames {
      if format == .webp, series.hasStill || pictures[0].picture.format.sample != .uint8 {
        continue
      }
      let bytes = try put(pictures, series, as: format, to: .memory).bytes
      let again = try Shown.all(of: .bytes(bytes))
      #expect(again.series == series)
      #expect(again.pictures.map(\.seen) == pictures.map(\.seen), "\(format.name)")
      var (told, exact) = (0.0, 0.0)
      for (one, other) in zip(again.pictures, pictures) {
        #expect((one.time == nil) == (other.time == nil))
        guard let one = one.time, let other = other.time else { continue }
        if format == .png { #expect(one.isSame(other)) }
        told += Double(one.numerator) / Double(one.denominator)
        // WebP has 24 bits for a time.
        exact += min(
          Double(other.numerator) / Double(other.denominator),
          format == .webp ? 16777.215 : .infinity)
        #expect(abs(told - exact) < 0.001)
      }
    }
  }

  @Test("pages of any size and kind are written", arguments: SeriesFile.all)
  func pages(_ file: SeriesFile) throws {
    let pictures = try Shown.all(of: .bytes(file.bytes)).pictures
    for format in FileFormat.written where format.holdsPages {
      let bytes = try put(
        pictures, PictureSeries(count: pictures.count), as: format, to: .memory
      ).bytes
      let again = try Shown.all(of: .bytes(bytes))
      #expect(again.series?.plays == nil)
      #expect(again.pictures.map(\.picture.format) == pictures.map(\.picture.format))
      #expect(
        again.pictures.map { content($0.picture) } == pictures.map { content($0.picture) },
        "\(format.name)")
    }
  }

  @Test("through a pipe, where nothing can be mended, the bytes are the same")
  func mending() throws {
    for name in ["loops.gif", "opaque.png"] {
      let (pictures, series) = try Shown.all(of: .bytes(try #require(SeriesFile.named(name)).bytes))
      for format in FileFormat.written where format.holdsPages || format.holdsFrames {
        let kept = format.holdsFrames ? try #require(series) : PictureSeries(count: pictures.count)
        let wanted = try put(pictures, kept, as: format, to: .memory).bytes
        var ends: [Int32] = [0, 0]
        try #require(StreamTests.makePipe(&ends) == 0)
        defer { close(ends[0]) }
        _ = try put(pictures, kept, as: format, to: .descriptor(ends[1]))
        close(ends[1])
        var bytes = [UInt8](repeating: 0, count: wanted.count + 1)
        var count = 0
        while case let more = bytes[count...].withUnsafeMutableBytes({
          read(ends[0], $0.baseAddress!, $0.count)
        }), more > 0 { count += more }
        #expect(Array(bytes[..<count]) == wanted, "\(format.name)")
      }
    }
  }

  @Test("only what changes is written of a frame, and all of it reads back")
  func changes() throws {
    var noise = Noise(state: 3)
    let format = PictureFormat(width: 21, height: 17, color: .rgba, sample: .uint8)
    var samples = [UInt8](repeating: 200, count: 21 * 17 * 4)
    var pictures: [Shown] = []
    for number in 0..<40 {
      // Now and then nothing changes.
      if number % 5 != 4 {
        for _ in 0..<Int.random(in: 1...4, using: &noise) {
          samples[Int.random(in: samples.indices, using: &noise)] =
            UInt8.random(in: 1...255, using: &noise)
        }
      }
      pictures.append(
        Shown(
          picture: Picture(format, samples: samples), time: FrameTime(number, 100), encoding: .heif)
      )
    }
    for format in FileFormat.written where format.holdsFrames {
      let bytes = try put(
        pictures, PictureSeries(count: 40, plays: 0), as: format, to: .memory
      ).bytes
      let again = try Shown.all(of: .bytes(bytes))
      #expect(again.pictures.map(\.seen) == pictures.map(\.seen), "\(format.name)")
      // Whole frames would take far more.
      #expect(bytes.count < 40 * 21 * 17 * 2)
    }
  }

  @Test("a file that is cut short is refused, or nothing is missing; damage ends no program")
  func cut() throws {
    var noise = Noise(state: 9)
    for file in SeriesFile.all {
      let bytes = file.bytes
      for count in stride(from: 1, to: bytes.count, by: max(1, bytes.count / 60)) {
        let part = Array(bytes.prefix(count))
        if let pictures = try? Shown.all(of: .bytes(part)).pictures {
          // A stream of PNM may end after any of its pictures.
          #expect(
            pictures.map { sha256($0.seen) } == file.rows.prefix(pictures.count).map(\.hash),
            "\(file.name), \(count) bytes")
          if file.plays != nil { #expect(pictures.count == file.rows.count) }
        }
        _ = try? Shown.all(of: .bytes(part), damage: .tolerate)
      }
      for _ in 0..<80 {
        var changed = bytes
        changed[Int.random(in: changed.indices, using: &noise)] ^= UInt8.random(
          in: 1...255, using: &noise)
        var limits = Limits()
        limits.pixels = 1 << 16
        for damage in [DamagePolicy.refuse, .tolerate] {
          guard
            let reader = try? PictureReader(
              .bytes(changed), limits: limits, damage: damage, all: true)
          else { continue }
          repeat {
            guard (try? reader.readPicture()) != nil else { break }
          } while (try? reader.advance()) ?? false
          _ = (reader.metadata, reader.warnings, reader.others, reader.frameTime)
        }
      }
    }
  }

  @Test(
    "a time of any size becomes one of 16 bits",
    arguments: [
      (1, 3), (65535, 1), (100_000, 1), (333, 1_000_000), (1_000_000, 1000), (123_456_789, 1000),
      (0, 7),
      (70_000, 90_000),
    ])
  func times(_ numerator: Int, _ denominator: Int) throws {
    let format = PictureFormat(width: 2, height: 1, color: .gray, sample: .uint8)
    let one = Shown(
      picture: Picture(format, samples: [1, 2] as [UInt8]),
      time: FrameTime(numerator, denominator), encoding: .heif)
    let two = Shown(
      picture: Picture(format, samples: [1, 3] as [UInt8]), time: FrameTime(1, 5), encoding: .heif)
    let bytes = try put([one, two], PictureSeries(count: 2, plays: 0), as: .png, to: .memory)
      .bytes
    let time = try #require(try Shown.all(of: .bytes(bytes)).pictures[0].time)
    let wanted = min(Double(numerator) / Double(denominator), 65535)
    let got = Double(time.numerator) / Double(time.denominator)
    #expect(abs(got - wanted) <= wanted * 1e-4 + 1e-5, "\(got)")
  }

  @Test("an animation that ends early is no file")
  func early() throws {
    let (pictures, series) = try Shown.all(
      of: .bytes(try #require(SeriesFile.named("opaque.png")).bytes))
    #expect(throws: CodecError.refusedByWriter(.png, "2 frames where 3 were promised")) {
      try put(Array(pictures.dropLast()), try #require(series), as: .png, to: .memory)
    }
  }

  @Test("frames of many more pixels than a file brings break a limit")
  func manyPixels() throws {
    let file = try #require(SeriesFile.named("loops.gif"))
    let pixels = file.rows[0].width * file.rows[0].height
    var limits = Limits()
    limits.pixels = pixels
    func reader(_ bytes: [UInt8]) throws -> PictureReader {
      try PictureReader(.bytes(bytes), limits: limits, all: true)
    }
    _ = try reader(file.bytes)
    // 50,000 frames of a screen of 65,535 by 100 pixels, each of one pixel: 16 bytes.
    let frame: [UInt8] = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0]
    let head = Array("GIF89a".utf8) + [0xff, 0xff, 100, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]
    let frames = 50_000
    let bomb = head + Array(repeatElement(frame, count: frames).joined()) + [0x3b]
    limits.pixels = 10_000_000
    let limit = max(100_000_000, 4096 * bomb.count)
    #expect(throws: CodecError.tooManyFramePixels(frames * 6_553_500, limit: limit)) {
      try reader(bomb)
    }
  }
}
