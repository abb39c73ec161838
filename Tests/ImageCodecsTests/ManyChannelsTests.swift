import Raster
import TestSupport
import Testing

@testable import ImageCodecs

/// An array of NumPy of more channels than a picture has.
enum ManyChannels {
  /// Numbers of `height × width × channels` by their places, in the order of C or of Fortran.
  static func file(
    height: Int, width: Int, channels: Int, isFortran: Bool = false, cut: Int = 0
  ) -> [UInt8] {
    var header = NPYHeader(shape: [height, width, channels], sample: .uint16).bytes
    if isFortran {
      // As long as it was: the samples stay where they begin.
      let place = header.firstRange(of: Array("False".utf8))!
      header.replaceSubrange(place, with: Array("True ".utf8))
    }
    var words = [UInt16](repeating: 0, count: height * width * channels)
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<channels {
          let place =
            isFortran ? y + height * (x + width * c) : (y * width + x) * channels + c
          words[place] = value(y, x, c)
        }
      }
    }
    let bytes = words.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    return header + bytes.dropLast(cut)
  }

  static func value(_ y: Int, _ x: Int, _ c: Int) -> UInt16 { UInt16(1000 * c + 100 * y + x) }

  static func plane(height: Int, width: Int, _ c: Int) -> [UInt16] {
    (0..<height).flatMap { y in (0..<width).map { value(y, $0, c) } }
  }
}

@Suite("Arrays of many channels")
struct ManyChannelsTests {
  @Test("are read a channel at a time, in both orders", arguments: [false, true], [5, 7])
  func reading(isFortran: Bool, channels: Int) throws {
    let file = ManyChannels.file(height: 6, width: 4, channels: channels, isFortran: isFortran)
    let reader = try PictureReader(.bytes(file), all: true)
    #expect(reader.series == PictureSeries(count: channels, areChannels: true))
    #expect(reader.memory == 6 * 4 * channels * 2 && reader.warnings.isEmpty)
    for channel in 0..<channels {
      let samples: [UInt16] = try reader.readPicture().samples()
      #expect(samples == ManyChannels.plane(height: 6, width: 4, channel))
      #expect(try reader.advance() == (channel + 1 < channels))
    }
    #expect(reader.others.isEmpty)
    let third: [UInt16] = try PictureReader(.bytes(file), page: 3).readPicture().samples()
    #expect(third == ManyChannels.plane(height: 6, width: 4, 2))
    let first = try PictureReader(.bytes(file))
    #expect(first.others == ["\(channels - 1) further channels"])
    let error = CodecError.noSuchPage(channels + 1, of: channels)
    #expect(throws: error) { try PictureReader(.bytes(file), page: channels + 1) }
  }

  @Test("come back as they were, and say where a shape looks like channels first")
  func writing() throws {
    let file = ManyChannels.file(height: 3, width: 4, channels: 5)
    let reader = try PictureReader(.bytes(file), all: true)
    #expect(reader.warnings.count == 1 && reader.warnings[0].contains("numpy.moveaxis(a, 0, -1)"))
    let writer = try PictureWriter(
      reader.format, as: .npy, to: .memory, keeping: reader.encoding, series: reader.series)
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

  @Test("that end early are an error, or zero where damage is tolerated")
  func cut() throws {
    let file = ManyChannels.file(height: 5, width: 4, channels: 6, cut: 3)
    #expect(throws: CodecError.self) { try PictureReader(.bytes(file)).readPicture() }
    let reader = try PictureReader(.bytes(file), damage: .tolerate, page: 6)
    let samples: [UInt16] = try reader.readPicture().samples()
    // Three bytes are the last number, and half of that before it: another channel's.
    let whole = ManyChannels.plane(height: 5, width: 4, 5)
    #expect(samples.last == 0 && samples.dropLast() == whole.dropLast())
    #expect(reader.isDamaged && reader.warnings.count == 1)
  }

  @Test("that promise more than is granted are refused before anything is allocated")
  func huge() throws {
    let header = NPYHeader(shape: [30000, 30000, 1_000_000], sample: .uint8).bytes
    #expect(throws: CodecError.self) { try PictureReader(.bytes(header), all: true) }
    let wide = NPYHeader(shape: [1, 1, 1 << 30], sample: .float32).bytes
    let error = CodecError.decoderTooLarge(.npy, bytes: 4 << 30, limit: 160 << 20)
    #expect(throws: error) { try PictureReader(.bytes(wide), all: true) }
  }
}
