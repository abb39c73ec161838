internal import CConvKernels

/// A correlation in single precision: products are rounded, then added in the given order.
struct FloatCorrelation: FilterBody {
  let kernels: MicroKernels
  let taps: [FloatTap]
  let windowRows: Int
  let rowStride: Int
  private let weights: [Float]

  init(kernels: MicroKernels, taps: [FloatTap], windowRows: Int, rowStride: Int) {
    self.kernels = kernels
    self.taps = taps
    self.windowRows = windowRows
    self.rowStride = rowStride
    weights = taps.map(\.weight)
  }

  private static let strip = 2048

  var input: Element { .float32 }
  var output: Element { .float32 }
  var reachSamples: Int { taps.reduce(0) { max($0, $1.offset) } }
  var preferredRows: Int { 16 }
  var summary: String { "direct in single precision, \(taps.count) taps, \(kernels.name)" }
  func scratchBytes(rows: Int, width: Int) -> Int { 0 }

  func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer
  ) {
    for start in stride(from: 0, to: width, by: Self.strip) {
      let columns = min(Self.strip, width - start)
      for row in 0..<rows {
        // Safety: `start + columns + offset` is at most `width + reachSamples`.
        let lines = taps.map {
          Optional(
            input[row * rowStride + $0.row].assumingMemoryBound(to: Float.self) + start + $0.offset)
        }
        kernels.table.pointee.sum_f32(
          lines, weights, taps.count, taps.count,
          output[row].assumingMemoryBound(to: Float.self) + start, columns)
      }
    }
  }
}
