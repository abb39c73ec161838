internal import CConvKernels
import Raster

/// The median of 3×3 samples by a network of minima and maxima, two rows of results at once.
///
/// The two rows that both see are put in order once; columns are, and of sorted columns the median of
/// the largest smallest, the median middle and the smallest largest sample is that of all nine.
///
/// - SeeAlso: Smith, Implementing median filters in XC4000E FPGAs, 1996.
struct Median3: StreamingBody {
  let kernels: MicroKernels
  let sampleStep: Int
  let input: Element

  init(_ request: RankRequest, kernels: MicroKernels) {
    self.kernels = kernels
    sampleStep = request.sampleStep
    input = request.input
  }

  var windowRows: Int { 3 }
  var rowStride: Int { 1 }
  var output: Element { input }
  var reachSamples: Int { 2 * sampleStep }
  var preferredRows: Int { 32 }
  var summary: String { "median by sorted columns, two rows at once, \(kernels.name)" }

  /// A row for what is not wanted of an odd number.
  func scratchBytes(rows: Int, width: Int) -> Int { rowPitch(width * input.byteCount) }

  func run(
    _ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory, past: Bool
  ) {
    let table = kernels.table.pointee.ranks
    if self.input == .uint8 {
      run(input, output, rows, width, scratch, past, table.medians_3_u8)
    } else {
      run(input, output, rows, width, scratch, past, table.medians_3_u16)
    }
  }

  private func run<Sample>(
    _ input: InputRows, _ output: OutputRows, _ rows: Int, _ width: Int, _ scratch: RawMemory,
    _ past: Bool,
    _ medians: (
      UnsafePointer<UnsafePointer<Sample>?>, Int, UnsafePointer<UnsafeMutablePointer<Sample>?>,
      Int, Bool
    ) -> Void
  ) {
    let last = rows + windowRows - 2
    withUnsafeTemporaryAllocation(of: UnsafePointer<Sample>?.self, capacity: 6) { window in
      withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Sample>?.self, capacity: 2) {
        results in
        for row in Swift.stride(from: 0, to: rows, by: 2) {
          // Four rows are seen, two are next.
          for line in 0..<6 {
            window[line] = input[min(row + line, last)].assumingMemoryBound(to: Sample.self)
          }
          let isPair = row + 1 < rows
          let below = isPair ? output[row + 1] : scratch
          results[0] = output[row].assumingMemoryBound(to: Sample.self)
          results[1] = below.assumingMemoryBound(to: Sample.self)
          let areAlike = (UInt(bitPattern: output[row]) ^ UInt(bitPattern: below)) & 63 == 0
          // Safety: the rows hold `width + reachSamples` samples, `scratch` a row of results.
          medians(
            window.baseAddress!, sampleStep, results.baseAddress!, width, past && areAlike)
        }
      }
    }
  }
}
