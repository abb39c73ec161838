import Raster

/// Sums in 64 bits from a body that fits 32.
struct WidenedSums: FilterBody {
  let narrow: any FilterBody

  init(_ narrow: any FilterBody) {
    precondition(narrow.output == .int32, "sums in 32 bits")
    self.narrow = narrow
  }

  var input: Element { narrow.input }
  var output: Element { .int64 }
  var windowRows: Int { narrow.windowRows }
  var rowStride: Int { narrow.rowStride }
  var reachSamples: Int { narrow.reachSamples }
  var preferredRows: Int { narrow.preferredRows }
  var wastesShortCalls: Bool { narrow.wastesShortCalls }
  var weightBytes: Int { narrow.weightBytes }
  var summary: String { narrow.summary }

  func scratchBytes(rows: Int, width: Int) -> Int {
    (narrow.scratchBytes(rows: rows, width: width) + 63) / 64 * 64
      + rows * (rowPitch(width * 4) + MemoryLayout<UnsafeMutableRawPointer>.stride)
  }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let pitch = rowPitch(width * 4)
    let sums = scratch + (narrow.scratchBytes(rows: rows, width: width) + 63) / 64 * 64
    let lines = (sums + rows * pitch).bindMemory(to: UnsafeMutableRawPointer.self, capacity: rows)
    for row in 0..<rows { lines[row] = sums + row * pitch }
    narrow.run(input, lines, rows: rows, width: width, scratch: scratch)
    for row in 0..<rows {
      // Safety: `width` sums in scratch, `width` sums in the output row.
      let from = lines[row].assumingMemoryBound(to: Int32.self)
      let to = output[row].assumingMemoryBound(to: Int64.self)
      for x in 0..<width { to[x] = Int64(from[x]) }
    }
  }
}
