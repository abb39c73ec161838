import ConvNet
import Reports
import Testing
import Text

@Suite("ClassificationReport")
struct ClassificationReportTests {
  static let report = {
    var matrix = ConfusionMatrix(classes: 3)
    for (truth, guess) in zip([0, 1, 2, 2, 2], [0, 0, 2, 2, 1]) {
      matrix.add(truth: truth, guess: guess)
    }
    return ClassificationReport(matrix, classNames: ["class 0", "class 1", "class 2"])
  }()

  /// The example in the documentation of scikit-learn's `classification_report`.
  @Test("the figures are those of scikit-learn")
  func figures() {
    #expect(
      Self.report.table(decimals: 2).text() == """
        class             precision  recall    F1  support
        ──────────────────────────────────────────────────
        class 0                0.50    1.00  0.67        1
        class 1                0.00    0.00  0.00        1
        class 2                1.00    0.67  0.80        3
        ──────────────────────────────────────────────────
        accuracy                             0.60        5
        macro average          0.50    0.56  0.49        5
        weighted average       0.70    0.60  0.61        5

        """)
  }

  @Test("the confusion matrix has one row per true class")
  func confusion() {
    #expect(Self.report.confusion.counts == [1, 0, 0, 1, 0, 0, 0, 1, 2])
    #expect(Self.report.confusion.scores.map(\.support) == [1, 1, 3])
    #expect(
      Self.report.confusionTable().text() == """
        true \\ predicted  class 0  class 1  class 2
        ───────────────────────────────────────────
        class 0                 1        0        0
        class 1                 1        0        0
        class 2                 0        1        2

        """)
  }

  @Test("no examples give zeros, not errors")
  func empty() {
    let report = ClassificationReport(ConfusionMatrix(classes: 2), classNames: ["a", "b"])
    #expect(report.json.line.hasPrefix(#"{"accuracy": 0.0, "support": 0"#))
    #expect(report.table().rows.last == ["weighted average", "0.0000", "0.0000", "0.0000", "0"])
  }

  @Test("JSON holds the figures and the matrix")
  func json() {
    #expect(Self.report.json.line.hasPrefix(#"{"accuracy": 0.6, "support": 5, "classes": [{"#))
    #expect(
      Self.report.json.line.hasSuffix(#""confusion_matrix": [[1, 0, 0], [1, 0, 0], [0, 1, 2]]}"#))
  }
}
