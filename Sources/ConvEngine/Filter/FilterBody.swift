/// How far the window of a body reaches around an output sample.
public struct Reach: Sendable, Hashable {
  /// Rows above and below (≥ 0).
  public var above: Int
  public var below: Int
  /// Samples before and after within a row, channels counted (≥ 0).
  public var before: Int
  public var after: Int

  public init(above: Int, below: Int, before: Int, after: Int) {
    self.above = above
    self.below = below
    self.before = before
    self.after = after
  }
}

/// How a wide sum becomes a sample.
///
///     out = clamp(⌊(2·(|sum| or sum) + 2·bias + divisor) / (2·divisor)⌋)
///
/// so halves are rounded up, after the offset (`bias = offset · divisor`).
public struct Rounding: Sendable, Hashable {
  /// ≥ 1; the planner has turned the signs of the numerators where the scale was negative.
  public var divisor: Int
  /// Added before the division.
  public var bias: Int
  /// Whether the magnitude of the sum is taken first.
  public var absolute: Bool

  public init(divisor: Int, bias: Int = 0, absolute: Bool = false) {
    precondition(divisor >= 1, "a divisor is positive")
    self.divisor = divisor
    self.bias = bias
    self.absolute = absolute
  }
}

/// A filter over rows that are padded already: the border between planning and micro-kernels.
///
/// A body is pure: it keeps no state between calls, may be called from several threads at once, and
/// yields the same bytes however the rows are cut into calls. Planning has dealt with borders,
/// alpha, horizontal stride, and the split into bands before a body runs.
public protocol FilterBody: Sendable {
  var reach: Reach { get }

  /// Computes `count` output rows of `samples` samples each.
  ///
  /// - Parameters:
  ///   - rows: sample 0 of each input row; output row `k` reads `rows[k · rowStep + j]` for j in
  ///     `0 ... reach.above + reach.below`. Samples `-reach.before ..< samples + reach.after` of each
  ///     row hold data; 64 more bytes on either side may be read (never written), their value is
  ///     unimportant.
  ///   - rowStep: distance between the windows of neighbouring output rows (≥ 1).
  ///   - out: sample 0 of each output row; exactly `samples` samples are written.
  func run(
    rows: UnsafePointer<UnsafeRawPointer>, rowStep: Int,
    out: UnsafePointer<UnsafeMutableRawPointer>, count: Int, samples: Int)
}
