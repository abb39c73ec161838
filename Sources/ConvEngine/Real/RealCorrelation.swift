/// A correlation of real numbers in double precision.
///
///     out = (Σ value · weight) · evening / divisor + offset
///
/// the magnitude of the quotient where `isAbsolute`. Products are rounded, then added in the order of
/// the kernel's page (for a product of factors: down the columns, then along the row); nothing is
/// fused, so that every processor gives the same numbers.
package struct RealCorrelation: Sendable {
  package enum RealTaps: Sendable {
    /// Row by row, channel innermost.
    case grid([Double], depth: Int)
    /// `column[j] · row[i]`, in two passes.
    case product(column: [Double], row: [Double])
  }

  package let windows: RealWindows
  package let weights: RealTaps
  /// Sum of all weights.
  package let total: Double
  package let divisor: Double
  package let offset: Double
  package let isAbsolute: Bool

  package init(
    _ windows: RealWindows, weights: RealTaps, divisor: Double, offset: Double, isAbsolute: Bool
  ) {
    self.windows = windows
    self.weights = weights
    self.divisor = divisor
    self.offset = offset
    self.isAbsolute = isAbsolute
    switch weights {
    case .grid(let taps, _): total = taps.reduce(0, +)
    case .product(let column, let row): total = column.reduce(0, +) * row.reduce(0, +)
    }
  }

  /// Where the sums of a row of results are gathered, a number a lane and window.
  package struct Sums {
    package var sum: UnsafeMutablePointer<Double>
    /// Σ |value · weight|, where it is wanted.
    package var magnitude: UnsafeMutablePointer<Double>?

    package init(
      sum: UnsafeMutablePointer<Double>, magnitude: UnsafeMutablePointer<Double>? = nil
    ) {
      self.sum = sum
      self.magnitude = magnitude
    }
  }

  /// Multiplications a result.
  package var operations: Double {
    switch weights {
    case .grid(let taps, _): Double(taps.reduce(0) { $0 + ($1 == 0 ? 0 : 1) })
    case .product(let column, let row): Double(column.count + row.count)
    }
  }

  /// Numbers of the memory that `add` is lent: a padded line, and a line of sums of columns.
  package var workCount: Int {
    windows.paddedCount + windows.horizontal.input * windows.pixel
  }

  /// Adds the sums of result row `y`.
  ///
  /// - Parameters:
  ///   - channel: which of the weights of a tap.
  ///   - lines: as for `RealWindows.visit`.
  ///   - work: `workCount` numbers of any content.
  package func add(
    _ y: Int, channel: Int = 0, lines: (Int) -> UnsafePointer<Double>,
    work: UnsafeMutablePointer<Double>, to sums: Sums
  ) {
    switch weights {
    case .grid(let taps, let depth):
      windows.visitRows(y, channel: channel, lines: lines, padded: work) { row in
        let first = row * windows.horizontal.taps * depth + channel
        addRow(row, { taps[first + $0 * depth] }, work, to: sums)
      }
    case .product(let column, _):
      let columns = work + windows.paddedCount
      addColumns(y, column, lines, to: columns)
      add(columns: columns, work: work, to: sums)
    }
  }

  /// Adds the sums of a row of results of a product, from those down the columns of the whole picture.
  ///
  /// - Parameter work: as for the other `add`.
  package func add(
    columns: UnsafePointer<Double>, work: UnsafeMutablePointer<Double>, to sums: Sums
  ) {
    guard case .product(let column, let row) = weights else { preconditionFailure("a product") }
    windows.pad(columns, scale: column.reduce(0, +), into: work)
    addRow(0, { row[$0] }, work, to: sums)
  }

  /// Adds what a row of the kernel finds on a line that is padded.
  private func addRow(
    _ row: Int, _ weight: (Int) -> Double, _ padded: UnsafePointer<Double>, to sums: Sums
  ) {
    guard windows.horizontal.stride == 1, sums.magnitude == nil else {
      windows.visitColumns(row, padded) { tap in add(tap, weight(tap.column), to: sums) }
      return
    }
    // Neighbouring taps that the same windows meet, at once.
    var taps = RealTapRows()
    var met = 0..<0
    func flush() {
      taps.add(to: sums.sum + met.lowerBound * windows.lanes, count: met.count * windows.lanes)
      taps.removeAll()
    }
    windows.visitColumns(row, padded) { tap in
      if tap.windows != met {
        flush()
        met = tap.windows
      }
      taps.append(tap.samples + met.lowerBound * windows.lanes, weight(tap.column))
    }
    flush()
  }

  private func add(_ tap: RealWindows.Tap, _ weight: Double, to sums: Sums) {
    if weight == 0 { return }
    let (lanes, stride) = (windows.lanes, windows.horizontal.stride)
    // Safety: `samples` holds the number of every lane of the windows that are named.
    if let magnitude = sums.magnitude {
      if lanes == 1 {
        let (sum, samples) = (sums.sum, tap.samples)
        for x in tap.windows {
          let product = samples[x * stride] * weight
          sum[x] += product
          magnitude[x] += abs(product)
        }
        return
      }
      for x in tap.windows {
        for lane in 0..<lanes {
          let product = tap.samples[x * stride * lanes + lane] * weight
          sums.sum[x * lanes + lane] += product
          magnitude[x * lanes + lane] += abs(product)
        }
      }
    } else {
      for x in tap.windows {
        for lane in 0..<lanes {
          sums.sum[x * lanes + lane] += tap.samples[x * stride * lanes + lane] * weight
        }
      }
    }
  }

  /// Sums down the columns of the whole picture; what lies beyond its sides comes after.
  private func addColumns(
    _ y: Int, _ weights: [Double], _ lines: (Int) -> UnsafePointer<Double>,
    to columns: UnsafeMutablePointer<Double>
  ) {
    let vertical = windows.vertical
    let count = windows.horizontal.input * windows.pixel
    columns.update(repeating: 0, count: count)
    var taps = RealTapRows()
    for tap in weights.indices where weights[tap] != 0 {
      let weight = weights[tap]
      let position = vertical.start(y) + tap * vertical.dilation
      if let row = windows.padding.source(position, count: vertical.input) {
        // A line is there until the next is asked for.
        taps.append(lines(row), weight)
        taps.add(to: columns, count: count)
        taps.removeAll()
      } else if !windows.fill.isEmpty {
        for x in 0..<count { columns[x] += windows.beyond(x % windows.pixel) * weight }
      }
    }
  }

  /// The sum of the weights whose taps find a number, for each window of result row `y`.
  package func liveSums(_ y: Int) -> [Double] {
    switch weights {
    case .grid(let taps, let depth):
      windows.liveSums(y) { row, column in
        let first = (row * windows.horizontal.taps + column) * depth
        return taps[first..<first + depth].reduce(0, +)
      }
    case .product(let column, let row):
      windows.liveSums(y, column: column, row: row)
    }
  }

  /// The sum of all weights over that of those inside; 1 where they cannot be told or differ in sign.
  package func evening(live: Double) -> Double {
    live * total > 0 && live != total ? total / live : 1
  }

  /// `sum · evening / divisor`, or its magnitude.
  package func quotient(_ sum: Double, evening: Double = 1) -> Double {
    let quotient = sum * evening / divisor
    return isAbsolute ? abs(quotient) : quotient
  }
}
