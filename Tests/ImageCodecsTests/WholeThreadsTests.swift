import ImageCodecs
import Raster
import Testing

/// Formats that are compressed and decoded whole, by several threads.
@Suite("Threads of libraries")
struct WholeThreadsTests {
  private static let formats = FileFormat.written.filter {
    [.jpegXL, .avif, .webp].contains($0)
  }

  /// A smooth picture with noise below, of several parts that are coded by themselves.
  private func picture(_ color: ColorModel) -> Picture {
    var noise = Noise(state: 31)
    let format = PictureFormat(width: 619, height: 541, color: color, sample: .uint8)
    let channels = color.channels
    let samples = (0..<format.width * format.height * channels).map { index -> UInt8 in
      let (x, y) = (index / channels % format.width, index / channels / format.width)
      let slope = (x / 3 + y / 2 + 50 * (index % channels)) % 256
      return y < 300 ? UInt8(slope) : UInt8.random(in: 0...255, using: &noise)
    }
    return Picture(format, samples: samples)
  }

  @Test(
    "the bytes are the same for any number of threads", arguments: formats, [true, false])
  func written(_ file: FileFormat, _ isLossless: Bool) throws {
    for color in [ColorModel.rgb, .rgba] {
      let picture = picture(color)
      var options = WritingOptions()
      options.isLossless = isLossless
      let one = try encode(picture, as: file, options: options)
      for threads in [2, 3, 7] {
        options.threads = threads
        #expect(try encode(picture, as: file, options: options) == one, "\(threads) threads")
      }
    }
  }

  @Test("the pixels are the same for any number of threads", arguments: formats, [true, false])
  func read(_ file: FileFormat, _ isLossless: Bool) throws {
    var options = WritingOptions()
    options.isLossless = isLossless
    let bytes = try encode(picture(.rgba), as: file, options: options)
    let one = try content(PictureReader(.bytes(bytes)).readPicture())
    for threads in [2, 3, 7] {
      let reader = try PictureReader(.bytes(bytes))
      reader.use(threads: threads)
      #expect(try content(reader.readPicture()) == one, "\(threads) threads")
    }
  }

  @Test("several threads read all frames of an animation", arguments: ["large.jxl", "loops.avif"])
  func frames(_ name: String) throws {
    guard let file = SeriesFile.named(name) else { return }
    for threads in [1, 2, 4] {
      let reader = try PictureReader(.bytes(file.bytes), all: true)
      reader.use(threads: threads)
      for (index, row) in file.rows.enumerated() {
        if index > 0 { #expect(try reader.advance()) }
        #expect(try sha256(rgba16(reader.readPicture())) == row.hash, "frame \(index + 1)")
      }
    }
  }
}
