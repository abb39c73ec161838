internal import CConvKernels
import Raster

/// A rank of windows of bytes, in time that does not depend on the window.
///
/// Every column counts the samples of the window's rows: one comes and one goes as windows move
/// down. As they move right, the counts of a window gain a column and lose one: those of 16 groups of
/// levels at once; of the levels within a group only where the result lies there.
///
/// - SeeAlso: Perreault & Hébert, Median filtering in constant time, IEEE TIP 16(9), 2007.
struct ColumnCounts: FilterBody {
  let kernels: MicroKernels
  let windowRows: Int
  let columns: Int
  let rank: Int
  let sampleStep: Int
  let rowStride = 1
  let input = Element.uint8
  let output = Element.uint8

  /// Counts have 16 bits.
  static let mostSamples = 65535
  /// Columns whose counts fit a core's second cache: 544 bytes each.
  private static let cachedColumns = 640

  init(_ request: RankRequest, kernels: MicroKernels) {
    self.kernels = kernels
    windowRows = request.element.height
    columns = request.element.width
    rank = request.place
    sampleStep = request.sampleStep
  }

  var reachSamples: Int { (columns - 1) * sampleStep }
  var preferredRows: Int { max(64, 4 * windowRows) }
  var summary: String { "rank \(rank) by counts of columns, \(kernels.name)" }

  /// Windows of one channel whose columns are counted together.
  private var strip: Int { max(Self.cachedColumns - columns, columns, 256) }

  private func stripColumns(_ width: Int) -> Int {
    min(strip, (width + sampleStep - 1) / sampleStep) + columns - 1
  }

  func scratchBytes(rows: Int, width: Int) -> Int { 17 * 32 * stripColumns(width) }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let table = kernels.table.pointee.ranks
    for channel in 0..<min(sampleStep, width) {
      let windows = (width - channel + sampleStep - 1) / sampleStep
      for start in stride(from: 0, to: windows, by: strip) {
        let count = min(strip, windows - start)
        let held = count + columns - 1
        var job = conv_rank_strip(
          columns: columns, step: sampleStep, rank: UInt32(rank), count: count, coarse: scratch,
          fine: scratch + 32 * held)
        scratch.initializeMemory(as: UInt8.self, repeating: 0, count: 17 * 32 * held)
        let first = channel + start * sampleStep
        // Safety: a row's last column is `first + (held − 1) · sampleStep < width + reachSamples`.
        func samples(_ row: Int) -> UnsafePointer<UInt8> {
          input[row].assumingMemoryBound(to: UInt8.self) + first
        }
        for row in 0..<windowRows - 1 { table.slide(&job, samples(row), nil) }
        for row in 0..<rows {
          table.slide(
            &job, samples(row + windowRows - 1), row == 0 ? nil : samples(row - 1))
          table.row(&job, output[row].assumingMemoryBound(to: UInt8.self) + first)
        }
      }
    }
  }
}
