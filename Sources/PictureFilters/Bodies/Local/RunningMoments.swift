import Raster

/// Samples of any integer type and the moments of their windows: exact sums in 64 bits, which gain a row
/// and lose one as windows move down, a column and another as they move right.
struct RunningMoments: FilterBody {
  let request: MomentsRequest

  init(_ request: MomentsRequest) { self.request = request }

  var input: Element { request.input }
  var output: Element { request.input }
  var windowRows: Int { request.rows }
  var rowStride: Int { 1 }
  var reachSamples: Int { request.reachSamples }
  var preferredRows: Int { max(64, 4 * windowRows) }
  var summary: String { "mean and deviation by running sums" }

  func scratchBytes(rows: Int, width: Int) -> Int { 16 * (width + reachSamples) }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    if request.input == .uint8 {
      run(UInt8.self, input, output, rows, width, scratch)
    } else {
      run(UInt16.self, input, output, rows, width, scratch)
    }
  }

  private func run<Sample: FixedWidthInteger>(
    _ type: Sample.Type, _ input: InputRows, _ output: OutputRows, _ rows: Int, _ width: Int,
    _ scratch: UnsafeMutableRawPointer
  ) {
    let (columns, sampleStep, anchor) = (request.columns, request.sampleStep, request.anchor)
    let held = width + reachSamples
    let sums = scratch.bindMemory(to: Int.self, capacity: 2 * held)
    let squares = sums + held
    sums.initialize(repeating: 0, count: 2 * held)
    // Safety: rows hold `held` samples; sums stay below the bound that planning has checked.
    func add(_ row: Int, _ sign: Int) {
      let samples = input[row].assumingMemoryBound(to: Sample.self)
      for x in 0..<held {
        let sample = Int(truncatingIfNeeded: samples[x])
        sums[x] &+= sign &* sample
        squares[x] &+= sign &* sample &* sample
      }
    }
    for row in 0..<windowRows - 1 { add(row, 1) }
    let count = windowRows * columns
    let top = Double(Sample.max)
    for row in 0..<rows {
      add(row + windowRows - 1, 1)
      if row > 0 { add(row - 1, -1) }
      let own = input[row + anchor.y].assumingMemoryBound(to: Sample.self) + anchor.x * sampleStep
      let result = output[row].assumingMemoryBound(to: Sample.self)
      for channel in 0..<min(sampleStep, width) {
        var (sum, square) = (0, 0)
        for column in 0..<columns - 1 {
          sum &+= sums[channel + column * sampleStep]
          square &+= squares[channel + column * sampleStep]
        }
        for x in stride(from: channel, to: width, by: sampleStep) {
          sum &+= sums[x + reachSamples]
          square &+= squares[x + reachSamples]
          let difference = Double(count &* Int(truncatingIfNeeded: own[x]) &- sum)
          let variance = Double(count &* square &- sum &* sum)
          let level =
            request.mean + request.deviation * difference
            / max(variance.squareRoot(), request.floor * Double(count))
          result[x] = Sample(min(max((level + 0.5).rounded(.down), 0), top))
          sum &-= sums[x]
          square &-= squares[x]
        }
      }
    }
  }
}
