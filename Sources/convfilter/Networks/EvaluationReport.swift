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
  /// The mistakes, the surest first.
  let mistakes: [Answer]
  /// Images of the part, of which the evaluation may be of some.
  private let images: Int
  private let classNames: [String]

  /// - Parameters:
  ///   - images: of the whole part.
  ///   - mistakes: in any order.
  init(
    _ name: String, _ evaluation: Evaluation, of images: Int, classNames: [String],
    mistakes: [Answer]
  ) {
    self.name = name
    self.images = images
    // Equal ones keep the order of the data.
    self.mistakes = mistakes.sorted {
      ($1.probability, $0.example) < ($0.probability, $1.example)
    }
    self.evaluation = evaluation
    self.classNames = classNames
    report = ClassificationReport(evaluation.confusion, classNames: classNames)
  }

  /// `test: accuracy 65.43 % (support 10,000), loss 0.9876, top five 96.5 %`.
  var headline: String {
    let support = evaluation.confusion.total
    var text =
      "\(name): accuracy \(NumberText.percent(evaluation.accuracy, decimals: 2)) (support "
      + NumberText.grouped(support)
      + (support < images ? " of \(NumberText.grouped(images))" : "")
      + "), loss \(NumberText.fixed(evaluation.loss, 4))"
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
    text +=
      "\nCalibration error \(NumberText.percent(evaluation.calibration.error, decimals: 2)): so far "
      + "probabilities are from the share of right answers\n"
    if let curves = evaluation.curves {
      text +=
        "Telling \(classNames[1].visible) from \(classNames[0].visible): area below the ROC curve "
        + "\(NumberText.fixed(curves.rocArea, 4)), average precision "
        + "\(NumberText.fixed(curves.averagePrecision, 4))\n"
    }
    return text
  }

  /// Reliability, and for two classes ROC, precision and recall.
  var charts: EvaluationCharts { EvaluationCharts(evaluation, classNames: report.classNames) }

  var json: JSON {
    var members: [(String, JSON)] = [
      ("split", .string(name)), ("loss", .number(evaluation.loss)), ("images", .integer(images)),
    ]
    if let topFive = evaluation.topFive { members.append(("top_five", .number(topFive))) }
    members.append(("report", report.json))
    let pairs = evaluation.confusion.mostConfused(10).map { pair -> JSON in
      [
        "truth": .string(classNames[pair.truth]), "answer": .string(classNames[pair.guess]),
        "count": .integer(pair.count),
      ]
    }
    members.append(("most_confused", .array(pairs)))
    members.append(("calibration", calibration))
    if let curves = evaluation.curves { members.append(("curves", json(curves))) }
    return .object(members)
  }

  private var calibration: JSON {
    let bins = evaluation.calibration.bins
    return [
      "error": .number(evaluation.calibration.error),
      "bins": .array(
        bins.enumerated().map { index, bin in
          [
            "from": .number(Double(index) / Double(bins.count)),
            "to": .number(Double(index + 1) / Double(bins.count)), "count": .integer(bin.count),
            "probability": .number(bin.probability), "accuracy": .number(bin.accuracy),
          ]
        }),
    ]
  }

  private func json(_ curves: ThresholdCurves) -> JSON {
    [
      "positive": .string(classNames[1]), "roc_area": .number(curves.rocArea),
      "average_precision": .number(curves.averagePrecision),
      "points": .array(
        curves.thinned(to: 1000).map { point in
          [
            "threshold": .number(Double(point.threshold)), "recall": .number(curves.recall(point)),
            "false_positive_rate": .number(curves.fallOut(point)),
            "precision": .number(curves.precision(point)),
          ]
        }),
    ]
  }
}
