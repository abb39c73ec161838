internal import CConvKernels
import Raster

extension SetStage {
  /// The same stage with its results spread: the lowest becomes 0, the highest full intensity.
  func spreading(_ extremes: Extremes) -> SetStage {
    var stage = self
    stage.spread = extremes
    return stage
  }

  func extremesBytes(rows: Int) -> Int { scratchBytes(rows: rows, atOnce: rows) }

  /// The extremes of some rows of results; channels that are copied do not count.
  func extremes(of rows: Range<Int>, from window: RowWindow, scratch: Scratch) -> Extremes {
    let kept = members[0].pass.kept
    let samples = output.width * kept
    let counts = (0..<kept).map { channel in
      kept == 1 || !copies.contains { $0.to == channel }
    }
    let lines = members.map { _ in scratch.array(of: Int64.self, samples) }
    let values = scratch.array(of: Double.self, samples)
    let results = plainSums(of: rows, from: SourceRows(window, scratch), scratch)
    var found = Extremes()
    for y in rows {
      raise(results, rows, y, into: lines, samples)
      measure(lines, values, samples)
      for channel in 0..<kept where counts[channel] {
        let own = Self.extremes(of: values + channel, step: kept, count: output.width)
        found.low = min(found.low, own.low)
        found.high = max(found.high, own.high)
      }
    }
    return found
  }

  private static func extremes(of values: UnsafePointer<Double>, step: Int, count: Int) -> Extremes
  {
    var (low, high) = (Double.infinity, -Double.infinity)
    for x in 0..<count {
      let value = values[x * step]
      low = value < low ? value : low
      high = value > high ? value : high
    }
    return Extremes(low: low, high: high)
  }

  /// The results of a row in units of the sums, as real numbers; the lines are overwritten.
  func measure(
    _ lines: [UnsafeMutablePointer<Int64>], _ values: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    if combination == .magnitude {
      roots(lines, values, count)
      return
    }
    gather(lines, count)
    let line = lines[0]
    for x in 0..<count { values[x] = Double(line[x]) }
  }

  /// Square roots of the sums of squares.
  func roots(
    _ lines: [UnsafeMutablePointer<Int64>], _ values: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    for x in 0..<count { values[x] = 0 }
    let kernels = MicroKernels.current.rows
    for line in lines { kernels.add_squares(line, values, count) }
    kernels.roots(values, count)
  }

  /// Samples of a row to spread. Channels that are copied may lie outside the extremes.
  func spread(
    _ values: UnsafePointer<Double>, over extremes: Extremes,
    _ line: UnsafeMutablePointer<Int64>, _ count: Int
  ) {
    MicroKernels.current.rows.spread(
      values, extremes.low, extremes.high - extremes.low, output.sample.maximum, line, count)
  }
}
