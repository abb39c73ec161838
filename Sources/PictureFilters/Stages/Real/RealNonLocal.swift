import ConvEngine
import KernelLanguage
import Libc

/// Non-local means of real numbers.
///
///     w = exp(−Σ d² / (template² · colours · strength²))    d: differences of the surroundings, of all colours
///     out = Σ w · in / Σ w        over the window; weights below 0.001 are 0
///
/// - SeeAlso: Buades, Coll and Morel, A non-local algorithm for image denoising, 2005; OpenCV
///   `fastNlMeansDenoising`, which makes the same of whole numbers.
struct RealNonLocal {
  let kind: NonLocalMeans
  /// Pixels of a row of results, and their numbers of which the first `colors` are compared.
  let width, lanes, colors: Int

  private var columns: Int { width + 2 * kind.reach }
  private var rows: Int { 2 * kind.reach + 1 }

  /// Numbers that `compute` needs: the window's rows plane by plane, sums of columns, weights.
  var workCount: Int { (rows * lanes + 2).saturatingProduct(columns) }

  /// - Parameters:
  ///   - padded: a row of the window with its padding, while `visit` is at it.
  ///   - work: `workCount` numbers of any content.
  ///   - values: `width · lanes` results, written.
  ///   - totals: `width` numbers of any content.
  ///   - visit: calls its argument with every row of the window.
  func compute(
    padded: UnsafePointer<Double>, work: UnsafeMutablePointer<Double>,
    values: UnsafeMutablePointer<Double>, totals: UnsafeMutablePointer<Double>,
    _ visit: ((Int) -> Void) -> Void
  ) {
    let (half, radius, reach) = (kind.search / 2, kind.template / 2, kind.reach)
    // Safety: `columns` pixels a row, `rows` rows.
    visit { row in
      for lane in 0..<lanes {
        let plane = work + (row * lanes + lane) * columns
        for x in 0..<columns { plane[x] = padded[x * lanes + lane] }
      }
    }
    func plane(_ row: Int, _ lane: Int, _ x: Int) -> UnsafePointer<Double> {
      UnsafePointer(work + ((reach + row) * lanes + lane) * columns + reach + x)
    }
    let (sums, weights) = (work + rows * lanes * columns, work + (rows * lanes + 1) * columns)
    // Not 0, however small the strength is: nothing is as alike as a pixel to itself.
    let spread = max(
      kind.strength * kind.strength * Double(kind.template * kind.template * colors),
      .leastNormalMagnitude)
    let most = -log(0.001) * spread
    values.update(repeating: 0, count: width * lanes)
    totals.update(repeating: 0, count: width)
    for down in -half...half {
      for across in -half...half {
        let isOwn = down == 0 && across == 0
        if !isOwn { addSquares(down, across, plane, to: sums) }
        for x in 0..<width {
          var distance = 0.0
          if !isOwn { for near in 0...2 * radius { distance += sums[x + near] } }
          weights[x] = isOwn ? 1 : distance > most ? 0 : exp(-distance / spread)
          totals[x] += weights[x]
        }
        for lane in 0..<lanes {
          let others = plane(down, lane, across)
          // 0 times infinity would be no number.
          for x in 0..<width where weights[x] != 0 {
            values[x * lanes + lane] += weights[x] * others[x]
          }
        }
      }
    }
    for x in 0..<width {
      for lane in 0..<lanes { values[x * lanes + lane] /= totals[x] }
    }
  }

  /// Of each column of the surroundings the sum of the squared differences to those that lie so far away.
  private func addSquares(
    _ down: Int, _ across: Int, _ plane: (Int, Int, Int) -> UnsafePointer<Double>,
    to sums: UnsafeMutablePointer<Double>
  ) {
    let radius = kind.template / 2
    let count = width + 2 * radius
    sums.update(repeating: 0, count: count)
    for near in -radius...radius {
      for color in 0..<colors {
        let (own, other) = (
          plane(near, color, -radius), plane(near + down, color, across - radius)
        )
        for x in 0..<count {
          let difference = own[x] - other[x]
          sums[x] += difference * difference
        }
      }
    }
  }
}
