/// A grid of weights, applied as a correlation: the page shows what meets the picture.
///
///     out[y, x] = offset + (Σ taps[j, i, c] · in[y + j − anchor.y, x + i − anchor.x, c]) / divisor
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
  private let weights: KernelTaps
  /// Divisor, or nil for the sum of the taps (1 where |sum| < 1e-9·Σ|tap|).
  public var scale: Double?
  /// Added after the division, in levels of the picture.
  public var offset: Double
  /// The level of `offset` that stands for white; nil where it counts the picture's own levels.
  public var offsetWhite: Double?
  /// Column and row of the tap that meets the output sample; nil for ⌊width/2⌋, ⌊height/2⌋.
  public var anchor: Anchor?
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

  private enum KernelTaps: Sendable, Hashable {
    case grid([Double])
    /// A Gaussian of σ = 250 has four million taps, but only 4002 factors.
    case product(Factors)
  }

  /// A kernel given by its weights, row by row, channel innermost.
  public init(
    width: Int, height: Int, depth: Int = 1, taps: [Double], scale: Double? = nil,
    offset: Double = 0, anchor: Anchor? = nil, title: String = ""
  ) {
    precondition(width >= 1 && height >= 1 && depth >= 1, "a kernel has at least one tap")
    precondition(taps.count == width * height * depth, "one weight a tap")
    self.width = width
    self.height = height
    self.depth = depth
    weights = .grid(taps)
    self.scale = scale
    self.offset = offset
    self.anchor = anchor
    self.title = title
  }

  /// A kernel given by a formula whose taps are the product of a column and a row.
  ///
  /// Such a kernel may run as two passes with a rounded intermediate (within one level of the exact
  /// answer).
  public init(
    _ factors: Factors, scale: Double? = nil, offset: Double = 0, anchor: Anchor? = nil,
    title: String = ""
  ) {
    precondition(!factors.row.isEmpty && !factors.column.isEmpty, "a kernel has at least one tap")
    width = factors.row.count
    height = factors.column.count
    depth = 1
    weights = .product(factors)
    self.scale = scale
    self.offset = offset
    self.anchor = anchor
    self.title = title
  }
}

extension Kernel {
  /// The factors of a kernel given by a separable formula, else nil.
  public var factors: Factors? {
    if case .product(let factors) = weights { factors } else { nil }
  }

  /// Whether the taps come from a separable formula, so that results may be rounded on the way;
  /// factors that are whole numbers are as exact as numbers that were typed.
  public var isFormula: Bool {
    guard let factors else { return false }
    return
      !(factors.column.allSatisfy { $0 == $0.rounded() }
      && factors.row.allSatisfy { $0 == $0.rounded() })
  }

  /// Weights, row by row, channel innermost: `height · width · depth` values.
  ///
  /// Computed anew for a kernel given by factors.
  public var taps: [Double] {
    switch weights {
    case .grid(let taps): taps
    case .product(let factors): factors.column.flatMap { y in factors.row.map { y * $0 } }
    }
  }

  /// The weight at column `x`, row `y`, channel `channel`.
  public subscript(x: Int, y: Int, channel: Int = 0) -> Double {
    switch weights {
    case .grid(let taps): taps[(y * width + x) * depth + channel]
    case .product(let factors): factors.column[y] * factors.row[x]
    }
  }

  /// The sum of the weights.
  public var sum: Double { total { $0 } }

  /// The sum of the magnitudes of the weights.
  public var magnitude: Double { total(abs) }

  private func total(_ value: (Double) -> Double) -> Double {
    func sum(_ values: [Double]) -> Double { values.reduce(0) { $0 + value($1) } }
    return switch weights {
    case .grid(let taps): sum(taps)
    case .product(let factors): sum(factors.column) * sum(factors.row)
    }
  }

  /// Whether the weights sum to (almost) nothing.
  package var sumsToNothing: Bool {
    let sum = sum
    return sum == 0 || abs(sum) < 1e-9 * magnitude
  }

  /// The divisor in force: `scale`, else the sum, else 1 for kernels that sum to (almost) nothing.
  public var divisor: Double { scale ?? (sumsToNothing ? 1 : sum) }

  /// The anchor in force.
  public var origin: Anchor { anchor ?? Anchor(x: width / 2, y: height / 2) }

  /// The same kernel with other weights; scale, offset, anchor and title stay.
  package func replacing(
    width: Int? = nil, height: Int? = nil, taps: [Double], anchor: Anchor?
  ) -> Kernel {
    var kernel = Kernel(
      width: width ?? self.width, height: height ?? self.height, depth: depth, taps: taps,
      scale: scale, offset: offset, anchor: anchor, title: title)
    kernel.offsetWhite = offsetWhite
    return kernel
  }

  /// The same kernel with other factors; scale, offset and title stay.
  package func replacing(factors: Factors) -> Kernel {
    var kernel = Kernel(factors, scale: scale, offset: offset, title: title)
    kernel.offsetWhite = offsetWhite
    return kernel
  }
}
