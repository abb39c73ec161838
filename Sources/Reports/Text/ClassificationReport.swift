import ConvNet
import Raster
import Text

/// What a classifier is worth: accuracy, precision, recall and F1 of each class, and which class it
/// took for which.
public struct ClassificationReport: Sendable, Equatable {
  public let confusion: ConfusionMatrix
  /// One a class, as it is shown.
  public let classNames: [String]
  /// As it is.
  private let names: [String]

  public init(_ confusion: ConfusionMatrix, classNames: [String]) {
    precondition(classNames.count == confusion.classes, "a name for each class")
    self.confusion = confusion
    self.classNames = classNames.map(\.visible)
    names = classNames
  }

  /// The table: a line per class, then accuracy and averages.
  public func table(decimals: Int = 4) -> TextTable {
    var table = TextTable([
      .init("class"), .init("precision", .right), .init("recall", .right), .init("F1", .right),
      .init("support", .right),
    ])
    func add(_ name: String, _ score: ConfusionMatrix.ClassScore) {
      table.add(
        [name]
          + [score.precision, score.recall, score.f1].map { NumberText.fixed($0, decimals) }
          + [NumberText.grouped(score.support)])
    }
    for (name, score) in zip(classNames, confusion.scores) { add(name, score) }
    table.addRule()
    table.add([
      "accuracy", "", "", NumberText.fixed(confusion.accuracy, decimals),
      NumberText.grouped(confusion.total),
    ])
    add("macro average", confusion.macroAverage)
    add("weighted average", confusion.weightedAverage)
    return table
  }

  /// The confusion matrix as a table, truth down, answers across.
  public func confusionTable() -> TextTable {
    var table = TextTable([.init("true \\ predicted")] + classNames.map { .init($0, .right) })
    for (truth, name) in classNames.enumerated() {
      table.add(
        [name] + classNames.indices.map { NumberText.grouped(confusion[truth, $0]) })
    }
    return table
  }

  public var json: JSON {
    func object(_ name: String?, _ score: ConfusionMatrix.ClassScore) -> JSON {
      .object(
        (name.map { [("class", .string($0))] } ?? []) + [
          ("precision", .number(score.precision)), ("recall", .number(score.recall)),
          ("f1", .number(score.f1)), ("support", .integer(score.support)),
        ])
    }
    return [
      "accuracy": .number(confusion.accuracy), "support": .integer(confusion.total),
      "classes": .array(zip(names, confusion.scores).map { object($0, $1) }),
      "macro_average": object(nil, confusion.macroAverage),
      "weighted_average": object(nil, confusion.weightedAverage),
      "confusion_matrix": .array(
        classNames.indices.map { truth in
          .array(classNames.indices.map { .integer(confusion[truth, $0]) })
        }),
    ]
  }
}
