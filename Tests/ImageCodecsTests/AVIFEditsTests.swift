import ImageCodecs
import TestSupport
import Testing

extension SeriesTests {
  @Test(
    "the edits of AVIF say how often its frames are shown",
    .enabled(if: CodecLibrary.avif.isBuiltIn))
  func edits() throws {
    let bytes = try #require(SeriesFile.named("loops.avif")).bytes
    func place(_ box: String) throws -> Int {
      try #require(bytes.indices.first { bytes[$0...].starts(with: box.utf8) }) + 4
    }
    // Version 1: flags in the fourth byte; the track's duration at 28, that of the edit at 8, in 64 bits.
    let (track, edit) = (try place("tkhd"), try place("elst"))
    #expect(bytes[track] == 1 && bytes[edit] == 1 && bytes[edit + 3] == 1)
    func plays(_ change: (inout [UInt8]) -> Void) throws -> Int? {
      var changed = bytes
      change(&changed)
      return try PictureReader(.bytes(changed), all: true).series?.plays
    }
    #expect(try plays { _ in } == 0)
    let once = bytes[edit + 8..<edit + 16].reduce(0) { $0 << 8 | Int($1) }
    for times in [1, 2, 7] {
      let found = try plays { bytes in
        for index in 0..<8 {
          bytes[track + 28 + index] = UInt8(
            truncatingIfNeeded: (once * times - 1) >> (56 - 8 * index))
        }
      }
      #expect(found == times)
    }
    // Edits that are not repeated; and none.
    #expect(try plays { $0[edit + 3] = 0 } == 1)
    #expect(try plays { $0[edit - 4] = UInt8(ascii: "x") } == 0)
  }
}
