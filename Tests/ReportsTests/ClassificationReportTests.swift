import Reports
import Testing

@Suite("ClassificationReport")
struct ClassificationReportTests {
  static let report = ClassificationReport(
    ConfusionMatrix(
      classNames: ["class 0", "class 1", "class 2"], truth: [0, 1, 2, 2, 2],
      answers: [0, 0, 2, 2, 1]))

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
    #expect(Self.report.confusion.support == [1, 1, 3])
    #expect(Self.report.confusion.answered == [2, 1, 2])
    #expect(
      Self.report.confusion.csv
        == "true,class 0,class 1,class 2\nclass 0,1,0,0\nclass 1,1,0,0\nclass 2,0,1,2\n")
    #expect(
      Self.report.confusion.table().text() == """
        true \\ predicted  class 0  class 1  class 2
        ───────────────────────────────────────────
        class 0                 1        0        0
        class 1                 1        0        0
        class 2                 0        1        2

        """)
  }

  @Test("no examples give zeros, not errors")
  func empty() {
    let report = ClassificationReport(
      ConfusionMatrix(classNames: ["a", "b"], counts: [0, 0, 0, 0]))
    #expect(report.accuracy == 0 && report.macro.f1 == 0 && report.weighted.precision == 0)
  }

  @Test("JSON holds the figures and the matrix")
  func json() {
    #expect(Self.report.json.line.hasPrefix(#"{"accuracy": 0.6, "support": 5, "classes": [{"#))
    #expect(
      Self.report.json.line.hasSuffix(#""confusion_matrix": [[1, 0, 0], [1, 0, 0], [0, 1, 2]]}"#))
  }
}
