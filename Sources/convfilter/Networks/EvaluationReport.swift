import ConvNet
import Raster
import Reports
import Text

/// What an evaluation says, for people and for programs.
struct EvaluationReport {
  /// `test`, `train`.
  let name: String
  let evaluation: Evaluation
  let report: ClassificationReport
  private let classNames: [String]

  init(_ name: String, _ evaluation: Evaluation, classNames: [String]) {
    self.name = name
    self.evaluation = evaluation
    self.classNames = classNames
    report = ClassificationReport(evaluation.confusion, classNames: classNames.map(\.visible))
  }

  /// `test: accuracy 65.43 % (support 10,000), loss 0.9876, top five 96.5 %`.
  var headline: String {
    let support = evaluation.confusion.total
    var text =
      "\(name): accuracy \(NumberText.percent(evaluation.accuracy, decimals: 2)) (support "
      + "\(NumberText.grouped(support))), loss \(NumberText.fixed(evaluation.loss, 4))"
    if let topFive = evaluation.topFive {
      text += ", among the top five \(NumberText.percent(topFive, decimals: 2))"
    }
    return text
  }

  /// Headline, figures of each class, and the confusion matrix up to 40 classes.
  var text: String {
    var text = headline + "\n\n" + report.table().text()
    if report.confusion.classes <= 40 {
      text += "\nConfusion matrix (rows: true class, columns: answer)\n\n"
      text += report.confusionTable().text()
    }
    let pairs = evaluation.confusion.mostConfused(5)
    if report.confusion.classes > 2, !pairs.isEmpty {
      text += "\nMost often confused\n\n"
      for pair in pairs {
        let support = report.confusion.score(pair.truth).support
        text +=
          "\(classNames[pair.truth].visible) taken for \(classNames[pair.guess].visible): "
          + "\(NumberText.grouped(pair.count)) of \(NumberText.grouped(support))\n"
      }
    }
    return text
  }

  var json: JSON {
    var members: [(String, JSON)] = [("split", .string(name)), ("loss", .number(evaluation.loss))]
    if let topFive = evaluation.topFive { members.append(("top_five", .number(topFive))) }
    members.append(("report", report.json))
    let pairs = evaluation.confusion.mostConfused(10).map { pair -> JSON in
      [
        "truth": .string(classNames[pair.truth]), "answer": .string(classNames[pair.guess]),
        "count": .integer(pair.count),
      ]
    }
    members.append(("most_confused", .array(pairs)))
    return .object(members)
  }
}
