/// How a Gaussian of large σ over samples of 16 bits is summed up along either axis, within one level.
struct SampledPair: Sendable {
  let vertical: SampledGaussian
  let horizontal: SampledGaussian

  /// One level more than the largest.
  private static let span = 65536.0

  /// The least work that stays within one level; nil where none does.
  ///
  /// - Parameters:
  ///   - column, row: symmetric weights of sum 1.
  ///   - height, width: of the picture.
  init?(column: [Double], row: [Double], height: Int, width: Int) {
    let rows = Self.fine(column, count: height)
    let columns = Self.fine(row, count: width)
    var best: SampledPair?
    for vertical in rows {
      for horizontal in columns {
        let pair = SampledPair(vertical: vertical, horizontal: horizontal)
        if pair.errorBound < 1, pair.work < best?.work ?? .infinity { best = pair }
      }
    }
    guard let best else { return nil }
    self = best
  }

  init(vertical: SampledGaussian, horizontal: SampledGaussian) {
    self.vertical = vertical
    self.horizontal = horizontal
  }

  /// Ever larger distances of points, as long as what lies between is within half a level.
  private static func fine(_ line: [Double], count: Int) -> [SampledGaussian] {
    var axes: [SampledGaussian] = []
    var spacing = 1
    while true {
      let axis = SampledGaussian(line, count: count, spacing: spacing)
      guard span * axis.deviation < 0.5 else { return axes }
      axes.append(axis)
      spacing = max(spacing + 1, spacing * 9 / 8)
    }
  }

  /// Largest difference from the exact, unrounded answer that any picture can show, in levels, final
  /// rounding included.
  ///
  /// Weights that are too large and too small meet samples that differ by the largest level at most. Alpha is
  /// as far as that from full opacity, samples half as far from the middle.
  var errorBound: Double {
    let deviation =
      vertical.deviation * (1 + 2 * horizontal.deviation) + horizontal.deviation
    // Of each sum of four weighted points four roundings, of all that follows its largest gain.
    let between = horizontal.taps > 1 ? 4.0 : 0
    let rounded =
      (vertical.roundings + horizontal.roundings + between) * horizontal.gain * vertical.gain
      + 4 * vertical.gain
    return Self.span * (deviation + rounded * 1.001 / 0x1p24) + 0x1p-9 + 0.5
  }

  /// Additions of two samples, and what is worth as much, a sample of the result.
  var work: Double {
    func pairs(_ axis: SampledGaussian) -> Double {
      Double(axis.radius + 1) / Double(axis.spacing) + (axis.spacing > 1 ? 4 : 0)
    }
    return pairs(vertical) + pairs(horizontal) / Double(vertical.spacing)
  }
}
