internal import CConvKernels
import Raster

/// Bytes and the moments of their windows: sums down the columns, which gain a row and lose one as windows
/// move down, then sums of all columns up to each; a window's is the difference of two.
struct PrefixMoments: FilterBody {
  let request: MomentsRequest
  let kernels: MicroKernels

  /// Samples of a window whose squares add up to 31 bits.
  static let mostSamples = Int(Int32.max) / (255 * 255)

  init(_ request: MomentsRequest, kernels: MicroKernels) {
    precondition(
      request.input == .uint8 && request.rows * request.columns <= Self.mostSamples, "small sums")
    self.request = request
    self.kernels = kernels
  }

  var input: Element { .uint8 }
  var output: Element { .uint8 }
  var windowRows: Int { request.rows }
  var rowStride: Int { 1 }
  var reachSamples: Int { request.reachSamples }
  var preferredRows: Int { max(64, 4 * windowRows) }
  var summary: String { "mean and deviation by sums up to each column, \(kernels.name)" }

  private func pitch(_ width: Int) -> Int {
    width + reachSamples + request.sampleStep + Int(conv_local_slack)
  }

  func scratchBytes(rows: Int, width: Int) -> Int { 16 * pitch(width) }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let (columns, sampleStep, anchor) = (request.columns, request.sampleStep, request.anchor)
    let held = width + reachSamples
    let pitch = pitch(width)
    let words = scratch.bindMemory(to: UInt32.self, capacity: 4 * pitch)
    words.initialize(repeating: 0, count: 4 * pitch)
    let (sums, squares) = (words, words + pitch)
    let (sumsBefore, squaresBefore) = (words + 2 * pitch, words + 3 * pitch)
    func samples(_ row: Int) -> UnsafePointer<UInt8> {
      input[row].assumingMemoryBound(to: UInt8.self)
    }
    let table = kernels.table.pointee
    // Safety: rows hold `held` samples; prefixes begin with a zero for each channel and go on for the
    // slack. Sums wrap where they do not matter: those of windows fit.
    func add(_ row: Int) {
      let samples = samples(row)
      for x in 0..<held {
        let sample = UInt32(samples[x])
        sums[x] &+= sample
        squares[x] &+= sample &* sample
      }
    }
    for row in 0..<windowRows - 1 { add(row) }
    var moments = conv_moments(
      count: Double(windowRows * columns), mean: request.mean, deviation: request.deviation,
      floor: request.floor)
    for row in 0..<rows {
      if row == 0 {
        add(windowRows - 1)
      } else {
        table.local.moments_slide(
          samples(row + windowRows - 1), samples(row - 1), sums, squares, held)
      }
      table.prefix_u32(sums, sampleStep, sumsBefore + sampleStep, held)
      table.prefix_u32(squares, sampleStep, squaresBefore + sampleStep, held)
      table.local.moments_finish(
        sumsBefore, squaresBefore, columns * sampleStep,
        samples(row + anchor.y) + anchor.x * sampleStep, &moments,
        output[row].assumingMemoryBound(to: UInt8.self), width)
    }
  }
}
