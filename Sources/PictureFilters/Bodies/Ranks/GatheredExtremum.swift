internal import CConvKernels
import KernelLanguage
import Raster

/// The largest or smallest member of an element of a few rows, of any shape.
///
/// The extremes of all windows of a run's length are made once for a row of the picture, and held as long
/// as the element has such runs further up; a result is the extreme of all its runs, some at a time. Few
/// members are looked at one by one, along whole rows.
struct GatheredExtremum: StreamingBody {
  let kernels: MicroKernels
  let maximum: Bool
  let windowRows: Int
  let rowStride = 1
  let input: Element
  let reachSamples: Int
  private let runs: [Run]
  private let lengths: [Length]
  /// Rows of windows that are held at once.
  private let held: Int

  private struct Run: Sendable {
    var row: Int
    /// In samples.
    var start: Int
    /// Which of the lengths; nil for one column, which lies in the row itself.
    var length: Int?
  }

  /// Windows as long as some runs.
  private struct Length: Sendable {
    /// The rows of the element that have such runs, and the first of as many rows that are held.
    var rows: ClosedRange<Int>
    var place: Int
    let windows: Extremum
  }

  /// Rows that stay in the second cache with a strip of each.
  private static let mostRows = 128
  private static let cache = 256 << 10

  init(_ request: RankRequest, kernels: MicroKernels) throws(BodyRefusal) {
    let isMaximum = try request.isMaximum()
    guard request.dilation.x == 1 else { throw .noShape }
    let (step, element) = (request.channels, request.element)
    let down = request.dilation.y
    let areFew = element.count <= Extremum.mostSources
    let found = element.runs.flatMap { row, columns in
      (areFew ? columns.map { $0...$0 } : [columns]).map { (row: row * down, columns: $0) }
    }
    var lengths: [Length] = []
    var held = 0
    for count in Set(found.map(\.columns.count)).sorted() where count > 1 {
      let rows = found.filter { $0.columns.count == count }.map(\.row)
      let single = RankRequest(
        isMaximum ? .largest : .smallest, of: StructuringElement(width: count, height: 1),
        channels: step, input: request.input)
      lengths.append(
        Length(
          rows: rows.min()!...rows.max()!, place: held,
          windows: try Extremum(single, by: .each, kernels: kernels)))
      held += lengths.last!.rows.count
    }
    windowRows = (element.height - 1) * down + 1
    guard windowRows + held <= Self.mostRows else { throw .tooManyRows(most: Self.mostRows) }
    self.kernels = kernels
    maximum = isMaximum
    input = request.input
    reachSamples = (element.width - 1) * step
    runs = found.map { run in
      Run(
        row: run.row, start: run.columns.lowerBound * step,
        length: lengths.firstIndex { $0.windows.columns == run.columns.count })
    }
    self.lengths = lengths
    self.held = held
  }

  /// Many runs are met at little cost each, as those of a cross; rows of windows are dear.
  var cost: Double { Double(runs.count) / 4 + 4 * Double(lengths.count) + 8 }
  var output: Element { input }
  /// Whole rows go past the caches well, pieces of many rows in turn do not.
  var streams: Bool { areFew }
  private var areFew: Bool { lengths.isEmpty && runs.count <= Extremum.mostSources }
  var preferredRows: Int { max(32, 2 * windowRows) }
  var summary: String {
    "\(maximum ? "maximum" : "minimum") of \(runs.count) runs at once, \(kernels.name)"
  }

  /// Samples of a row that are worked on together.
  private var strip: Int {
    if areFew { return .max }
    return min(max(Self.cache / (windowRows + held) / 64 * 64, 2048), 8192) / input.byteCount
  }

  private func linePitch(_ width: Int) -> Int {
    rowPitch((min(strip, width) + reachSamples) * input.byteCount)
  }

  private var listBytes: Int { (8 * runs.count + 63) / 64 * 64 }

  func scratchBytes(rows: Int, width: Int) -> Int {
    let spare = lengths.map {
      $0.windows.scratchBytes(rows: 1, width: min(strip, width) + reachSamples)
    }
    return listBytes + held * linePitch(width) + (spare.max() ?? 0)
  }

  func run(
    _ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory, past: Bool
  ) {
    let table = kernels.table.pointee
    if self.input == .uint8 {
      run(input, output, rows, width, scratch, past, maximum ? table.largest_u8 : table.smallest_u8)
    } else {
      run(
        input, output, rows, width, scratch, past, maximum ? table.largest_u16 : table.smallest_u16)
    }
  }

  private func run<Sample>(
    _ input: InputRows, _ output: OutputRows, _ rows: Int, _ width: Int, _ scratch: RawMemory,
    _ past: Bool,
    _ extreme: (
      UnsafePointer<UnsafePointer<Sample>?>, Int, UnsafePointer<Sample>,
      UnsafeMutablePointer<Sample>, Int, Bool
    ) -> Void
  ) {
    let size = MemoryLayout<Sample>.stride
    let pitch = linePitch(width)
    let list = scratch.bindMemory(to: UnsafePointer<Sample>?.self, capacity: runs.count)
    let lines = scratch + listBytes
    func line(_ length: Length, _ row: Int) -> UnsafeMutableRawPointer {
      lines + (length.place + row % length.rows.count) * pitch
    }
    for start in stride(from: 0, to: width, by: min(strip, max(width, 1))) {
      let count = min(strip, width - start)
      func make(_ length: Length, _ row: Int) {
        var (from, to) = (input[row] + start * size, line(length, row))
        // Safety: so many windows lie in `count + reachSamples` samples of a row, and fit a line.
        length.windows.run(
          &from, &to, rows: 1, width: count + reachSamples - length.windows.reachSamples,
          scratch: lines + held * pitch)
      }
      for length in lengths {
        for row in length.rows.dropLast() { make(length, row) }
      }
      for row in 0..<rows {
        for length in lengths { make(length, row + length.rows.upperBound) }
        for (index, run) in runs.enumerated() {
          let from =
            run.length.map { UnsafeRawPointer(line(lengths[$0], row + run.row)) }
            ?? input[row + run.row] + start * size
          list[index] = from.assumingMemoryBound(to: Sample.self) + run.start
        }
        // The row that the next window gains.
        let next = input[min(row + 1, rows - 1) + windowRows - 1] + start * size
        let ahead = next.assumingMemoryBound(to: Sample.self)
        let out = output[row].assumingMemoryBound(to: Sample.self) + start
        var first = 0
        repeat {
          let sources = min(Extremum.mostSources, runs.count - first)
          extreme(list + first, sources, ahead, out, count, past)
          // What is done goes on as one of the next.
          first += sources - 1
          list[first] = UnsafePointer(out)
        } while first + 1 < runs.count
      }
    }
  }
}
