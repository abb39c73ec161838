import ImageCodecs
import Raster
import TestSupport
import Testing

@Suite("What a JPEG file keeps", .enabled(if: TestData.isThere))
struct JPEGEncodingTests {
  static let files = [
    "sampling-444", "sampling-422", "sampling-420", "sampling-411", "sampling-440", "sampling-410",
    "gray", "gray-progressive", "rgb", "quality-1", "quality-5", "quality-100",
    "quality-per-channel", "progressive-420", "progressive-444", "cmyk-adobe", "ycck-444",
    "ycck-420", "ycck-420-progressive", "sampling-chroma-finer-1x1-2x2-2x2",
  ]

  /// The encoding of a file, and its samples.
  static func open(_ bytes: [UInt8]) throws -> (PictureReader, JPEGEncoding, Picture) {
    let reader = try PictureReader(.bytes(bytes), keepsCMYK: true)
    guard case .jpeg(let encoding) = reader.encoding else { throw CodecError.unknownFormat }
    return (reader, encoding, try reader.readPicture())
  }

  @Test("tables, sampling, colour space and progressive are kept", arguments: files)
  func kept(_ name: String) throws {
    let (reader, before, picture) = try Self.open(load(data("jpegsuite/made/\(name).jpg")))
    let bytes = try encode(picture, as: .jpeg, metadata: reader.metadata, keeping: reader.encoding)
    let (_, after, again) = try Self.open(bytes)
    #expect(after.space == before.space)
    #expect(after.progressive == before.progressive)
    #expect(after.sampling == before.sampling)
    for (index, table) in before.tableOfComponent.enumerated() {
      #expect(after.tables[after.tableOfComponent[index]] == before.tables[table])
    }
    // Decoded and encoded with the same tables, samples move little: mostly by rounding.
    let coarse = before.tables.compactMap { $0 }.flatMap { $0 }.max()!
    let differences = zip(content(again), content(picture)).map { abs(Int($0) - Int($1)) }
    let mean = Double(differences.reduce(0, +)) / Double(differences.count)
    #expect(mean <= (coarse > 150 ? 6 : 3), "\(mean)")
  }

  @Test(
    "restart markers are kept: every so many rows, or units",
    arguments: [
      "restart-row", "restart-2-rows", "restart-3B", "restart-444-7B", "gray-restart",
      "progressive-restart-5B", "made",
    ])
  func restarts(_ name: String) throws {
    let (picture, before) = try Self.withRestarts(name)
    let bytes = try encode(picture, as: .jpeg, keeping: .jpeg(before))
    let (_, after, again) = try Self.open(bytes)
    #expect(before.restart != .never && after.restart == before.restart)
    // Markers of the entropy-coded data: FF D0 … FF D7.
    #expect(zip(bytes, bytes.dropFirst()).contains { $0 == 0xff && (0xd0...0xd7).contains($1) })
    var plain = before
    plain.restart = .never
    let (_, _, same) = try Self.open(encode(picture, as: .jpeg, keeping: .jpeg(plain)))
    #expect(content(again) == content(same))
  }

  /// A picture and how its file stores it.
  private static func withRestarts(_ name: String) throws -> (Picture, JPEGEncoding) {
    if name != "made" {
      let (_, encoding, picture) = try open(load(data("jpegsuite/made/\(name).jpg")))
      return (picture, encoding)
    }
    let picture = testPicture(PictureFormat(width: 70, height: 90, color: .rgb, sample: .uint8))
    var (_, encoding, _) = try open(encode(picture, as: .jpeg))
    encoding.restart = .units(5)
    return (picture, encoding)
  }

  @Test("options win over the input")
  func options() throws {
    let (reader, _, picture) = try Self.open(load(data("jpegsuite/made/sampling-420.jpg")))
    var options = WritingOptions()
    options.quality = 30
    options.jpegProgressive = true
    options.jpegSubsampling = .init(2, 1)
    let bytes = try encode(picture, as: .jpeg, options: options, keeping: reader.encoding)
    let (_, after, _) = try Self.open(bytes)
    #expect(after.progressive)
    #expect(after.sampling == [.init(2, 1), .init(1, 1), .init(1, 1)])
    #expect(after.tables != reader.jpegTables)
  }

  @Test("without an input: quality 92 at full sampling, not progressive")
  func presets() throws {
    let picture = testPicture(PictureFormat(width: 20, height: 20, color: .rgb, sample: .uint8))
    let (_, encoding, _) = try Self.open(encode(picture, as: .jpeg))
    #expect(encoding.sampling == Array(repeating: .init(1, 1), count: 3))
    #expect(!encoding.progressive && encoding.space == .ycc)
    // The standard's table at quality 92: 16 · 16 / 100, rounded.
    #expect(encoding.tables[0]?.first == 3)
    var options = WritingOptions()
    options.quality = 92
    #expect(try encode(picture, as: .jpeg, options: options) == encode(picture, as: .jpeg))
  }

  @Test("a gray result of a colour picture is written as gray")
  func gray() throws {
    let (reader, _, _) = try Self.open(load(data("jpegsuite/made/sampling-420.jpg")))
    let picture = testPicture(PictureFormat(width: 20, height: 20, color: .gray, sample: .uint8))
    let (_, encoding, _) = try Self.open(encode(picture, as: .jpeg, keeping: reader.encoding))
    #expect(encoding.space == .gray)
  }

  @Test(
    "12 bits and lossless JPEG are said not to be supported",
    arguments: ["libjpeg-turbo/monkey12", "jpeg-decoder/lossless/jpeg_lossless_sel1"])
  func unsupported(_ name: String) {
    do {
      _ = try decode(load(data("jpegsuite/\(name).jpg")))
      Issue.record("it decoded")
    } catch {
      guard case .unsupported(.jpeg, _) = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test("pictures whose blocks are all there need no end marker; others are cut short")
  func endMarker() throws {
    let whole = load(data("jpegsuite/made/progressive-420.jpg"))
    #expect(throws: Never.self) { try decode(Array(whole.dropLast(2))) }
    for part in [whole.count / 3, whole.count / 2, whole.count * 4 / 5, whole.count - 20] {
      #expect(throws: CodecError.self, "\(part) bytes") { try decode(Array(whole[..<part])) }
    }
    let baseline = load(data("jpegsuite/made/sampling-420.jpg"))
    for part in stride(from: 0, to: baseline.count - 3, by: 37) {
      #expect(throws: CodecError.self, "\(part) bytes") { try decode(Array(baseline[..<part])) }
    }
  }
}

extension PictureReader {
  fileprivate var jpegTables: [[UInt16]?] {
    if case .jpeg(let encoding) = encoding { return encoding.tables }
    return []
  }
}
