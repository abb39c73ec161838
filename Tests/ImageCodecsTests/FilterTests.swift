import CImageCodecs
import Testing

@Suite("Row filters of PNG")
struct FilterTests {
  static let widths = Array(1...70) + [127, 128, 129, 255, 4096, 10_001]

  /// Two rows with their margins: noise, or slopes that make every filter win somewhere.
  private func rows(_ count: Int, seed: UInt64) -> (row: [UInt8], above: [UInt8]) {
    var noise = Noise(state: seed)
    let margin = [UInt8](repeating: 0, count: Int(CODEC_FILTER_MARGIN))
    let kind = seed % 4
    func bytes(_ offset: Int) -> [UInt8] {
      (0..<count).map { i in
        switch kind {
        case 0: UInt8.random(in: 0...255, using: &noise)
        case 1: UInt8(truncatingIfNeeded: i * 3 + offset)
        case 2: UInt8(truncatingIfNeeded: 128 + Int(noise.next() % 7) - 3)
        default: UInt8(truncatingIfNeeded: i * i / 50 + offset * 3 + Int(noise.next() % 3))
        }
      }
    }
    return (margin + bytes(0) + margin, margin + bytes(9) + margin)
  }

  @Test(
    "the fast choice is that of the plain one, and so are its bytes", arguments: [1, 2, 3, 4, 6, 8])
  func choice(_ bpp: Int) {
    for count in Self.widths {
      for seed in UInt64(0)..<4 {
        let (row, above) = rows(count, seed: seed)
        var fast = [UInt8](repeating: 0, count: count)
        var plain = fast
        let margin = Int(CODEC_FILTER_MARGIN)
        // Safety: the rows have margins on both sides.
        let choices = row.withUnsafeBufferPointer { row in
          above.withUnsafeBufferPointer { above in
            (
              codec_filter_choose(
                row.baseAddress! + margin, above.baseAddress! + margin, count, bpp, &fast),
              codec_filter_choose_plain(
                row.baseAddress! + margin, above.baseAddress! + margin, count, bpp, &plain)
            )
          }
        }
        #expect(choices.0 == choices.1)
        #expect(fast == plain)
      }
    }
  }

  @Test("noise of few levels is left as it is", arguments: [500, 5000])
  func noise(_ count: Int) {
    var noise = Noise(state: 3)
    let margin = [UInt8](repeating: 0, count: Int(CODEC_FILTER_MARGIN))
    func row() -> [UInt8] {
      margin + (0..<count).map { _ in [60, 100, 140, 180].randomElement(using: &noise)! } + margin
    }
    let (here, above) = (row(), row())
    var output = [UInt8](repeating: 0, count: count)
    let filter = here.withUnsafeBufferPointer { here in
      above.withUnsafeBufferPointer { above in
        // Safety: the rows have margins on both sides.
        codec_filter_choose(
          here.baseAddress! + margin.count, above.baseAddress! + margin.count, count, 1, &output)
      }
    }
    #expect(filter == Int32(CODEC_FILTER_NONE))
    #expect(output == Array(here[margin.count..<margin.count + count]))
  }

  @Test("undoing a filter gives the row, in place or not", arguments: 0...4, [1, 2, 3, 4, 6, 8])
  func undo(_ filter: Int, bpp: Int) {
    for count in Self.widths where count % bpp == 0 {
      for seed in UInt64(0)..<4 {
        let (row, above) = rows(count, seed: seed)
        let margin = Int(CODEC_FILTER_MARGIN)
        var filtered = [UInt8](repeating: 0, count: count)
        row.withUnsafeBufferPointer { row in
          above.withUnsafeBufferPointer { above in
            codec_filter_apply(
              Int32(filter), row.baseAddress! + margin, above.baseAddress! + margin, count, bpp,
              &filtered)
          }
        }
        let expected = Array(row[margin..<margin + count])
        let before = Array(above[margin..<margin + count])
        var fast = expected.map { _ in UInt8(0) }
        var plain = fast
        codec_filter_undo(Int32(filter), filtered, before, count, bpp, &fast)
        codec_filter_undo_plain(Int32(filter), filtered, before, count, bpp, &plain)
        #expect(fast == expected)
        #expect(plain == expected)
        var inPlace = before
        inPlace.withUnsafeMutableBufferPointer { rows in
          codec_filter_undo(
            Int32(filter), filtered, rows.baseAddress!, count, bpp, rows.baseAddress!)
        }
        #expect(inPlace == expected)
      }
    }
  }
}
