#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Softmax and cross-entropy over rows of logits, with smoothed labels and class weights.
///
///     p = softmax(logits);  t = (1 − s)·onehot(label) + s/classes
///     loss = − w[label] · Σ t·ln p;  gradient = scale · w[label] · (p − t)
public struct SoftmaxCrossEntropy: Sendable, Hashable {
  /// Columns (≥ 1).
  public var classes: Int
  /// Share of the label spread over all classes, 0..<1.
  public var smoothing: Float
  /// One weight a class (≥ 0), or nil for 1 each.
  public var weights: [Float]?

  public init(classes: Int, smoothing: Float = 0, weights: [Float]? = nil) {
    precondition(
      classes >= 1 && (weights == nil || weights!.count == classes), "one weight a class")
    self.classes = classes
    self.smoothing = smoothing
    self.weights = weights
  }

  /// - Parameters:
  ///   - logits: rows · classes.
  ///   - labels: rows, each below `classes`.
  ///   - scale: factor of the gradient, usually 1/rows.
  ///   - gradient: rows · classes, written, or nil; may be `logits` itself.
  /// - Returns: the sum of the (weighted) losses, and how many labels have the largest logit.
  public func callAsFunction(
    rows: Int, logits: UnsafePointer<Float>, labels: UnsafePointer<UInt8>, scale: Float,
    gradient: UnsafeMutablePointer<Float>?
  ) -> (loss: Double, correct: Int) {
    var loss = 0.0
    var correct = 0
    var p = [Float](repeating: 0, count: classes)
    for row in 0..<rows {
      let logits = logits + row * classes
      let label = Int(labels[row])
      precondition(label < classes, "labels are below the number of classes")
      let weight = weights?[label] ?? 1
      var best = 0
      for k in 1..<max(classes, 1) where logits[k] > logits[best] { best = k }
      if best == label { correct += 1 }
      let top = logits[best]
      var sum: Float = 0
      var mean: Float = 0
      let own = logits[label]
      for k in 0..<classes {
        p[k] = expf(logits[k] - top)
        sum += p[k]
        mean += logits[k]
      }
      // − Σ t·ln p = ln Σe − (1 − s)·logit[label] − s·mean logit.
      let log = logf(sum) + top
      let target = (1 - smoothing) * own + smoothing * mean / Float(classes)
      loss += Double(weight * (log - target))
      guard let gradient else { continue }
      let rowGradient = gradient + row * classes
      let even = smoothing / Float(classes)
      for k in 0..<classes {
        let t = even + (k == label ? 1 - smoothing : 0)
        rowGradient[k] = scale * weight * (p[k] / sum - t)
      }
    }
    return (loss, correct)
  }

  /// Probabilities, row by row; `probabilities` may be `logits` itself.
  public static func softmax(
    rows: Int, classes: Int, logits: UnsafePointer<Float>,
    probabilities: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      let logits = logits + row * classes
      let out = probabilities + row * classes
      var top = logits[0]
      for k in 1..<max(classes, 1) { top = max(top, logits[k]) }
      var sum: Float = 0
      for k in 0..<classes {
        out[k] = expf(logits[k] - top)
        sum += out[k]
      }
      for k in 0..<classes { out[k] /= sum }
    }
  }
}
