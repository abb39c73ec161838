internal import CConvKernels
import Raster

/// The median of 5×5 samples by networks of minima and maxima.
///
/// Columns are sorted once and shared by the windows that they are in; what is left is to find the
/// middle one of sorted columns.
///
/// - SeeAlso: Smith, Implementing median filters in XC4000E FPGAs, 1996; Knuth, TAOCP 3, 5.3.4.
struct Median5: FilterBody {
  let kernels: MicroKernels
  let sampleStep: Int
  let input: Element

  /// Samples of a row that are worked on together: the sorted rows stay in the first cache.
  private var strip: Int { 4096 / input.byteCount }

  init(_ request: RankRequest, kernels: MicroKernels) {
    self.kernels = kernels
    sampleStep = request.sampleStep
    input = request.input
  }

  var windowRows: Int { 5 }
  var rowStride: Int { 1 }
  var output: Element { input }
  var reachSamples: Int { (windowRows - 1) * sampleStep }
  var preferredRows: Int { 32 }
  var summary: String { "median by sorted columns, \(kernels.name)" }

  private func linePitch(_ width: Int) -> Int {
    // Whole vectors are written and read.
    rowPitch((min(strip, width) + reachSamples) * input.byteCount + 128)
  }

  func scratchBytes(rows: Int, width: Int) -> Int { windowRows * linePitch(width) }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let table = kernels.table.pointee.ranks
    if self.input == .uint8 {
      run(input, output, rows, width, scratch, table.sort_columns_5_u8, table.median_5_u8)
    } else {
      run(input, output, rows, width, scratch, table.sort_columns_5_u16, table.median_5_u16)
    }
  }

  private func run<Sample>(
    _ input: InputRows, _ output: OutputRows, _ rows: Int, _ width: Int, _ scratch: RawMemory,
    _ sort: (
      UnsafePointer<UnsafePointer<Sample>?>, UnsafePointer<UnsafeMutablePointer<Sample>?>, Int
    )
      -> Void,
    _ median: (
      UnsafePointer<UnsafePointer<Sample>?>, Int, UnsafePointer<Sample>,
      UnsafeMutablePointer<Sample>, Int
    ) -> Void
  ) {
    let pitch = linePitch(width)
    let lines: [UnsafeMutablePointer<Sample>?] = (0..<windowRows).map {
      (scratch + $0 * pitch).assumingMemoryBound(to: Sample.self)
    }
    let sorted = lines.map { UnsafePointer($0) }
    var window = [UnsafePointer<Sample>?](repeating: nil, count: windowRows)
    for start in stride(from: 0, to: width, by: strip) {
      let count = min(strip, width - start)
      for row in 0..<rows {
        for line in 0..<windowRows {
          window[line] = input[row + line].assumingMemoryBound(to: Sample.self) + start
        }
        // Safety: the rows hold the columns of all windows; the lines a vector more.
        sort(window, lines, count + reachSamples)
        // The row that the next window gains.
        let next = input[min(row + windowRows, rows + windowRows - 2)]
        median(
          sorted, sampleStep, next.assumingMemoryBound(to: Sample.self) + start,
          output[row].assumingMemoryBound(to: Sample.self) + start, count)
      }
    }
  }
}
