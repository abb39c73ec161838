import CImageCodecs
import TestSupport
import Testing

/// The order of a palette: colours that are neighbours have numbers that are.
@Suite("The order of a palette")
struct PaletteOrderTests {
  private func order(_ rows: [[UInt8]], _ count: Int) -> [UInt8] {
    let most = Int(CODEC_PALETTE_MOST)
    var neighbours = [UInt32](repeating: 0, count: most * most)
    for (y, row) in rows.enumerated() {
      codec_palette_count(&neighbours, row, y > 0 ? rows[y - 1] : nil, row.count)
    }
    var order = [UInt8](repeating: 0, count: count)
    codec_palette_order(neighbours, Int32(count), &order)
    return order
  }

  @Test("every number comes once, whatever stands beside it")
  func once() {
    var noise = Noise(state: 5)
    for count in [1, 2, 3, 16, 17, 255, 256] {
      var rows: [[UInt8]] = []
      for _ in 0..<9 {
        rows.append((0..<31).map { _ in UInt8(Int.random(in: 0..<count, using: &noise)) })
      }
      let order = order(rows, count)
      #expect(order.sorted() == (0..<count).map { UInt8($0) })
      #expect(order == self.order(rows, count))
    }
  }

  @Test("a slope is put in its order, the most frequent number first")
  func slope() {
    // Steps between 3, 1, 4, 0 and 2, of which 3 has most of the width.
    let row: [UInt8] = [3, 3, 3, 3, 3, 3, 1, 1, 4, 4, 0, 0, 2, 2]
    #expect(order([row, row], 5) == [3, 1, 4, 0, 2])
  }
}
