/// How well one probability tells two classes apart, whatever threshold is laid upon it.
///
/// What has at least the threshold is called positive. From the highest threshold to the lowest, equal
/// probabilities together:
///
///     ROC                 true positives/positives over false positives/negatives
///     precision, recall   true positives/called positive over true positives/positives
public struct ThresholdCurves: Sendable, Hashable {
  public struct Point: Sendable, Hashable {
    /// The least probability that is called positive.
    public var threshold: Float
    public var truePositives: Int
    public var falsePositives: Int
  }

  /// Thresholds from the highest to the lowest; the last calls everything positive.
  public let points: [Point]
  /// Examples of either class (≥ 1).
  public let positives: Int
  public let negatives: Int

  /// - Parameters:
  ///   - probabilities: of the positive class, one an example.
  ///   - isPositive: one an example.
  /// - Returns: nil where there are no examples of one of the classes, or probabilities are no numbers.
  public init?(probabilities: [Float], isPositive: [Bool]) {
    precondition(probabilities.count == isPositive.count, "a truth for each probability")
    positives = isPositive.count { $0 }
    negatives = isPositive.count - positives
    guard positives > 0, negatives > 0, probabilities.allSatisfy(\.isFinite) else { return nil }
    var points: [Point] = []
    var (hits, alarms) = (0, 0)
    for index in probabilities.indices.sorted(by: { probabilities[$0] > probabilities[$1] }) {
      if isPositive[index] { hits += 1 } else { alarms += 1 }
      let point = Point(
        threshold: probabilities[index], truePositives: hits, falsePositives: alarms)
      if points.last?.threshold == point.threshold { points.removeLast() }
      points.append(point)
    }
    self.points = points
  }

  /// Of the examples that are positive, the share that is called so.
  public func recall(_ point: Point) -> Double { Double(point.truePositives) / Double(positives) }

  /// Of the examples that are negative, the share that is called positive.
  public func fallOut(_ point: Point) -> Double { Double(point.falsePositives) / Double(negatives) }

  /// Of the examples that are called positive, the share that is.
  public func precision(_ point: Point) -> Double {
    Double(point.truePositives) / Double(point.truePositives + point.falsePositives)
  }

  /// The area below the ROC curve, by trapezoids: the chance that a positive example has a higher
  /// probability than a negative one, equal ones counting half.
  ///
  /// - SeeAlso: scikit-learn's `roc_auc_score`.
  public var rocArea: Double {
    var (area, recall, fallOut) = (0.0, 0.0, 0.0)
    for point in points {
      area += (self.fallOut(point) - fallOut) * (self.recall(point) + recall) / 2
      (recall, fallOut) = (self.recall(point), self.fallOut(point))
    }
    return area
  }

  /// The area below the precision-recall curve, by steps: Σ (recall − recall before) · precision.
  ///
  /// - SeeAlso: scikit-learn's `average_precision_score`.
  public var averagePrecision: Double {
    var (area, recall) = (0.0, 0.0)
    for point in points {
      area += (self.recall(point) - recall) * precision(point)
      recall = self.recall(point)
    }
    return area
  }

  /// At most `limit` points that draw the curves: all, or evenly spread ones with both ends.
  public func thinned(to limit: Int) -> [Point] {
    precondition(limit >= 2, "both ends")
    if points.count <= limit { return points }
    return (0..<limit).map { points[$0 * (points.count - 1) / (limit - 1)] }
  }
}
