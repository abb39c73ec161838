import ConvEngine

/// Local normalization by windows of many taps: sums down the columns first, then along the rows.
///
/// Of n taps a result the time is that of 2·√n then, and a line that many rows of the window find, as those
/// beyond the border do, is looked at once.
extension RealLocal {
  /// Whether windows have so many taps that it pays.
  static func isWide(_ windows: RealWindows) -> Bool {
    windows.vertical.taps.saturatingProduct(windows.horizontal.taps) > 100
  }
}

extension RealLocal.Row {
  /// Computes results from the mean and the deviation of their windows.
  ///
  /// Nothing is taken away from a sum again, so that what is no number stays in its own windows.
  ///
  /// - Parameters:
  ///   - padded: a line of the windows with its padding, while `lines` is at it.
  ///   - lines: calls its argument with every line, and how many rows of the windows find it.
  func normalize(
    _ windows: RealWindows, mean: Double, deviation: Double, floor: Double,
    padded: UnsafePointer<Double>, _ lines: ((Int) -> Void) -> Void
  ) {
    sums.update(repeating: 0, count: width * lanes)
    values.update(repeating: 0, count: width * lanes)
    totals.update(repeating: 0, count: width)
    // Squares are those of differences to a number of the row, of which less is lost.
    let reference = (0..<width * lanes).lazy.map { own[$0] }.first(where: \.isFinite) ?? 0
    let count = windows.paddedCount
    let (down, squares) = (work, work + count)
    work.update(repeating: 0, count: 2 * count)
    var rows = 0.0
    lines { times in
      let times = Double(times)
      rows += times
      for index in 0..<count {
        let difference = padded[index] - reference
        down[index] += times * difference
        squares[index] += times * difference * difference
      }
    }
    let step = windows.horizontal.stride * lanes
    windows.visitColumns(0, down) { tap in
      for x in tap.windows {
        totals[x] += rows
        for lane in 0..<lanes {
          sums[x * lanes + lane] += tap.samples[x * step + lane]
          values[x * lanes + lane] += tap.samples[count + x * step + lane]
        }
      }
    }
    for x in 0..<width {
      for index in x * lanes..<(x + 1) * lanes {
        let middle = sums[index] / totals[x]
        let variance = max(values[index] / totals[x] - middle * middle, 0)
        let beside = middle - (own[index] - reference)
        values[index] = mean - deviation * beside / max(variance.squareRoot(), floor)
      }
    }
  }
}
