import ImageCodecs
import PictureSupport
import Raster
import TestSupport
import Testing

/// The table of `docs/metadata.md` says what becomes of what, and is right.
@Suite("The table of metadata")
struct MetadataTableTests {
  struct Cell: Sendable, CustomTestStringConvertible {
    let row: String
    let format: FileFormat
    let promise: String
    var testDescription: String { "\(row) → \(format.name): \(promise)" }
  }

  static let cells: [Cell] = {
    let text = String(decoding: load(TestData.package + "/docs/metadata.md"), as: UTF8.self)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
      line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map {
        String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }
    }
    let formats = rows[0].dropFirst().map { name in
      FileFormat.allCases.first { $0.name == name }
    }
    return rows.dropFirst(2).flatMap { row in
      zip(formats, row.dropFirst()).compactMap { format, promise in
        format.map { Cell(row: row[0], format: $0, promise: promise) }
      }
    }
  }()

  /// A picture of which one thing is said.
  private static func sample(_ row: String) throws -> Metadata? {
    var metadata = Metadata()
    switch row {
    case "EXIF":
      metadata.exif =
        Array("II*\0".utf8) + [8, 0, 0, 0, 1, 0, 0x0f, 1, 2, 0, 2, 0, 0, 0, 77, 0]
        + [UInt8](repeating: 0, count: 6)
    case "XMP": metadata.xmp = Array("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>".utf8)
    case "colour profile": metadata.colorProfile = .init(name: "icc", bytes: profile)
    case "IPTC": metadata.photoshop = Array("8BIM".utf8) + [4, 4, 0, 0, 0, 0, 0, 2, 0x1c, 2]
    case "comments": metadata.comments = [Array("a comment".utf8)]
    case "title, author, …":
      metadata.texts = [.init(keyword: Array("Title".utf8), text: Array("a title".utf8))]
    case "other texts":
      metadata.texts = [.init(keyword: Array("Mood".utf8), text: Array("good".utf8))]
    case "density": metadata.density = .init(x: 300, y: 300, unit: .inch)
    case "gamma, primaries": metadata.gamma = 100_000
    case "colour behind the picture (bKGD)":
      metadata.background = .init(samples: [1, 2, 3], bits: 8)
    case "time of the last change":
      metadata.chunks = [.init(name: "tIME", bytes: [7, 234, 11, 30, 23, 59, 58])]
    case "unknown chunks of PNG": metadata.chunks = [.init(name: "abCd", bytes: [1, 2])]
    case "segments of JPEG": metadata.applicationSegments = [.init(name: "APP5", bytes: [1, 2])]
    case "gain map of JPEG": metadata.gainMap = .init(file: try UltraHDRFile.map())
    default: return nil
    }
    return metadata
  }

  /// An ICC profile of RGB, which is not sRGB.
  private static let profile = load(
    TestData.package + "/Tests/ImageCodecsTests/Goldens/Colors/wide.icc")

  @Test("is kept", arguments: cells)
  func keep(_ cell: Cell) throws {
    let said = try #require(try Self.sample(cell.row), "no sample of \(cell.row)")
    let (result, lost) = said.translated(to: cell.format, beside: .rgb)
    #expect(lost.isEmpty == (cell.promise != "named"), "\(lost)")
    switch cell.promise {
    case "kept":
      #expect(result == said)
      try write(said, cell)
    case "named": #expect(result == Metadata())
    case "as text": #expect(result.texts.count == 1)
    case "as comment": #expect(result.comments.count == 1)
    case "as EXIF", "in EXIF": #expect(result.exif != nil)
    default: Issue.record("what is '\(cell.promise)'?")
    }
  }

  /// What is kept comes back from a file.
  private func write(_ said: Metadata, _ cell: Cell) throws {
    let picture = testPicture(PictureFormat(width: 3, height: 2, color: .rgb, sample: .uint8))
    let bytes = try encode(picture, as: cell.format, metadata: said)
    let reader = try PictureReader(.bytes(bytes))
    reader.keepGainMap()
    _ = try reader.readPicture()
    var found = reader.metadata
    // Units differ.
    if let density = found.density, said.density != nil {
      #expect(abs(density.x - (density.unit == .metre ? 11811 : 300)) <= 1)
      found.density = said.density
    }
    // In words of its own.
    if cell.format == .jpegXL, found.colorProfile != nil { found.colorProfile = said.colorProfile }
    // JFIF always says one.
    if said.density == nil { found.density = nil }
    #expect(found == said)
  }
}
