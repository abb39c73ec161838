/// A correlation with sums in 64 bits, one tap after the other: for what no micro-kernel takes, weights
/// beyond 32 bits.
struct PlainCorrelation: FilterBody {
  let taps: [WeightedTap]
  let windowRows: Int
  let rowStride: Int
  let input: Element
  let output: Element
  let rounding: Rounding?

  init(_ request: BodyRequest) throws(BodyRefusal) {
    taps = try request.everyTap()
    windowRows = request.windowRows
    rowStride = request.rowStride
    input = request.input
    output = request.output
    rounding = request.rounding
  }

  var reachSamples: Int { taps.reduce(0) { max($0, $1.offset) } }
  var preferredRows: Int { 1 }
  var summary: String { "direct, one tap after the other in 64 bits" }
  func scratchBytes(rows: Int, width: Int) -> Int { width * 8 }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    // Safety: scratch holds `width` sums.
    let sums = scratch.assumingMemoryBound(to: Int64.self)
    for row in 0..<rows {
      let window = input + row * rowStride
      for x in 0..<width { sums[x] = 0 }
      for tap in taps where tap.weight != 0 {
        if self.input == .uint8 {
          add(tap, UInt8.self, window, sums, width)
        } else {
          add(tap, UInt16.self, window, sums, width)
        }
      }
      storeSums(sums, rounding, output[row], self.output, width)
    }
  }

  private func add<Sample: FixedWidthInteger>(
    _ tap: WeightedTap, _ type: Sample.Type, _ window: InputRows,
    _ sums: UnsafeMutablePointer<Int64>, _ width: Int
  ) {
    // Safety: every tap reads `width` samples from its offset on, which the caller has provided.
    let samples = window[tap.row].assumingMemoryBound(to: Sample.self) + tap.offset
    let weight = Int64(tap.weight)
    for x in 0..<width { sums[x] &+= weight &* Int64(truncatingIfNeeded: samples[x]) }
  }
}
