import Libc
import Random

/// How the examples of a batch are laid over each other, in pairs: the first with the last, the second
/// with the last but one.
///
///     x_i ← λ · x_i + (1 − λ) · x_j        loss ← λ · loss(y_i) + (1 − λ) · loss(y_j)
///
/// λ is drawn from Beta(α, α) for each step, the larger of λ and 1 − λ: an example stays mostly itself.
///
/// - SeeAlso: Zhang et al., mixup, arXiv:1710.09412.
package struct Mixup: Sendable {
  /// Share of an example's own (½…1).
  package let share: Float

  package init(share: Float) { self.share = share }

  package init(alpha: Float, seed: UInt64, step: Int) {
    let random = CounterRandom(seed: seed, .mixup, UInt64(step))
    let share = Self.beta(Double(alpha), random)
    self.share = Float(max(share, 1 - share))
  }

  /// A number drawn from Beta(α, α): u^(1/α) / (u^(1/α) + v^(1/α)), where the sum is at most 1.
  ///
  /// - SeeAlso: Jöhnk, Erzeugung von betaverteilten und gammaverteilten Zufallszahlen, 1964.
  private static func beta(_ alpha: Double, _ random: CounterRandom) -> Double {
    for attempt in 0..<UInt64(10_000) {
      // Never 0, whose logarithm is none.
      let u = log(Double(random.uniform(2 * attempt)) + 0x1p-25) / alpha
      let v = log(Double(random.uniform(2 * attempt + 1)) + 0x1p-25) / alpha
      guard exp(u) + exp(v) <= 1 else { continue }
      // By their difference: powers of small shares vanish.
      return 1 / (1 + exp(v - u))
    }
    return 0.5
  }

  /// - Parameters:
  ///   - examples: `count · size` values.
  ///   - size: values of an example.
  package func apply(to examples: UnsafeMutablePointer<Float>, count: Int, size: Int) {
    for index in 0..<count / 2 {
      // Safety: both are examples of the batch, and different ones.
      let (first, second) = (examples + index * size, examples + (count - 1 - index) * size)
      for place in 0..<size {
        let (a, b) = (first[place], second[place])
        first[place] = share * a + (1 - share) * b
        second[place] = share * b + (1 - share) * a
      }
    }
  }

  /// Loss and gradient by the labels of both examples of each pair; answers are right where they are
  /// those of the example itself.
  ///
  /// - Parameters: as for `SoftmaxCrossEntropy.evaluate`.
  package func evaluate(
    _ loss: SoftmaxCrossEntropy, _ logits: UnsafePointer<Float>,
    _ labels: UnsafeBufferPointer<Int32>, gradient: UnsafeMutablePointer<Float>,
    guesses: UnsafeMutablePointer<Int32>
  ) -> SoftmaxCrossEntropy.Tally {
    var own = loss.evaluate(logits, labels, gradient: gradient, guesses: guesses)
    let values = labels.count * loss.classes
    let other = Array(labels.reversed()).withUnsafeBufferPointer { labels in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: values) { second in
        // Safety: as many logits and guesses as labels, and a gradient for each logit.
        let tally = loss.evaluate(
          logits, labels, gradient: second.baseAddress!, guesses: guesses)
        for index in 0..<values {
          gradient[index] = share * gradient[index] + (1 - share) * second[index]
        }
        return tally
      }
    }
    let (mine, its) = (Double(share), Double(1 - share))
    own.loss = mine * own.loss + its * other.loss
    own.weight = mine * own.weight + its * other.weight
    return own
  }
}
