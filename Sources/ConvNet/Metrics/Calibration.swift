/// Whether probabilities mean what they say: of all answers of 80 %, 80 % should be right.
///
/// Answers are put into bins of equal width by the probability of the likeliest class:
///
///     error = Σ over bins of count/total · |accuracy − mean probability|
///
/// - SeeAlso: Guo et al., On Calibration of Modern Neural Networks, arXiv:1706.04599, equation 3.
public struct Calibration: Sendable, Hashable {
  /// Answers of about the same probability.
  public struct Bin: Sendable, Hashable {
    public fileprivate(set) var count = 0
    public fileprivate(set) var correct = 0
    /// The sum of the probabilities.
    fileprivate var sum = 0.0

    /// The share of right answers; 0 without any.
    public var accuracy: Double { count > 0 ? Double(correct) / Double(count) : 0 }
    /// The mean probability; 0 without any.
    public var probability: Double { count > 0 ? sum / Double(count) : 0 }
  }

  /// Bin b holds probabilities above b/bins, up to (b + 1)/bins.
  public private(set) var bins: [Bin]

  /// - Parameter bins: number of bins (≥ 1).
  public init(bins: Int = 10) {
    precondition(bins >= 1, "at least one bin")
    self.bins = [Bin](repeating: Bin(), count: bins)
  }

  /// - Parameter probability: of the answer, 0…1; what is no number is left out.
  public mutating func add(probability: Float, isRight: Bool) {
    guard probability >= 0 && probability <= 1 else { return }
    let place = (Double(probability) * Double(bins.count)).rounded(.up)
    let bin = max(0, Int(place) - 1)
    bins[bin].count += 1
    bins[bin].correct += isRight ? 1 : 0
    bins[bin].sum += Double(probability)
  }

  /// The expected calibration error, 0…1.
  public var error: Double {
    let total = bins.reduce(0) { $0 + $1.count }
    if total == 0 { return 0 }
    return bins.reduce(0) {
      $0 + Double($1.count) / Double(total) * abs($1.accuracy - $1.probability)
    }
  }
}
