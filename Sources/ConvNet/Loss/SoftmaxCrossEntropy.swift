import Libc

/// Softmax and cross-entropy in one, as the logarithm would lose small probabilities.
///
///     p = softmax(logits)
///     loss = Σ_i ((1 − ε)·w[y]·(−ln p[y]) + ε/K · Σ_c w[c]·(−ln p[c])) / Σ_i w[y]
///
/// ε smooths the labels, w weighs the classes: the definition of PyTorch's `CrossEntropyLoss`.
public struct SoftmaxCrossEntropy: Sendable, Hashable {
  /// Number of classes (≥ 1).
  public let classes: Int
  /// Label smoothing (0 ≤ ε < 1).
  public let smoothing: Float
  /// One a class (≥ 0), or nil for all 1.
  public let classWeights: [Float]?

  public init(classes: Int, smoothing: Float = 0, classWeights: [Float]? = nil) {
    precondition(classes >= 1, "at least one class")
    precondition(smoothing >= 0 && smoothing < 1, "a share of the label")
    precondition(classWeights == nil || classWeights!.count == classes, "a weight a class")
    self.classes = classes
    self.smoothing = smoothing
    self.classWeights = classWeights
  }

  /// Sums over the examples seen.
  public struct Tally: Sendable, Hashable {
    /// Σ of the losses, before the division.
    public var loss = 0.0
    /// Σ of the weights of the true classes: the number of examples where all weigh 1.
    public var weight = 0.0
    /// Examples whose largest output is the true class.
    public var correct = 0
    public var count = 0

    public init() {}
    /// The mean loss.
    public var meanLoss: Double { weight > 0 ? loss / weight : 0 }
    /// The share of right answers.
    public var accuracy: Double { count > 0 ? Double(correct) / Double(count) : 0 }

    public static func += (sum: inout Tally, more: Tally) {
      sum.loss += more.loss
      sum.weight += more.weight
      sum.correct += more.correct
      sum.count += more.count
    }
  }

  /// Loss and, where asked for, its gradient by the logits.
  ///
  /// - Parameters:
  ///   - logits: `labels.count · classes` values.
  ///   - labels: 0 ..< classes each.
  ///   - gradient: as many values as logits, of the mean loss; overwritten.
  ///   - guesses: one a label, the class with the largest logit (the first of equals).
  package func evaluate(
    _ logits: UnsafePointer<Float>, _ labels: UnsafeBufferPointer<Int32>,
    gradient: UnsafeMutablePointer<Float>?, guesses: UnsafeMutablePointer<Int32>
  ) -> Tally {
    var tally = Tally()
    let weightSum = classWeights.map { $0.reduce(0, +) } ?? Float(classes)
    for label in labels { tally.weight += Double(classWeights?[Int(label)] ?? 1) }
    let share = tally.weight > 0 ? Float(1 / tally.weight) : 0
    for (example, label) in labels.enumerated() {
      let row = logits + example * classes
      let label = Int(label)
      var best = 0
      for c in 1..<max(classes, 1) where row[c] > row[best] { best = c }
      var sum: Float = 0
      for c in 0..<classes { sum += expf(row[c] - row[best]) }
      let logSum = logf(sum) + row[best]
      let weight = (1 - smoothing) * (classWeights?[label] ?? 1)
      let even = smoothing / Float(classes)
      var loss = weight * (logSum - row[label])
      if smoothing > 0 {
        for c in 0..<classes { loss += even * (classWeights?[c] ?? 1) * (logSum - row[c]) }
      }
      tally.loss += Double(loss)
      tally.count += 1
      guesses[example] = Int32(best)
      if best == label { tally.correct += 1 }
      guard let gradient else { continue }
      let out = gradient + example * classes
      let total = weight + even * weightSum
      for c in 0..<classes {
        let target = even * (classWeights?[c] ?? 1) + (c == label ? weight : 0)
        out[c] = (total * expf(row[c] - logSum) - target) * share
      }
    }
    return tally
  }

  /// Probabilities of one example.
  public static func softmax(_ logits: ArraySlice<Float>) -> [Float] {
    let largest = logits.max() ?? 0
    let powers = logits.map { expf($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}
