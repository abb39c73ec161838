import ConvNet
import Raster
import Reports

/// What an evaluation says, for people and for programs.
struct EvaluationReport {
  /// `test`, `train`.
  let name: String
  let evaluation: Evaluation
  let report: ClassificationReport

  init(_ name: String, _ evaluation: Evaluation, classNames: [String]) {
    self.name = name
    self.evaluation = evaluation
    report = ClassificationReport(
      Reports.ConfusionMatrix(
        classNames: classNames.map(\.visible), counts: evaluation.confusion.counts))
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
      text += report.confusion.table().text()
    }
    return text
  }

  var json: JSON {
    var members: [(String, JSON)] = [("split", .string(name)), ("loss", .number(evaluation.loss))]
    if let topFive = evaluation.topFive { members.append(("top_five", .number(topFive))) }
    members.append(("report", report.json))
    return .object(members)
  }
}
