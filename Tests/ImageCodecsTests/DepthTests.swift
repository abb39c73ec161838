import ImageCodecs
import Raster
import Testing

/// TIFF of every depth: the files that `Goldens/make-depths.py` makes.
@Suite("Depths of TIFF", .enabled(if: FileFormat.written.contains(.tiff)))
struct DepthTests {
  private static let pages = FormatFiles.rows(of: "depths.tsv")

  private static func bytes(_ bits: Int) -> [UInt8] {
    FormatFiles.bytes("bits\(bits).tif", in: "Depths")
  }

  @Test("a page has the numbers that were packed, brought to 8 or 16 bits", arguments: 1...16)
  func pixels(_ bits: Int) throws {
    let pages = Self.pages.filter { $0.file == "bits\(bits).tif" }
    #expect(pages.count == (bits <= 9 ? 16 : 14))
    let bytes = Self.bytes(bits)
    for page in pages {
      for step in [1, 5] {
        let picture = try FormatFiles.picture(bytes, page: page.page, rows: step)
        #expect(picture.format == page.format, "\(page.testDescription)")
        #expect(page.matches(picture), "\(page.testDescription)")
      }
    }
  }

  @Test("what does nothing gives the depth of the input", arguments: 1...16)
  func kept(_ bits: Int) throws {
    for page in Self.pages where page.file == "bits\(bits).tif" {
      let reader = try PictureReader(
        .bytes(Self.bytes(bits)), keepsCMYK: true, page: page.page)
      let picture = try reader.readPicture()
      for compression in TIFFCompression.allCases {
        var options = WritingOptions()
        options.tiffCompression = compression
        let again = try PictureReader(
          .bytes(encode(picture, as: .tiff, options: options, keeping: reader.encoding)),
          keepsCMYK: true)
        guard case .tiff(let tiff) = again.encoding else { preconditionFailure("no TIFF") }
        // Palettes of more than 8 bits become colours, what has a sign floats.
        let expected = page.bits == 32 ? 32 : bits > 8 && page.bits == 8 ? 8 : bits
        #expect(tiff.bits == expected, "\(page.testDescription)")
        #expect(try content(again.readPicture()) == content(picture), "\(page.testDescription)")
      }
    }
  }

  @Test(
    "the first other sample makes the same file as if there had been all bits",
    arguments: [(3, SampleType.uint8), (7, .uint8), (9, .uint16), (12, .uint16)])
  func widened(_ bits: Int, _ sample: SampleType) throws {
    let format = PictureFormat(width: 301, height: 1000, color: .rgb, sample: sample)
    let (top, full) = (1 << bits - 1, Int(sample.maximum))
    var noise = Noise(state: UInt64(bits))
    let samples = (0..<3 * 301 * 1000).map { _ in
      (Int.random(in: 0...top, using: &noise) * full + top / 2) / top
    }
    func picture(_ samples: [Int]) -> Picture {
      sample == .uint8
        ? Picture(format, samples: samples.map { UInt8($0) })
        : Picture(format, samples: samples.map { UInt16($0) })
    }
    func kept(_ bits: Int) -> Encoding {
      .tiff(TIFFEncoding(bits: bits, compression: 8, isInk: false))
    }
    let narrow = try PictureReader(
      .bytes(encode(picture(samples), as: .tiff, keeping: kept(bits))))
    #expect(narrow.encoding == kept(bits))
    #expect(try content(narrow.readPicture()) == content(picture(samples)))
    for place in [0, samples.count / 2, samples.count - 1] {
      var other = samples
      // None of the few numbers becomes this.
      other[place] = 1
      #expect(
        try encode(picture(other), as: .tiff, keeping: kept(bits))
          == encode(picture(other), as: .tiff, keeping: kept(sample.byteCount * 8)))
    }
  }

  @Test("memory is counted for rows that are held")
  func memory() {
    let format = PictureFormat(width: 100, height: 50, color: .rgb, sample: .uint16)
    func held(_ bits: Int) -> Int {
      PictureWriter.memory(
        format, as: .tiff, WritingOptions(),
        keeping: .tiff(TIFFEncoding(bits: bits, compression: 1, isInk: false)))
    }
    #expect(held(12) == 100 * 50 * 6 && held(16) == 0)
  }
}
