import ConvNet
import Testing

@Suite("Metrics")
struct MetricsTests {
  /// Three classes, nine examples: scikit-learn's classification_report gives these numbers.
  static let matrix = {
    var matrix = ConfusionMatrix(classes: 3)
    for (truth, guess) in zip([0, 0, 0, 0, 1, 1, 1, 2, 2], [0, 0, 1, 2, 1, 1, 0, 2, 0]) {
      matrix.add(truth: truth, guess: guess)
    }
    return matrix
  }()

  func close(_ first: Double, _ second: Double) -> Bool { abs(first - second) < 1e-12 }

  @Test("precision, recall, F1 and support of each class")
  func scores() {
    let scores = Self.matrix.scores
    #expect(scores.map(\.support) == [4, 3, 2])
    let shares: [Double] = [0.5, 2.0 / 3, 0.5]
    #expect(zip(scores.map(\.precision), shares).allSatisfy(close))
    #expect(zip(scores.map(\.recall), shares).allSatisfy(close))
    #expect(zip(scores.map(\.f1), shares).allSatisfy(close))
    #expect(close(Self.matrix.accuracy, 5.0 / 9))
  }

  @Test("averages count classes alike, or by support")
  func averages() {
    #expect(close(Self.matrix.macroAverage.recall, (0.5 + 2.0 / 3 + 0.5) / 3))
    #expect(close(Self.matrix.weightedAverage.recall, 5.0 / 9))
    #expect(Self.matrix.macroAverage.support == 9)
  }

  @Test("a class that is never guessed and never there scores 0")
  func empty() {
    var matrix = ConfusionMatrix(classes: 2)
    matrix.add(truth: 0, guess: 0)
    let score = matrix.score(1)
    #expect([score.precision, score.recall, score.f1] == [0, 0, 0])
    #expect(score.support == 0)
    #expect(ConfusionMatrix(classes: 2).accuracy == 0)
  }

  @Test("the macro average leaves out a class that nobody has and nobody is taken for")
  func absent() {
    var matrix = ConfusionMatrix(classes: 4)
    matrix.add(truth: 0, guess: 0)
    matrix.add(truth: 1, guess: 1)
    // scikit-learn: 1.00.
    #expect(matrix.macroAverage.recall == 1 && matrix.macroAverage.f1 == 1)
    // A class that is guessed counts, though nobody has it.
    matrix.add(truth: 0, guess: 2)
    #expect(close(matrix.macroAverage.recall, (0.5 + 1 + 0) / 3))
    #expect(close(matrix.macroAverage.precision, (1.0 + 1 + 0) / 3))
  }

  @Test("the softmax of large numbers stays finite")
  func softmax() {
    #expect(SoftmaxCrossEntropy.softmax([1000, 1000, -1000]) == [0.5, 0.5, 0])
  }
}
