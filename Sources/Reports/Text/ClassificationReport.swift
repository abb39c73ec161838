/// What a classifier is worth: accuracy, and precision, recall and F1 of each class.
///
///     precision = true positives / answers      recall = true positives / support
///     F1 = 2 · precision · recall / (precision + recall)
///
/// A quotient with denominator 0 is 0, as in scikit-learn. The averages are over the classes:
/// macro each alike, weighted by support.
public struct ClassificationReport: Sendable, Equatable {
  /// The figures of one class, or an average of them.
  public struct Figures: Sendable, Equatable {
    public let precision: Double
    public let recall: Double
    public let f1: Double
    /// Examples of the class.
    public let support: Int
  }

  public let confusion: ConfusionMatrix
  /// `[classes]`
  public let perClass: [Figures]
  public let macro: Figures
  public let weighted: Figures
  /// Share of right answers, 0 without examples.
  public let accuracy: Double

  public init(_ confusion: ConfusionMatrix) {
    self.confusion = confusion
    let (support, answered) = (confusion.support, confusion.answered)
    let perClass = (0..<confusion.classes).map { index in
      let hits = Double(confusion[index, index])
      let precision = Self.quotient(hits, Double(answered[index]))
      let recall = Self.quotient(hits, Double(support[index]))
      return Figures(
        precision: precision, recall: recall,
        f1: Self.quotient(2 * precision * recall, precision + recall), support: support[index])
    }
    self.perClass = perClass
    let total = confusion.total
    func average(_ weight: (Figures) -> Double) -> Figures {
      let sum = perClass.reduce(0) { $0 + weight($1) }
      func mean(_ value: (Figures) -> Double) -> Double {
        Self.quotient(perClass.reduce(0) { $0 + weight($1) * value($1) }, sum)
      }
      return Figures(
        precision: mean(\.precision), recall: mean(\.recall), f1: mean(\.f1), support: total)
    }
    macro = average { _ in 1 }
    weighted = average { Double($0.support) }
    accuracy = Self.quotient(Double(confusion.correct), Double(total))
  }

  private static func quotient(_ numerator: Double, _ denominator: Double) -> Double {
    denominator == 0 ? 0 : numerator / denominator
  }

  /// The table: a line per class, then accuracy and averages.
  public func table(decimals: Int = 4) -> TextTable {
    var table = TextTable([
      .init("class"), .init("precision", .right), .init("recall", .right), .init("F1", .right),
      .init("support", .right),
    ])
    func add(_ name: String, _ figures: Figures) {
      table.add(
        [name]
          + [figures.precision, figures.recall, figures.f1].map { NumberText.fixed($0, decimals) }
          + [NumberText.grouped(figures.support)])
    }
    for (name, figures) in zip(confusion.classNames, perClass) { add(name, figures) }
    table.addRule()
    table.add([
      "accuracy", "", "", NumberText.fixed(accuracy, decimals),
      NumberText.grouped(confusion.total),
    ])
    add("macro average", macro)
    add("weighted average", weighted)
    return table
  }

  public var csv: String {
    func cells(_ name: String, _ figures: Figures) -> [String] {
      [name, "\(figures.precision)", "\(figures.recall)", "\(figures.f1)", "\(figures.support)"]
    }
    return CSV.text(
      headings: ["class", "precision", "recall", "f1", "support"],
      rows: zip(confusion.classNames, perClass).map(cells)
        + [cells("macro average", macro), cells("weighted average", weighted)])
  }

  public var json: JSON {
    func figures(_ name: String?, _ figures: Figures) -> JSON {
      .object(
        (name.map { [("class", .string($0))] } ?? []) + [
          ("precision", .number(figures.precision)), ("recall", .number(figures.recall)),
          ("f1", .number(figures.f1)), ("support", .integer(figures.support)),
        ])
    }
    return [
      "accuracy": .number(accuracy), "support": .integer(confusion.total),
      "classes": .array(zip(confusion.classNames, perClass).map { figures($0, $1) }),
      "macro_average": figures(nil, macro), "weighted_average": figures(nil, weighted),
      "confusion_matrix": confusion.json,
    ]
  }
}
