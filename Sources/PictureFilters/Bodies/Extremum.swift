internal import CConvKernels
import Raster

/// The largest or smallest sample of a window, in time that hardly depends on the window.
///
/// Down the columns few rows are taken as they are, for two windows at once where they are neighbours. Of many (van Herk, Gil and Werman) windows are
/// cut at a row that all of a run share; each is the extreme of a suffix of the rows above the cut and
/// a prefix of those below. Along the row four windows become one that is as long as all of them, and
/// up to eight overlap to the length wanted.
package struct Extremum: StreamingBody {
  let kernels: MicroKernels
  let maximum: Bool
  package let windowRows: Int
  let columns: Int
  let sampleStep: Int
  package let rowStride: Int
  package let input: Element

  /// Samples of a row that are worked on together: of as many rows as a window has, they stay in the
  /// second cache. Longer ones fetch the rows that come better than shorter ones keep those that are there.
  var strip: Int {
    let bytes = isShort ? 8192 : min(max((448 << 10) / windowRows / 64 * 64, 2048), 8192)
    return bytes / input.byteCount
  }
  /// Samples of a row of which as many rows as a window has stay in the second cache.
  var wideStrip: Int { max((128 << 10) / (windowRows + 1) / input.byteCount, 2 * strip) }
  /// Sources that a micro-kernel takes at once.
  static let mostSources = 8

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
  package var preferredRows: Int { max(32, 4 * windowRows) }
  /// Whole rows go past the caches well, pieces of many rows in turn do not.
  package var streams: Bool { isPaired || windowRows == 1 }
  package var summary: String {
    "\(maximum ? "maximum" : "minimum") of \(windowRows) rows and \(columns) columns by running"
      + " extremes, \(kernels.name)"
  }

  /// Whether the rows of each window are looked at anew.
  private var isShort: Bool { windowRows <= Self.mostSources }

  /// Whether the rows that neighbouring windows share are looked at once for both.
  private var isPaired: Bool { isShort && windowRows > 1 && rowStride == 1 }

  /// Output rows whose windows share a row: one run.
  private func runLength(_ rows: Int) -> Int {
    isShort ? 1 : min(rows, (windowRows - 1) / rowStride + 1)
  }

  private func linePitch(_ width: Int) -> Int {
    rowPitch((min(strip, width) + reachSamples) * input.byteCount)
  }

  package func scratchBytes(rows: Int, width: Int) -> Int {
    (runLength(rows) + 5) * linePitch(width) + 128
  }

  package func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer, past: Bool
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
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    _ rows: Int, _ width: Int, _ lines: Lines, _ extreme: Kernels<Sample>
  ) {
    // Safety: rows hold `width + reachSamples` samples, lines a strip's; sources are other rows than
    // the targets.
    func samples(_ row: Int, _ start: Int) -> UnsafePointer<Sample> {
      input[row].assumingMemoryBound(to: Sample.self) + start
    }
    if isPaired {
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
}
