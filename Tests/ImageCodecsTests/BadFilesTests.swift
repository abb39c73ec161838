import Foundation
import ImageCodecs
import Raster
import TestSupport
import Testing

/// Damaged and hostile files end with a picture or an error, whatever the policy.
@Suite("Damaged files", .enabled(if: TestData.isThere))
struct BadFilesTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let file: String
    /// What libpng or libjpeg makes of the file: ok, warning, error, large.
    let verdict: String
    var testDescription: String { file }
  }

  static let rows: [Row] =
    TestData.isThere
    ? table("badfiles/EXPECTED.tsv").map { Row(file: $0[0], verdict: $0[2]) } : []

  /// Reads row by row, so that a picture of many pixels takes no memory here.
  static func read(_ bytes: [UInt8], _ damage: DamagePolicy) throws -> PictureReader {
    let reader = try PictureReader(.bytes(bytes), damage: damage)
    var one = reader.format
    one.height = 8
    let rows = Picture(one)
    for first in stride(from: 0, to: reader.format.height, by: 8) {
      try reader.read(
        into: RowBand(
          base: rows.base, pitch: rows.pitch, firstRow: first,
          count: min(8, reader.format.height - first)))
    }
    _ = (reader.metadata, reader.warnings)
    return reader
  }

  @Test(
    "a PNG file is taken or refused as libpng does",
    arguments: rows.filter { $0.file.hasSuffix(".png") && !$0.file.contains("jpeg-named-png") })
  func png(_ row: Row) throws {
    let bytes = load(data("badfiles/" + row.file))
    if row.verdict == "ok" || row.verdict == "warning" {
      _ = try Self.read(bytes, .refuse)
    } else {
      #expect(throws: CodecError.self) { try Self.read(bytes, .refuse) }
    }
    _ = try? Self.read(bytes, .tolerate)
  }

  @Test("a JPEG file is told by its content, whatever its name")
  func disguised() throws {
    let reader = try Self.read(load(data("badfiles/png/made/jpeg-named-png.png")), .refuse)
    #expect(reader.fileFormat == .jpeg)
  }

  @Test(
    "a JPEG file of which libjpeg warns is damaged, and is read where damage is tolerated",
    arguments: rows.filter { $0.file.hasSuffix(".jpg") })
  func jpeg(_ row: Row) throws {
    let bytes = load(data("badfiles/" + row.file))
    if row.verdict == "ok" {
      let reader = try Self.read(bytes, .refuse)
      #expect(!reader.isDamaged)
      return
    }
    #expect(throws: CodecError.self) { try Self.read(bytes, .refuse) }
    let isHostile = row.file.contains("size-") || row.file.contains("bomb")
    if row.verdict == "warning" && !isHostile {
      let reader = try Self.read(bytes, .tolerate)
      #expect(reader.isDamaged)
      #expect(!reader.warnings.isEmpty)
    } else {
      _ = try? Self.read(bytes, .tolerate)
    }
  }

  @Test("files that would take much memory or time break a limit")
  func limits() {
    func error(_ file: String) -> CodecError? {
      do {
        _ = try Self.read(load(data("badfiles/" + file)), .tolerate)
        return nil
      } catch {
        return error as? CodecError
      }
    }
    #expect(
      error("jpeg/made/size-65500x65500.jpg")
        == .tooManyPixels(65500 * 65500, limit: 1_000_000_000))
    #expect(
      error("jpeg/made/size-30000x30000-progressive.jpg")
        == .decoderTooLarge(.jpeg, bytes: 2_700_000_000, limit: 160 << 20))
    if case .tooManyScans = error("jpeg/made/scan-bomb-8000x8000-2000-scans.jpg") {
    } else {
      Issue.record("the scans are not counted")
    }
    #expect(
      error("png/made/size-100000.png")
        == .tooManyPixels(10_000_000_000, limit: 1_000_000_000))
    #expect(
      error("png/made/width-max.png") == .tooManyPixels(2_147_483_647, limit: 1_000_000_000))
  }

  @Test("who grants whole pictures has room for what the pixels allow")
  func wholePictures() throws {
    let file = ByteSource.bytes(load(data("badfiles/jpeg/made/size-30000x30000-progressive.jpg")))
    var limits = Limits()
    limits.grantsWholePictures = true
    _ = try PictureReader(file, limits: limits)
    limits.pixels = 899_999_999
    #expect(throws: CodecError.tooManyPixels(900_000_000, limit: 899_999_999)) {
      try PictureReader(file, limits: limits)
    }
  }

  @Test(
    "files from fuzzers end with a picture or an error",
    arguments: ["jpeg/zune-jpeg", "png/zune-png"])
  func corpus(_ name: String) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("convfilter-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    tar.arguments = ["tar", "xJf", data("badfiles/\(name).tar.xz"), "-C", folder.path]
    try tar.run()
    tar.waitUntilExit()
    try #require(tar.terminationStatus == 0)
    var count = 0
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    for case let file as URL in files! where !file.hasDirectoryPath {
      for damage in [DamagePolicy.refuse, .tolerate] {
        do {
          _ = try Self.read(load(file.path), damage)
        } catch {
          #expect(error is CodecError)
        }
      }
      count += 1
    }
    #expect(count > 800)
  }
}
