import ConvEngine
import KernelLanguage
import Libc

/// What real numbers around a pixel make of it, where weights depend on the picture.
enum RealLocal: Sendable {
  /// A mean by distance in space and in colour.
  case bilateral(Bilateral)
  /// A mean by how alike surroundings are.
  case nonLocalMeans(NonLocalMeans)
  /// How far it lies from the mean of its window, in deviations of at least `floor`: `mean` and
  /// `deviation` become those of the result.
  case normalization(mean: Double, deviation: Double, floor: Double)

  /// The numbers of one row of results, `lanes` a pixel.
  struct Row {
    let width: Int
    let lanes: Int
    /// Neighbouring numbers that make the colour of a pixel.
    let colors: Int
    /// The pixels that the windows lie around, `lanes` numbers each.
    let own: UnsafePointer<Double>
    /// Results; all three hold any content before.
    let values: UnsafeMutablePointer<Double>
    let sums: UnsafeMutablePointer<Double>
    /// A number a pixel.
    let totals: UnsafeMutablePointer<Double>
    /// `workCount` numbers of any content.
    let work: UnsafeMutablePointer<Double>
  }

  /// Numbers that a row of so many pixels needs beside its results.
  func workCount(width: Int, _ windows: RealWindows) -> Int {
    let lanes = windows.lanes
    switch self {
    case .bilateral: return 0
    case .nonLocalMeans(let kind):
      return RealNonLocal(kind: kind, width: width, lanes: lanes, colors: lanes).workCount
    case .normalization: return Self.isWide(windows) ? 2 * windows.paddedCount : 0
    }
  }

  /// Multiplications a result, near enough, of windows of so many taps.
  func operations(taps: Int) -> Double {
    guard case .nonLocalMeans(let kind) = self else { return Double(taps) }
    return Double(kind.search * kind.search) * Double(2 * kind.template + 1)
  }

  /// - Parameters:
  ///   - padded: a row of the windows with its padding, while `rows` is at it.
  ///   - rows: calls its argument with every row of the windows.
  func compute(
    _ row: Row, _ windows: RealWindows, padded: UnsafePointer<Double>,
    _ rows: ((Int) -> Void) -> Void
  ) {
    row.sums.update(repeating: 0, count: row.width * row.lanes)
    row.totals.update(repeating: 0, count: row.width)
    let step = windows.horizontal.stride * row.lanes
    switch self {
    case .bilateral(let kind):
      rows { number in
        windows.visitColumns(number, padded) { add($0, kind, row, step) }
      }
      for x in 0..<row.width {
        for lane in 0..<row.lanes {
          row.values[x * row.lanes + lane] = row.sums[x * row.lanes + lane] / row.totals[x]
        }
      }
    case .nonLocalMeans(let kind):
      RealNonLocal(kind: kind, width: row.width, lanes: row.lanes, colors: row.colors).compute(
        padded: padded, work: row.work, values: row.values, totals: row.totals, rows)
    case .normalization(let mean, let deviation, let floor):
      row.values.update(repeating: 0, count: row.width * row.lanes)
      // Squares are those of differences to the pixel itself, of which less is lost.
      rows { number in
        windows.visitColumns(number, padded) { tap in
          for x in tap.windows {
            row.totals[x] += 1
            for index in x * row.lanes..<(x + 1) * row.lanes {
              let difference = tap.samples[x * step + index - x * row.lanes] - row.own[index]
              row.sums[index] += difference
              row.values[index] += difference * difference
            }
          }
        }
      }
      for x in 0..<row.width {
        for index in x * row.lanes..<(x + 1) * row.lanes {
          let middle = row.sums[index] / row.totals[x]
          let variance = max(row.values[index] / row.totals[x] - middle * middle, 0)
          row.values[index] = mean - deviation * middle / max(variance.squareRoot(), floor)
        }
      }
    }
  }

  /// Adds a tap of a bilateral mean to the sums of its windows.
  private func add(_ tap: RealWindows.Tap, _ kind: Bilateral, _ row: Row, _ step: Int) {
    let (middle, lanes) = (kind.size / 2, row.lanes)
    let near = -0.5 / (kind.sigmaSpace * kind.sigmaSpace)
    let alike = -0.5 / (kind.sigmaColor * kind.sigmaColor)
    let (x, y) = (tap.column - middle, tap.row - middle)
    let distance = x * x + y * y
    if distance > middle * middle { return }
    for x in tap.windows {
      let (other, own) = (tap.samples + x * step, row.own + x * lanes)
      var difference = 0.0
      for color in 0..<row.colors { difference += abs(other[color] - own[color]) }
      // The pixel itself counts whole, however small the sigmas are.
      let exponent =
        (distance == 0 ? 0 : Double(distance) * near)
        + (difference == 0 ? 0 : difference * difference * alike)
      let weight = exp(exponent)
      row.totals[x] += weight
      for lane in 0..<lanes { row.sums[x * lanes + lane] += weight * other[lane] }
    }
  }
}
