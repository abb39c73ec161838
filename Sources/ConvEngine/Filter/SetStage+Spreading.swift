import Raster

extension SetStage {
  /// The same stage with its results spread: the lowest becomes 0, the highest full intensity.
  func spreading(_ extremes: Extremes) -> SetStage {
    var stage = self
    stage.spread = extremes
    return stage
  }

  /// The extremes of some rows of results; channels that are copied do not count.
  func extremes(of rows: Range<Int>, from window: RowWindow, scratch: Scratch) -> Extremes {
    let kept = members[0].pass.kept
    let samples = output.width * kept
    let counted = (0..<kept).filter { channel in
      kept == 1 || !copies.contains { $0.to == channel }
    }
    let lines = members.map { _ in scratch.array(of: Int64.self, samples) }
    let results = plainSums(of: rows, from: window, scratch)
    var found = Extremes()
    for y in rows {
      raise(results, rows, y, into: lines, samples)
      if combination != .magnitude { gather(lines, samples) }
      for pixel in 0..<output.width {
        for channel in counted {
          let value = real(lines, pixel * kept + channel)
          found.low = min(found.low, value)
          found.high = max(found.high, value)
        }
      }
    }
    return found
  }

  /// One result in units of the sums, as a real number, of lines that are gathered.
  private func real(_ lines: [UnsafeMutablePointer<Int64>], _ x: Int) -> Double {
    combination == .magnitude ? root(lines, x) : Double(lines[0][x])
  }

  /// One sample of a row to spread.
  func spreadSample(
    _ lines: [UnsafeMutablePointer<Int64>], _ x: Int, _ extremes: Extremes
  ) -> Int64 {
    let range = extremes.high - extremes.low
    guard range > 0 else { return 0 }
    // Channels that are copied may lie outside the extremes.
    let value = min(max((real(lines, x) - extremes.low) / range, 0), 1)
    return Int64((value * output.sample.maximum + 0.5).rounded(.down))
  }
}
