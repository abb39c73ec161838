import KernelLanguage

/// How one number of a result came about, for people to follow.
public struct WindowArithmetic: Sendable, Hashable {
  /// Index of the stage within the chain.
  public var stage: Int
  /// Index of the plane.
  public var plane: Int
  /// Column and row of the result, from 0.
  public var x: Int
  public var y: Int
  public var form: Form
  public var result: Double

  public enum Form: Sendable, Hashable {
    case sum(WeightedSum)
    /// Several sums made one; `offset` is added then.
    case combined([WeightedSum], Combination, offset: Double)
    case pooling(PoolingKind, [Double])
    /// `in + amount · (in − sum)` where the difference exceeds the threshold.
    case unsharp(WeightedSum, sample: Double, amount: Double, threshold: Double)
  }
}

/// A window's numbers times the weights of a kernel.
///
///     result = (Σ value · weight) · evening / divisor + offset
///
/// the magnitude of the quotient where `isAbsolute`.
public struct WeightedSum: Sendable, Hashable {
  public struct Term: Sendable, Hashable {
    public var value: Double
    public var weight: Double
  }

  /// Every tap that has a value, row by row, channel by channel; empty unless asked for.
  public var terms: [Term] = []
  public var sum: Double
  public var divisor: Double
  public var offset: Double
  public var isAbsolute: Bool
  /// Sum of all weights over the sum of those inside (1 but for padding truncate).
  public var evening: Double
  public var result: Double
}
