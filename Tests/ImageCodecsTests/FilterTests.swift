import CConvKernels
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

  /// The instruction sets of this processor.
  private static let kernels: [conv_png_table] = {
    var count = 0
    let tables = conv_tables(&count)!
    return (0..<count).map { tables[$0]! }.filter(conv_table_runs).map(\.pointee.png)
  }()

  @Test(
    "every instruction set chooses the smallest sum of magnitudes, and gives its bytes",
    arguments: kernels.indices, [1, 2, 3, 4, 6, 8])
  func choice(set: Int, bpp: Int) {
    for count in Self.widths {
      for seed in UInt64(0)..<4 {
        let (row, above) = rows(count, seed: seed)
        let margin = Int(CODEC_FILTER_MARGIN)
        let filtered = (0..<5).map { filter in
          (0..<count).map { i in
            let at = margin + i
            return row[at]
              &- Self.prediction(filter, left: row[at - bpp], above[at], corner: above[at - bpp])
          }
        }
        // Safety: the rows have margins on both sides, the output holds `count` bytes.
        row.withUnsafeBufferPointer { row in
          above.withUnsafeBufferPointer { above in
            let (row, above) = (row.baseAddress! + margin, above.baseAddress! + margin)
            let sums = filtered.map { $0.reduce(0) { $0 + Int(Int8(bitPattern: $1).magnitude) } }
            let best = Self.kernels[set].choose(row, above, count, bpp)
            #expect(Int(best.rawValue) == sums.firstIndex(of: sums.min()!))
            for filter in 0..<5 {
              var bytes = [UInt8](repeating: 0, count: count)
              Self.kernels[set].apply(
                conv_png_filter(UInt32(filter)), row, above, count, bpp, &bytes)
              #expect(bytes == filtered[filter])
            }
          }
        }
      }
    }
  }

  /// What a filter predicts (W3C PNG, section 9.2), Paeth's by its own words (section 9.4).
  private static func prediction(_ filter: Int, left: UInt8, _ above: UInt8, corner: UInt8) -> UInt8
  {
    switch filter {
    case 1: return left
    case 2: return above
    case 3: return UInt8((Int(left) + Int(above)) / 2)
    case 4:
      let estimate = Int(left) + Int(above) - Int(corner)
      // Ties are broken in the order left, above, upper left: the first of the nearest.
      return [left, above, corner].min { abs(estimate - Int($0)) < abs(estimate - Int($1)) }!
    default: return 0
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
    #expect(filter == Int32(conv_png_none.rawValue))
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
            conv_current_table().pointee.png.apply(
              conv_png_filter(UInt32(filter)), row.baseAddress! + margin,
              above.baseAddress! + margin, count, bpp, &filtered)
          }
        }
        let expected = Array(row[margin..<margin + count])
        let before = Array(above[margin..<margin + count])
        var undone = expected.map { _ in UInt8(0) }
        codec_filter_undo(Int32(filter), filtered, before, count, bpp, &undone)
        #expect(undone == expected)
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
