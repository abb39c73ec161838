internal import CConvKernels

/// A correlation with sums in 64 bits, for weights that fit no narrower lanes.
struct WideCorrelation: FilterBody {
  let kernels: MicroKernels
  let taps: [IntegerTap]
  let windowRows: Int
  let rowStride: Int
  let input: Element
  let output: Element
  private let finish: LongFinish

  private static let strip = 512

  init(_ request: BodyRequest, kernels: MicroKernels) throws(BodyRefusal) {
    self.kernels = kernels
    taps = try request.taps()
    windowRows = request.windowRows
    rowStride = request.rowStride
    input = request.input
    output = request.output
    finish = LongFinish(request.rounding, output: request.output, kernels: kernels)
  }

  var reachSamples: Int { taps.reduce(0) { max($0, $1.offset) } }
  var preferredRows: Int { 8 }
  var summary: String { "direct, sums in 64 bits, \(kernels.name)" }
  func scratchBytes(rows: Int, width: Int) -> Int { Self.strip * 8 }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let sums = scratch.bindMemory(to: Int64.self, capacity: Self.strip)
    for row in 0..<rows {
      for start in stride(from: 0, to: width, by: Self.strip) {
        let count = min(Self.strip, width - start)
        sums.update(repeating: 0, count: count)
        for tap in taps where tap.weight != 0 {
          // Safety: `start + count + offset` is at most `width + reachSamples`.
          let line = input[row * rowStride + tap.row]
          let weight = Int64(tap.weight)
          if self.input == .uint8 {
            kernels.table.pointee.add_scaled_u8(
              line.samples(from: start + tap.offset), weight, sums, count)
          } else {
            kernels.table.pointee.add_scaled_u16(
              line.samples(from: start + tap.offset), weight, sums, count)
          }
        }
        finish.store(sums, count, output[row], at: start)
      }
    }
  }
}
