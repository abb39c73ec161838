internal import CConvKernels
import Raster

/// The largest or smallest sample of a window, in time that hardly depends on the window.
///
/// Down the columns (van Herk, Gil and Werman): windows are cut at a row that all of a run share;
/// each is the extreme of a suffix of the rows above the cut and a prefix of those below. Along the
/// row windows are doubled, and two of them overlap to the length wanted.
package struct Extremum: FilterBody {
  let kernels: MicroKernels
  let maximum: Bool
  package let windowRows: Int
  let columns: Int
  let sampleStep: Int
  package let rowStride: Int
  package let input: Element

  private static let strip = 2048

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

  /// Output rows whose windows share a row: one run.
  private func runLength(_ rows: Int) -> Int { min(rows, (windowRows - 1) / rowStride + 1) }

  private func linePitch(_ width: Int) -> Int {
    rowPitch((min(Self.strip, width) + reachSamples) * input.byteCount)
  }

  package func scratchBytes(rows: Int, width: Int) -> Int {
    (runLength(rows) + 5) * linePitch(width)
  }

  package func run(
    _ input: UnsafePointer<UnsafeRawPointer>, _ output: UnsafePointer<UnsafeMutableRawPointer>,
    rows: Int, width: Int, scratch: UnsafeMutableRawPointer
  ) {
    let size = self.input.byteCount
    let lines = Lines(base: scratch, pitch: linePitch(width), count: runLength(rows))
    for start in stride(from: 0, to: width, by: Self.strip) {
      let count = min(Self.strip, width - start)
      for first in stride(from: 0, to: rows, by: lines.count) {
        let length = min(lines.count, rows - first)
        columnRun(input + first * rowStride, start * size, count + reachSamples, length, lines) {
          row, extremes in
          rowPass(extremes, count, lines, output[first + row] + start * size)
        }
      }
    }
  }

  /// Scratch rows: suffixes, a prefix, a result, and two to double windows in.
  private struct Lines {
    var base: UnsafeMutableRawPointer
    var pitch: Int
    var count: Int
    func suffix(_ index: Int) -> UnsafeMutableRawPointer { base + index * pitch }
    func prefix(_ index: Int) -> UnsafeMutableRawPointer { base + (count + index) * pitch }
    var result: UnsafeMutableRawPointer { base + (count + 2) * pitch }
    func doubled(_ index: Int) -> UnsafeMutableRawPointer { base + (count + 3 + index) * pitch }
  }

  /// Extremes down the columns for a run of output rows that share input row `windowRows − 1`.
  private func columnRun(
    _ input: UnsafePointer<UnsafeRawPointer>, _ offset: Int, _ count: Int, _ rows: Int,
    _ lines: Lines, _ each: (Int, UnsafeRawPointer) -> Void
  ) {
    // Suffixes: from each window's first row to the shared row, the shortest first.
    var above = input[windowRows - 1] + offset
    var next = windowRows - 2
    var turn = 0
    for row in stride(from: rows - 1, through: 0, by: -1) {
      let first = row * rowStride
      while next > first {
        combine(above, input[next] + offset, lines.prefix(turn), count)
        above = UnsafeRawPointer(lines.prefix(turn))
        turn = 1 - turn
        next -= 1
      }
      if next == first {
        combine(above, input[next] + offset, lines.suffix(row), count)
        next -= 1
      } else {
        // The window starts at the shared row.
        lines.suffix(row).copyMemory(from: above, byteCount: count * self.input.byteCount)
      }
      above = UnsafeRawPointer(lines.suffix(row))
    }
    // Prefixes: the rows below the shared one, as windows move down.
    var below: UnsafeRawPointer?
    for row in 0..<rows {
      for line in max(0, (row - 1) * rowStride)..<row * rowStride {
        let added = input[windowRows + line] + offset
        if let so = below {
          combine(so, added, lines.prefix(turn), count)
          below = UnsafeRawPointer(lines.prefix(turn))
          turn = 1 - turn
        } else {
          below = added
        }
      }
      if let below {
        combine(lines.suffix(row), below, lines.result, count)
        each(row, lines.result)
      } else {
        each(row, lines.suffix(row))
      }
    }
  }

  private func rowPass(
    _ extremes: UnsafeRawPointer, _ count: Int, _ lines: Lines, _ out: UnsafeMutableRawPointer
  ) {
    let size = input.byteCount
    guard columns > 1 else {
      out.copyMemory(from: extremes, byteCount: count * size)
      return
    }
    var windows = extremes
    var length = 1
    var rest = count + reachSamples
    var turn = 0
    while length * 2 <= columns {
      rest -= length * sampleStep
      // Safety: `rest` windows are left; source and target are different rows.
      combine(windows, windows + length * sampleStep * size, lines.doubled(turn), rest)
      windows = UnsafeRawPointer(lines.doubled(turn))
      turn = 1 - turn
      length *= 2
    }
    combine(windows, windows + (columns - length) * sampleStep * size, out, count)
  }

  private func combine(
    _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ out: UnsafeMutableRawPointer, _ count: Int
  ) {
    let table = kernels.table.pointee
    switch input {
    case .uint8:
      (maximum ? table.larger_u8 : table.smaller_u8)(
        a.assumingMemoryBound(to: UInt8.self), b.assumingMemoryBound(to: UInt8.self),
        out.assumingMemoryBound(to: UInt8.self), count)
    case .uint16:
      (maximum ? table.larger_u16 : table.smaller_u16)(
        a.assumingMemoryBound(to: UInt16.self), b.assumingMemoryBound(to: UInt16.self),
        out.assumingMemoryBound(to: UInt16.self), count)
    case .int32, .int64: preconditionFailure("pictures have 8 or 16 bits")
    }
  }
}
