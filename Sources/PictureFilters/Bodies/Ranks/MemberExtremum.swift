internal import CConvKernels
import KernelLanguage
import Raster

/// The largest or smallest member of an element of any shape.
///
/// Each row of the element is a few runs; the extremes of all windows of a run's length are made
/// once for a row of the picture, the longer from the shorter, and met by every window that has
/// such a run there. Time goes with the runs, not with the members.
struct MemberExtremum: FilterBody {
  let kernels: MicroKernels
  let maximum: Bool
  let windowRows: Int
  let rowStride = 1
  let input: Element
  let reachSamples: Int
  /// Samples between columns of the picture.
  let sampleStep: Int
  private let runs: [Run]
  private let lengths: [Int]

  private struct Run: Sendable {
    var row: Int
    /// In columns of the picture.
    var start: Int
    var length: Int
  }

  private static let strip = 2048

  init(_ request: RankRequest, kernels: MicroKernels) throws(BodyRefusal) {
    self.kernels = kernels
    maximum = try request.isMaximum()
    // Runs say by themselves how far columns are apart.
    sampleStep = request.channels
    input = request.input
    let (element, dilation) = (request.element, request.dilation)
    windowRows = (element.height - 1) * dilation.y + 1
    reachSamples = (element.width - 1) * dilation.x * sampleStep
    let runs = element.runs.flatMap { row, columns in
      // Columns that lie apart are runs of their own.
      (dilation.x == 1 ? [columns] : columns.map { $0...$0 }).map { run in
        Run(row: row * dilation.y, start: run.lowerBound * dilation.x, length: run.count)
      }
    }
    self.runs = runs.sorted { ($0.length, $0.row, $0.start) < ($1.length, $1.row, $1.start) }
    lengths = Set(runs.map(\.length)).sorted()
  }

  var output: Element { input }
  var preferredRows: Int { max(32, 2 * windowRows) }
  var operations: Double { Double(runs.count + lengths.count) / 2 + 8 }
  var summary: String {
    "\(maximum ? "maximum" : "minimum") of \(runs.count) runs of \(lengths.count) lengths, "
      + kernels.name
  }

  private func linePitch(_ width: Int) -> Int {
    rowPitch((min(Self.strip, width) + reachSamples) * input.byteCount)
  }

  func scratchBytes(rows: Int, width: Int) -> Int { 2 * linePitch(width) }

  func run(_ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory) {
    let size = self.input.byteCount
    let lines = [scratch, scratch + linePitch(width)]
    for start in stride(from: 0, to: width, by: Self.strip) {
      let count = min(Self.strip, width - start)
      var isBegun = [Bool](repeating: false, count: rows)
      for line in 0..<rows + windowRows - 1 {
        var windows = input[line] + start * size
        var (length, turn) = (1, 0)
        for run in runs {
          while length < run.length {
            // Two windows that overlap, or meet, make a longer one.
            let next = min(2 * length, run.length)
            let left = count + reachSamples - (next - 1) * sampleStep
            // Safety: `left` windows of that length lie in the row; source and target differ.
            combine(windows, windows + (next - length) * sampleStep * size, lines[turn], left)
            windows = UnsafeRawPointer(lines[turn])
            turn = 1 - turn
            length = next
          }
          let row = line - run.row
          guard row >= 0, row < rows else { continue }
          let members = windows + run.start * sampleStep * size
          let target = output[row] + start * size
          if isBegun[row] {
            kernels.meet(members, target, count, of: self.input, maximum: maximum)
          } else {
            target.copyMemory(from: members, byteCount: count * size)
            isBegun[row] = true
          }
        }
      }
    }
  }

  private func combine(
    _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ out: UnsafeMutableRawPointer, _ count: Int
  ) {
    let table = kernels.table.pointee
    if input == .uint8 {
      (maximum ? table.larger_u8 : table.smaller_u8)(a.samples(), b.samples(), out.samples(), count)
    } else {
      (maximum ? table.larger_u16 : table.smaller_u16)(
        a.samples(), b.samples(), out.samples(), count)
    }
  }
}
