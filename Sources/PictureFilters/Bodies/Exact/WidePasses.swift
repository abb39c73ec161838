/// Columns, then rows, in 64-bit sums: exact for any weights whose sums fit.
struct WidePasses: FilterBody {
  let column: [Int64]
  let row: [Int64]
  let rowStep: Int
  let sampleStep: Int
  /// The sample that the first tap meets.
  let first: Int
  let rowStride: Int
  let input: Element
  let output: Element
  let rounding: Rounding?

  init(_ request: BodyRequest) throws(BodyRefusal) {
    let factors = try request.factors()
    column = factors.column.map(Int64.init)
    row = factors.row.map(Int64.init)
    rowStep = request.rowStep
    sampleStep = request.sampleStep
    first = request.first
    rowStride = request.rowStride
    input = request.input
    output = request.output
    rounding = request.rounding
  }

  var windowRows: Int { (column.count - 1) * rowStep + 1 }
  var reachSamples: Int { first + (row.count - 1) * sampleStep }
  var preferredRows: Int { 1 }
  var summary: String { "two exact passes in 64 bits" }
  func scratchBytes(rows: Int, width: Int) -> Int { 16 * (width + reachSamples) }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    // Safety: scratch holds two lines of `width + reachSamples` sums.
    let lines = scratch.assumingMemoryBound(to: Int64.self)
    let sums = lines + width + reachSamples
    for index in 0..<rows {
      let window = input + index * rowStride
      if self.input == .uint8 {
        columnPass(UInt8.self, window, lines, width)
      } else {
        columnPass(UInt16.self, window, lines, width)
      }
      for x in 0..<width { sums[x] = 0 }
      for (tap, weight) in row.enumerated() where weight != 0 {
        let shifted = lines + first + tap * sampleStep
        for x in 0..<width { sums[x] &+= weight &* shifted[x] }
      }
      storeSums(sums, rounding, output[index], self.output, width)
    }
  }

  private func columnPass<Sample: FixedWidthInteger>(
    _ type: Sample.Type, _ window: InputRows, _ lines: UnsafeMutablePointer<Int64>, _ width: Int
  ) {
    let count = width + reachSamples
    for x in 0..<count { lines[x] = 0 }
    for (tap, weight) in column.enumerated() where weight != 0 {
      let samples = window[tap * rowStep].assumingMemoryBound(to: Sample.self)
      for x in 0..<count { lines[x] &+= weight &* Int64(truncatingIfNeeded: samples[x]) }
    }
  }
}
