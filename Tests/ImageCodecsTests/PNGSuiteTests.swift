import ImageCodecs
import Raster
import TestSupport
import Testing

@Suite("PngSuite", .enabled(if: TestData.isThere))
struct PNGSuiteTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let file: String
    let isGood: Bool
    let hash: String
    var testDescription: String { file }
  }

  static let rows: [Row] =
    TestData.isThere
    ? table("pngsuite/EXPECTED.tsv").map { fields in
      Row(file: fields[0], isGood: fields[1] == "ok", hash: fields[7])
    } : []

  @Test("every good file decodes to its pixels", arguments: rows.filter(\.isGood))
  func good(_ row: Row) throws {
    let picture = try decode(load(data("pngsuite/" + row.file)))
    #expect(sha256(rgba16(picture)) == row.hash)
  }

  @Test("every broken file is refused", arguments: rows.filter { !$0.isGood })
  func broken(_ row: Row) {
    #expect(throws: CodecError.self) { try decode(load(data("pngsuite/" + row.file))) }
  }

  @Test("a file read in bands of any height has the same pixels", arguments: [1, 3, 7, 32])
  func bands(_ step: Int) throws {
    for row in Self.rows where row.isGood {
      let bytes = load(data("pngsuite/" + row.file))
      let reader = try PictureReader(.bytes(bytes))
      let picture = Picture(reader.format)
      for first in stride(from: 0, to: reader.format.height, by: step) {
        try reader.read(
          into: RowBand(
            base: picture.row(first), pitch: picture.pitch, firstRow: first,
            count: min(step, reader.format.height - first)))
      }
      #expect(sha256(rgba16(picture)) == row.hash, "\(row.file)")
    }
  }
}
