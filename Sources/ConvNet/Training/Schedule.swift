import Libc

/// The learning rate over a run, as a share of the peak: a pure function of the step.
public struct Schedule: Sendable, Hashable {
  public enum Shape: Sendable, Hashable {
    /// 1 all the way.
    case constant
    /// Half a cosine from 1 to `end`.
    case cosine
    /// A straight line from 1 to `end`.
    case linear
    /// Times `factor` after every `epochs` epochs.
    case step(factor: Double, epochs: Int)
    /// Times `factor` whenever so many epochs have brought no lower validation loss.
    case plateau(factor: Double, epochs: Int)
  }

  public var shape: Shape
  /// Share of the run spent rising (0 ≤ w < 1).
  public var warmUp: Double
  /// Where the rise starts, as a share of the peak (0…1).
  public var start: Double
  /// Where the fall ends, as a share of the peak (0…1).
  public var end: Double

  public init(_ shape: Shape, warmUp: Double = 0, start: Double = 0.2, end: Double = 0) {
    self.shape = shape
    self.warmUp = warmUp
    self.start = start
    self.end = end
  }

  public static let constant = Schedule(.constant)
  public static let cosine = Schedule(.cosine)
  /// Up from a fifth of the peak over a fifth of the run, then linearly to 0.
  ///
  /// - SeeAlso: Smith, Topin, Super-Convergence, arXiv:1708.07120.
  public static let oneCycle = Schedule(.linear, warmUp: 0.2)

  /// - Parameters:
  ///   - step: from 0.
  ///   - total: steps of the whole run.
  ///   - perEpoch: steps of an epoch.
  ///   - losses: validation losses of the epochs done, for `plateau`.
  /// - Returns: the share of the peak, 0…1.
  public func factor(
    step: Int, total: Int, perEpoch: Int, losses: [Double] = []
  ) -> Double {
    let rise = warmUp * Double(total)
    let now = Double(step)
    if now < rise { return start + (1 - start) * now / rise }
    let progress = min(1, (now - rise) / max(1, Double(total) - rise))
    switch shape {
    case .constant: return 1
    case .cosine: return end + (1 - end) * 0.5 * (1 + cos(.pi * progress))
    case .linear: return end + (1 - end) * (1 - progress)
    case .step(let factor, let epochs):
      return pow(factor, Double(step / max(1, perEpoch) / max(1, epochs)))
    case .plateau(let factor, let epochs):
      return pow(factor, Double(Self.plateaus(losses, epochs: epochs)))
    }
  }

  /// How often `epochs` epochs in a row brought no lower loss; after each the count starts anew.
  static func plateaus(_ losses: [Double], epochs: Int) -> Int {
    var (lowest, waited, found) = (Double.infinity, 0, 0)
    for loss in losses {
      waited += 1
      if loss < lowest { (lowest, waited) = (loss, 0) }
      if waited >= max(1, epochs) { (waited, found) = (0, found + 1) }
    }
    return found
  }
}
