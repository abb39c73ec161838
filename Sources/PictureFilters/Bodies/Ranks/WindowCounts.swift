internal import CConvKernels
import KernelLanguage
import Raster

/// A rank of windows of any members by counts of all levels, in time that grows with the window's outline.
///
/// The window walks over the picture like a plough, so that its counts are never made anew: along
/// each row the samples behind one side come and those along the other go, at the end the same down a row.
///
/// - SeeAlso: Huang, Yang & Tang, A fast two-dimensional median filtering algorithm, 1979.
struct WindowCounts: FilterBody {
  let kernels: MicroKernels
  let windowRows: Int
  let columns: Int
  let rank: Int
  let sampleStep: Int
  let rowStride = 1
  let input: Element
  private let runs: [(row: Int, columns: ClosedRange<Int>)]
  private let stacks: [(columns: ClosedRange<Int>, rows: ClosedRange<Int>)]

  /// Counts have 32 bits.
  static let mostSamples = Int(UInt32.max) - 1

  init(_ request: RankRequest, kernels: MicroKernels) {
    self.kernels = kernels
    windowRows = request.element.height
    columns = request.element.width
    rank = request.place
    sampleStep = request.sampleStep
    input = request.input
    runs = request.element.runs
    stacks = request.element.stacks
  }

  var output: Element { input }
  var reachSamples: Int { (columns - 1) * sampleStep }
  var preferredRows: Int { max(64, 4 * windowRows) }
  var summary: String { "rank \(rank) by counts of levels, \(kernels.name)" }

  private var levels: Int { input == .uint8 ? 256 : 65536 }

  func scratchBytes(rows: Int, width: Int) -> Int { (levels + levels / 256) * 4 + 64 }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let table = kernels.table.pointee.ranks
    if self.input == .uint8 {
      plough(input, output, rows, width, scratch, table.line_u8, table.walk_u8)
    } else {
      plough(input, output, rows, width, scratch, table.line_u16, table.walk_u16)
    }
  }

  private func plough<Sample>(
    _ input: InputRows, _ output: OutputRows, _ rows: Int, _ width: Int, _ scratch: RawMemory,
    _ line: (
      UnsafeMutablePointer<conv_rank_counts>, UnsafePointer<Sample>, UnsafePointer<Sample>?, Int,
      Int
    ) -> Void,
    _ walk: (
      UnsafeMutablePointer<conv_rank_counts>, UnsafePointer<UnsafePointer<Sample>?>,
      UnsafePointer<UnsafePointer<Sample>?>, Int, Int, Bool, UInt32, UnsafeMutablePointer<Sample>,
      Int
    ) -> Void
  ) {
    let fine = scratch.bindMemory(to: UInt32.self, capacity: levels + levels / 256)
    var left = [UnsafePointer<Sample>?](repeating: nil, count: runs.count)
    var right = left
    for channel in 0..<min(sampleStep, width) {
      let windows = (width - channel + sampleStep - 1) / sampleStep
      fine.initialize(repeating: 0, count: levels + levels / 256)
      var counts = conv_rank_counts(fine: fine, coarse: fine + levels, less: 0, level: 0)
      // Safety: a row's last sample is `channel + (windows + columns − 2) · sampleStep`, which lies
      // before `width + reachSamples`.
      func samples(_ row: Int) -> UnsafePointer<Sample> {
        input[row].assumingMemoryBound(to: Sample.self) + channel
      }
      // The members of the window above the first one.
      for run in runs where run.row > 0 {
        line(
          &counts, samples(run.row - 1) + run.columns.lowerBound * sampleStep, nil,
          run.columns.count, sampleStep)
      }
      for row in 0..<rows {
        // The walk back starts at the last window.
        let back = row % 2 == 1
        let at = back ? (windows - 1) * sampleStep : 0
        for stack in stacks {
          let from = at + stack.columns.lowerBound * sampleStep
          // Safety: no row lies above the first.
          let above = row - 1 + stack.rows.lowerBound
          line(
            &counts, samples(row + stack.rows.upperBound) + from,
            above < 0 ? nil : samples(above) + from, stack.columns.count, sampleStep)
        }
        for (index, run) in runs.enumerated() {
          left[index] = samples(row + run.row) + run.columns.lowerBound * sampleStep
          right[index] = samples(row + run.row) + run.columns.upperBound * sampleStep
        }
        walk(
          &counts, left, right, runs.count, sampleStep, back, UInt32(rank),
          output[row].assumingMemoryBound(to: Sample.self) + channel, windows)
      }
    }
  }
}
