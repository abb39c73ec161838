internal import CConvKernels
import Raster

/// The largest or smallest sample of a window, in time that hardly depends on the window.
///
/// Down the columns few rows are taken as they are. Of many (van Herk, Gil and Werman) windows are
/// cut at a row that all of a run share; each is the extreme of a suffix of the rows above the cut and
/// a prefix of those below. Along the row four windows become one that is as long as all of them, and
/// up to eight overlap to the length wanted.
package struct Extremum: FilterBody {
  let kernels: MicroKernels
  let maximum: Bool
  package let windowRows: Int
  let columns: Int
  let sampleStep: Int
  package let rowStride: Int
  package let input: Element

  /// Samples of a row that are worked on together: several rows of them stay in the first cache.
  private var strip: Int { (isShort ? 8192 : 2048) / input.byteCount }
  /// Sources that a micro-kernel takes at once.
  private static let mostSources = 8

  /// - Parameters:
  ///   - sampleStep: distance between columns of the window, in samples.
  ///   - input: `.uint8` or `.uint16`; the output is the same.
  package init(
    maximum: Bool, rows: Int, columns: Int, sampleStep: Int, rowStride: Int = 1, input: Element,
    kernels: MicroKernels = .current
  ) {
    self.kernels = kernels
    self.maximum = maximum
    windowRows = rows
    self.columns = columns
    self.sampleStep = sampleStep
    self.rowStride = rowStride
    self.input = input
  }

  package var output: Element { input }
  package var reachSamples: Int { (columns - 1) * sampleStep }
  package var preferredRows: Int { max(32, 2 * windowRows) }
  package var summary: String {
    "\(maximum ? "maximum" : "minimum") of \(windowRows) rows and \(columns) columns by running"
      + " extremes, \(kernels.name)"
  }

  /// Whether the rows of each window are looked at anew.
  private var isShort: Bool { windowRows <= Self.mostSources }

  /// Output rows whose windows share a row: one run.
  private func runLength(_ rows: Int) -> Int {
    isShort ? 1 : min(rows, (windowRows - 1) / rowStride + 1)
  }

  private func linePitch(_ width: Int) -> Int {
    rowPitch((min(strip, width) + reachSamples) * input.byteCount)
  }

  package func scratchBytes(rows: Int, width: Int) -> Int {
    (runLength(rows) + 5) * linePitch(width) + 64
  }

  package func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer
  ) {
    let table = kernels.table.pointee
    let lines = Lines(base: scratch + 64, pitch: linePitch(width), count: runLength(rows))
    if self.input == .uint8 {
      run(
        input, output, rows, width, lines,
        Kernels(
          of: maximum ? table.largest_u8 : table.smallest_u8,
          step: maximum ? table.largest_step_u8 : table.smallest_step_u8,
          list: scratch.assumingMemoryBound(to: UnsafePointer<UInt8>?.self)))
    } else {
      run(
        input, output, rows, width, lines,
        Kernels(
          of: maximum ? table.largest_u16 : table.smallest_u16,
          step: maximum ? table.largest_step_u16 : table.smallest_step_u16,
          list: scratch.assumingMemoryBound(to: UnsafePointer<UInt16>?.self)))
    }
  }

  /// Scratch rows: suffixes, prefixes, a result, and two to lengthen windows in.
  private struct Lines {
    var base: UnsafeMutableRawPointer
    var pitch: Int
    var count: Int
    func suffix(_ index: Int) -> UnsafeMutableRawPointer { base + index * pitch }
    func prefix(_ index: Int) -> UnsafeMutableRawPointer { base + (count + index) * pitch }
    var result: UnsafeMutableRawPointer { base + (count + 2) * pitch }
    func longer(_ index: Int) -> UnsafeMutableRawPointer { base + (count + 3 + index) * pitch }
  }

  private struct Kernels<Sample> {
    typealias Source = UnsafePointer<Sample>
    typealias Target = UnsafeMutablePointer<Sample>
    var of: (UnsafePointer<Source?>, Int, Source, Target, Int) -> Void
    var step: (Target, Source, Source, Target, Int) -> Void

    /// Room for the pointers to the sources of a call.
    var list: UnsafeMutablePointer<Source?>

    func callAsFunction(
      _ sources: Int, ahead: Source? = nil, _ out: Target, _ count: Int, _ source: (Int) -> Source
    ) {
      for index in 0..<sources { list[index] = source(index) }
      of(list, sources, ahead ?? list[0]!, out, count)
    }
  }

  private func run<Sample>(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    _ rows: Int, _ width: Int, _ lines: Lines, _ extreme: Kernels<Sample>
  ) {
    // Safety: rows hold `width + reachSamples` samples, lines a strip's; sources are other rows than
    // the targets.
    func samples(_ row: Int, _ start: Int) -> UnsafePointer<Sample> {
      input[row].assumingMemoryBound(to: Sample.self) + start
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
      if isShort {
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

  /// Extremes down the columns for a run of output rows that share input row `windowRows − 1`.
  private func columnRun<Sample>(
    _ input: (Int) -> UnsafePointer<Sample>, _ count: Int, _ rows: Int, _ lines: Lines,
    _ extreme: Kernels<Sample>, each: (Int, UnsafePointer<Sample>) -> Void
  ) {
    func line(_ raw: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Sample> {
      raw.assumingMemoryBound(to: Sample.self)
    }
    // Suffixes: from each window's first row to the shared row, the shortest first.
    var above = input(windowRows - 1)
    var next = windowRows - 2
    var turn = 0
    for row in stride(from: rows - 1, through: 0, by: -1) {
      let first = row * rowStride
      let target = line(lines.suffix(row))
      // All rows that came since the window before, some at a time.
      while next >= first {
        let taken = min(Self.mostSources - 1, next - first + 1)
        let isLast = next - taken < first
        let out = isLast ? target : line(lines.prefix(turn))
        turn = 1 - turn
        extreme(taken + 1, out, count) { $0 == 0 ? above : input(next + 1 - $0) }
        above = UnsafePointer(out)
        next -= taken
      }
      // The window starts at the shared row.
      if above != UnsafePointer(target) {
        target.update(from: above, count: count)
        above = UnsafePointer(target)
      }
    }
    each(0, UnsafePointer(line(lines.suffix(0))))
    // Prefixes: the rows below the shared one, as windows move down.
    let (below, result) = (line(lines.prefix(0)), line(lines.result))
    for row in 1..<max(rows, 1) {
      for added in (row - 1) * rowStride..<row * rowStride {
        let isLast = added == row * rowStride - 1
        let samples = input(windowRows + added)
        if added == 0 { below.update(from: samples, count: count) }
        if isLast {
          extreme.step(below, samples, line(lines.suffix(row)), result, count)
        } else {
          extreme.step(below, samples, samples, result, count)
        }
      }
      each(row, UnsafePointer(result))
    }
  }

  private func rowPass<Sample>(
    _ extremes: UnsafePointer<Sample>, _ count: Int, _ lines: Lines,
    _ out: UnsafeMutablePointer<Sample>, _ extreme: Kernels<Sample>, ahead: UnsafePointer<Sample>
  ) {
    var windows = extremes
    var length = 1
    var rest = count + reachSamples
    var turn = 0
    while columns > Self.mostSources * length {
      rest -= 3 * length * sampleStep
      let target = lines.longer(turn).assumingMemoryBound(to: Sample.self)
      extreme(4, target, rest) { windows + $0 * length * sampleStep }
      windows = UnsafePointer(target)
      turn = 1 - turn
      length *= 4
    }
    let sources = (columns + length - 1) / length
    extreme(sources, ahead: ahead, out, count) {
      windows + min($0 * length, columns - length) * sampleStep
    }
  }
}
