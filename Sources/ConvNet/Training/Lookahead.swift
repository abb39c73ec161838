/// Slow weights that follow the fast ones, which start anew from them every few steps.
///
///     d = decay^interval · (step / steps)³
///     slow ← d·slow + (1 − d)·w;   w ← slow            every `interval` steps
///     w ← slow                                         after the last
///
/// Running statistics are weights here.
/// - SeeAlso: Zhang et al., Lookahead Optimizer, arXiv:1907.08610; Jordan, arXiv:2404.00498.
public struct Lookahead: Sendable, Hashable {
  /// Steps (≥ 1).
  public var interval: Int
  /// Of a step (0 < d < 1).
  public var decay: Double

  public init(interval: Int = 5, decay: Double = 0.95) {
    self.interval = interval
    self.decay = decay
  }

  /// The share of the slow weights that stays after `step` steps of `total`; nil where nothing is done.
  func share(after step: Int, of total: Int) -> Float? {
    if step == total { return 1 }
    guard step % interval == 0 else { return nil }
    var power = 1.0
    for _ in 0..<interval { power *= decay }
    let progress = Double(step) / Double(total)
    return Float(power * progress * progress * progress)
  }
}
