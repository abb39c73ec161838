internal import CConvKernels
import Raster

/// The largest or smallest sample of a window, in time that hardly depends on the window.
///
/// Down the columns rows are looked at in one of three ways; along the row four windows become one that is
/// as long as all of them, and up to eight overlap to the length wanted.
struct Extremum: StreamingBody {
  /// How the rows of windows are looked at.
  enum Way: Sendable {
    /// Those that two neighbouring windows share once for both: of few rows, more than one.
    case pairs
    /// Those of each window anew: of few rows.
    case each
    /// Once for many windows (van Herk, Gil and Werman): they are cut at a row that all of a run share; each
    /// is the extreme of a suffix of the rows above the cut and a prefix of those below.
    case runs
  }

  let way: Way
  let kernels: MicroKernels
  let maximum: Bool
  let windowRows: Int
  let columns: Int
  let sampleStep: Int
  let rowStride: Int
  let input: Element

  /// Samples of a row that are worked on together: of as many rows as a window has, they stay in the
  /// second cache. Longer ones fetch the rows that come better than shorter ones keep those that are there.
  var strip: Int {
    let bytes = way != .runs ? 8192 : min(max((448 << 10) / windowRows / 64 * 64, 2048), 8192)
    return bytes / input.byteCount
  }
  /// Samples of a row of which as many rows as a window has stay in the second cache.
  var wideStrip: Int { max((128 << 10) / (windowRows + 1) / input.byteCount, 2 * strip) }
  /// Sources that a micro-kernel takes at once: the most rows but for runs.
  static let mostSources = 8

  init(_ request: RankRequest, by way: Way, kernels: MicroKernels) throws(BodyRefusal) {
    self.way = way
    self.kernels = kernels
    maximum = try request.isMaximum()
    windowRows = request.element.height
    columns = request.element.width
    sampleStep = request.sampleStep
    rowStride = request.rowStride
    input = request.input
  }

  var output: Element { input }
  var reachSamples: Int { (columns - 1) * sampleStep }
  var preferredRows: Int { max(32, 4 * windowRows) }
  /// Whole rows go past the caches well, pieces of many rows in turn do not.
  var streams: Bool { way == .pairs || way == .each && windowRows == 1 }
  var summary: String {
    "\(maximum ? "maximum" : "minimum") of \(windowRows) rows and \(columns) columns by running"
      + " extremes, \(kernels.name)"
  }

  /// Output rows whose windows share a row: one run.
  private func runLength(_ rows: Int) -> Int {
    way == .runs ? min(rows, (windowRows - 1) / rowStride + 1) : 1
  }

  private func linePitch(_ width: Int) -> Int {
    rowPitch((min(strip, width) + reachSamples) * input.byteCount)
  }

  func scratchBytes(rows: Int, width: Int) -> Int {
    (runLength(rows) + 5) * linePitch(width) + 128
  }

  func run(
    _ input: InputRows, _ output: OutputRows, rows: Int, width: Int, scratch: RawMemory, past: Bool
  ) {
    let table = kernels.table.pointee
    let lines = Lines(base: scratch + 128, pitch: linePitch(width), count: runLength(rows))
    if self.input == .uint8 {
      run(
        input, output, rows, width, lines,
        Kernels(
          of: maximum ? table.largest_u8 : table.smallest_u8,
          pair: maximum ? table.largest_pair_u8 : table.smallest_pair_u8,
          step: maximum ? table.largest_step_u8 : table.smallest_step_u8,
          list: scratch.assumingMemoryBound(to: UnsafePointer<UInt8>?.self), past: past))
    } else {
      run(
        input, output, rows, width, lines,
        Kernels(
          of: maximum ? table.largest_u16 : table.smallest_u16,
          pair: maximum ? table.largest_pair_u16 : table.smallest_pair_u16,
          step: maximum ? table.largest_step_u16 : table.smallest_step_u16,
          list: scratch.assumingMemoryBound(to: UnsafePointer<UInt16>?.self), past: past))
    }
  }

  /// Scratch rows: suffixes, prefixes, a result, and two to lengthen windows in.
  struct Lines {
    var base: UnsafeMutableRawPointer
    var pitch: Int
    var count: Int
    func suffix(_ index: Int) -> UnsafeMutableRawPointer { base + index * pitch }
    func prefix(_ index: Int) -> UnsafeMutableRawPointer { base + (count + index) * pitch }
    var result: UnsafeMutableRawPointer { base + (count + 2) * pitch }
    func longer(_ index: Int) -> UnsafeMutableRawPointer { base + (count + 3 + index) * pitch }
  }

  struct Kernels<Sample> {
    typealias Source = UnsafePointer<Sample>
    typealias Target = UnsafeMutablePointer<Sample>
    var of: (UnsafePointer<Source?>, Int, Source, Target, Int, Bool) -> Void
    var pair: (UnsafePointer<Source?>, Int, Target, Target, Int) -> Void
    var step: (Target, Source, Source, Target, Int) -> Void

    /// Room for the pointers to the sources of a call.
    var list: UnsafeMutablePointer<Source?>
    /// Whether results go past the caches.
    var past: Bool

    func callAsFunction(
      _ sources: Int, ahead: Source? = nil, past: Bool = false, _ out: Target, _ count: Int,
      _ source: (Int) -> Source
    ) {
      for index in 0..<sources { list[index] = source(index) }
      of(list, sources, ahead ?? list[0]!, out, count, past)
    }
  }

  private func run<Sample>(
    _ input: InputRows, _ output: OutputRows, _ rows: Int, _ width: Int, _ lines: Lines,
    _ extreme: Kernels<Sample>
  ) {
    // Safety: rows hold `width + reachSamples` samples, lines a strip's; sources are other rows than
    // the targets.
    func samples(_ row: Int, _ start: Int) -> UnsafePointer<Sample> {
      input[row].assumingMemoryBound(to: Sample.self) + start
    }
    if way == .pairs {
      pairs(input, output, rows, width, lines, extreme)
      return
    }
    let result = lines.result.assumingMemoryBound(to: Sample.self)
    for start in stride(from: 0, to: width, by: strip) {
      let count = min(strip, width - start)
      func finish(_ extremes: UnsafePointer<Sample>, _ row: Int) {
        // The row that the next window gains.
        let next = min(row + 1, rows - 1) * rowStride + windowRows - 1
        rowPass(
          extremes, count, lines, output[row].assumingMemoryBound(to: Sample.self) + start, extreme,
          ahead: samples(next, start))
      }
      if way == .each {
        for row in 0..<rows {
          let first = row * rowStride
          if windowRows == 1 {
            finish(samples(first, start), row)
            continue
          }
          extreme(windowRows, result, count + reachSamples) { samples(first + $0, start) }
          finish(result, row)
        }
        continue
      }
      for first in stride(from: 0, to: rows, by: lines.count) {
        let length = min(lines.count, rows - first)
        columnRun(
          { samples(first * rowStride + $0, start) }, count + reachSamples, length, lines, extreme,
          each: { finish($1, first + $0) })
      }
    }
  }
}
