/// A grid of weights, applied as a correlation: the page shows what meets the picture.
///
///     out[y, x] = offset + (Σ taps[j, i, c] · in[y + j − anchor.y, x + i − anchor.x, c]) / scale
///
/// A kernel of depth 1 filters each channel by itself; one of depth C sums over the C channels of
/// a pixel into one plane.
public struct Kernel: Sendable, Hashable {
  /// Columns (≥ 1).
  public let width: Int
  /// Rows (≥ 1).
  public let height: Int
  /// Channels summed over (≥ 1).
  public let depth: Int
  /// Weights, row by row, channel innermost: `height · width · depth` values.
  public var taps: [Double]
  /// Divisor, or nil for the sum of the taps (1 where |sum| < 1e-9·Σ|tap|).
  public var scale: Double?
  /// Added after the division, in levels of the picture.
  public var offset: Double
  /// Column and row of the tap that meets the output sample; nil for ⌊width/2⌋, ⌊height/2⌋.
  public var anchor: Anchor?
  /// For a kernel given by a formula: the two factors whose product the taps are. Such a kernel may
  /// run as two passes with a rounded intermediate (within one level of the exact answer).
  public var factors: Factors?
  /// What it is, in a line.
  public var title: String

  /// A position within a kernel, in taps from its top left corner.
  public struct Anchor: Sendable, Hashable {
    public var x: Int
    public var y: Int
    public init(x: Int, y: Int) {
      self.x = x
      self.y = y
    }
  }

  /// A column and a row of weights: `taps[j, i] = column[j] · row[i]`.
  public struct Factors: Sendable, Hashable {
    public var column: [Double]
    public var row: [Double]
    public init(column: [Double], row: [Double]) {
      self.column = column
      self.row = row
    }
  }

  public init(
    width: Int, height: Int, depth: Int = 1, taps: [Double], scale: Double? = nil,
    offset: Double = 0, anchor: Anchor? = nil, factors: Factors? = nil, title: String = ""
  ) {
    precondition(width >= 1 && height >= 1 && depth >= 1, "a kernel has at least one tap")
    precondition(taps.count == width * height * depth, "one weight a tap")
    self.width = width
    self.height = height
    self.depth = depth
    self.taps = taps
    self.scale = scale
    self.offset = offset
    self.anchor = anchor
    self.factors = factors
    self.title = title
  }
}

extension Kernel {
  /// The weight at column `x`, row `y`, channel `channel`.
  public subscript(x: Int, y: Int, channel: Int = 0) -> Double {
    taps[(y * width + x) * depth + channel]
  }

  /// The sum of the weights.
  public var sum: Double { taps.reduce(0, +) }

  /// The divisor in force: `scale`, else the sum, else 1 for kernels that sum to (almost) nothing.
  public var divisor: Double {
    if let scale { return scale }
    let sum = sum
    return abs(sum) < 1e-9 * taps.reduce(0) { $0 + abs($1) } ? 1 : sum
  }

  /// The anchor in force.
  public var origin: Anchor { anchor ?? Anchor(x: width / 2, y: height / 2) }
}
