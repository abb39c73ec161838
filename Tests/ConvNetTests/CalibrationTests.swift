import ConvNet
import Random
import Testing

@Suite("Calibration and threshold curves")
struct CalibrationTests {
  /// Probabilities of the second of two classes; scikit-learn 1.9 gives the areas, NumPy the error:
  ///
  ///     roc_auc_score(y, p), average_precision_score(y, p)
  ///     b = ceil(10·conf) − 1; Σ_b mean(b)·|mean(right[b]) − mean(conf[b])|
  static let probabilities: [Float] = [
    0.1, 0.4, 0.35, 0.8, 0.8, 0.65, 0.2, 0.9, 0.4, 0.55, 0.05, 1.0,
  ]
  static let truths = [0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1]

  @Test("areas and calibration error are scikit-learn's and NumPy's")
  func goldens() throws {
    let curves = try #require(
      ThresholdCurves(probabilities: Self.probabilities, isPositive: Self.truths.map { $0 == 1 }))
    #expect(abs(curves.rocArea - 0.8055555555555556) < 1e-12)
    #expect(abs(curves.averagePrecision - 0.8069444444444444) < 1e-12)
    // Equal probabilities are one point; the last calls everything positive.
    #expect(curves.points.count == 10)
    let last = try #require(curves.points.last)
    #expect(curves.recall(last) == 1 && curves.fallOut(last) == 1 && curves.precision(last) == 0.5)
    var calibration = Calibration()
    for (p, truth) in zip(Self.probabilities, Self.truths) {
      calibration.add(probability: max(p, 1 - p), isRight: (p > 0.5 ? 1 : 0) == truth)
    }
    #expect(abs(calibration.error - 0.10833333432674407) < 1e-9)
    #expect(calibration.bins.reduce(0) { $0 + $1.count } == 12)
  }

  @Test("the ROC area is the chance to rank a pair rightly, and thinned curves keep their ends")
  func pairs() throws {
    for seed in 0..<20 {
      let random = CounterRandom(key: UInt64(seed))
      let count = 2 + random.below(200, at: 0)
      let values = (0..<count).map { Float(random.below(30, at: UInt64(2 * $0 + 1))) / 30 }
      var isPositive = (0..<count).map { random.coin(UInt64(2 * $0 + 2)) }
      (isPositive[0], isPositive[1]) = (true, false)
      var (right, all) = (0.0, 0.0)
      for p in 0..<count where isPositive[p] {
        for n in 0..<count where !isPositive[n] {
          all += 1
          right += values[p] > values[n] ? 1 : values[p] == values[n] ? 0.5 : 0
        }
      }
      let curves = try #require(ThresholdCurves(probabilities: values, isPositive: isPositive))
      #expect(abs(curves.rocArea - right / all) < 1e-12)
      let thin = curves.thinned(to: 5)
      #expect(thin.count <= 5 && thin.first == curves.points.first)
      #expect(thin.last == curves.points.last)
    }
  }

  @Test("what cannot be judged is not: one class alone, no numbers, no answers")
  func nothing() {
    #expect(ThresholdCurves(probabilities: [0.1, 0.2], isPositive: [true, true]) == nil)
    #expect(ThresholdCurves(probabilities: [.nan, 0.2], isPositive: [true, false]) == nil)
    #expect(ThresholdCurves(probabilities: [], isPositive: []) == nil)
    var calibration = Calibration()
    #expect(calibration.error == 0)
    calibration.add(probability: .nan, isRight: true)
    #expect(calibration.error == 0)
    calibration.add(probability: 0, isRight: false)
    calibration.add(probability: 1, isRight: true)
    #expect(
      calibration.error == 0 && calibration.bins[0].count == 1 && calibration.bins[9].count == 1)
  }
}
