import ArgumentParser
import ConvNet
import Datasets
import ImageCodecs
import KernelLanguage
import Raster
import Reports

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What remains to be done after the last step: files, figures, and a report.
struct TrainingConclusion {
  let plan: TrainingPlanner
  let settings: TrainingSettings
  let result: TrainingResult
  let source: DatasetChoice
  let diagnostics: Diagnostics
  let team: ThreadTeam

  /// - Throws: an `ExitCode` when the training did not end by itself.
  func write(json: Bool) throws {
    if case .cancelled(let step) = result.end {
      diagnostics.note(
        "stopped after step \(NumberText.grouped(step)); the state is in "
          + "\(plan.files.checkpoint). Go on with:\n"
          + "  convfilter train \(source.words) --resume "
          + ShellText.quoted("\(plan.files.checkpoint)"))
      throw ExitCode(ExitStatus.interrupted)
    }
    let usesBest = plan.data.choosesBest && result.bestEpoch != nil
    let model = usesBest ? result.best : result.last
    try NetworkFile.write(
      ModelFile.encode(model), to: plan.files.model, replacing: true, durable: true)
    if case .nonFinite(let step) = result.end {
      throw CommandFailure(
        "training failed at step \(NumberText.grouped(step)): the loss is no longer a number; the "
          + "last good model is in \(plan.files.model). Use a lower --rate, or --clip 1",
        at: plan.modelName)
    }
    if usesBest, let epoch = result.bestEpoch, epoch + 1 < result.history.count {
      diagnostics.note("the best epoch was \(epoch + 1); its model is kept")
    }
    let reports = try evaluate(model)
    try writeFigures(reports)
    plan.files.checkpoint.withCString { _ = unlink($0) }
    if json {
      NetworkReportArguments.print(jsonReport(reports).line + "\n")
    } else {
      NetworkReportArguments.print(text(reports))
    }
    diagnostics.note(
      "model: \(plan.files.model)\nfigures: \(plan.files.curves), \(plan.files.confusion), "
        + "\(plan.files.report)")
  }

  private func evaluate(_ model: Model) throws -> [EvaluationReport] {
    let evaluator = Evaluator(model, team: team)
    return try plan.data.parts.map { part in
      let examples = ImageExamples(
        part.images, classes: model.classNames.count, normalization: model.normalization,
        augmentation: Augmentation(crop: plan.augmentation.crop))
      let bar = ProgressBar(diagnostics, total: examples.count, unit: "\(part.name) images")
      defer { bar.finish() }
      let evaluation = try evaluator.evaluate(examples) { done in
        bar.reach(done)
        return true
      }
      guard let evaluation else { preconditionFailure("nobody stops this evaluation") }
      return EvaluationReport(part.name, evaluation, classNames: model.classNames)
    }
  }

  private func text(_ reports: [EvaluationReport]) -> String {
    guard let last = reports.last else { return "" }
    return reports.dropLast().map { $0.headline + "\n" }.joined() + last.text
  }

  private func jsonReport(_ reports: [EvaluationReport]) -> JSON {
    .object([
      ("model", .string("\(plan.files.model)")), ("architecture", .string(plan.modelName)),
      ("data_set", .string(plan.data.dataset.name)),
      ("epochs", .integer(result.history.count)),
      ("seconds", .number(result.history.reduce(0) { $0 + $1.seconds })),
      ("evaluations", .array(reports.map(\.json))),
    ])
  }

  private func writeFigures(_ reports: [EvaluationReport]) throws {
    let title = "\(plan.modelName) on \(plan.data.dataset.name)"
    let history = result.history
    let curves = TrainingCurves(
      title: title, trainLoss: history.map(\.loss),
      testLoss: history.map { $0.validationLoss ?? .nan },
      trainAccuracy: history.map(\.accuracy),
      testAccuracy: history.map { $0.validationAccuracy ?? .nan },
      testName: plan.data.heldOutName)
    let curvesPicture = curves.picture()
    try NetworkFile.write(curvesPicture, to: plan.files.curves, replacing: true)
    var page = HTMLReport(title: title)
    let summary = ModelSummary(plan.modelName, Summary(result.last.network))
    page.add("Model", [.lines(summary.text())])
    page.add(
      "Training",
      [
        .paragraph(
          "\(NumberText.grouped(settings.epochs)) epochs at most, batch \(settings.batch), seed "
            + "\(settings.seed), augmentation \(AugmentationValue(plan.augmentation).text), "
            + settings.text),
        .table(Self.table(history, heldOut: plan.data.heldOutName)),
        .picture(png: try encodePNG(curvesPicture), text: "Loss and accuracy", width: 1120),
      ])
    for report in reports {
      var blocks: [HTMLReport.Block] = [
        .paragraph(report.headline), .table(report.report.table()),
      ]
      if report.report.confusion.classes <= 200 {
        let picture = report.report.confusion.picture(title: "\(title): \(report.name)")
        blocks.append(
          .picture(
            png: try encodePNG(picture), text: "Confusion matrix",
            width: picture.format.width / 2))
        if report.name == reports.last?.name {
          try NetworkFile.write(picture, to: plan.files.confusion, replacing: true)
        }
      }
      page.add(report.name.prefix(1).uppercased() + report.name.dropFirst(), blocks)
    }
    try NetworkFile.write(Array(page.text.utf8), to: plan.files.report, replacing: true)
  }

  private static func table(_ history: [EpochReport], heldOut: String) -> TextTable {
    var table = TextTable([
      .init("epoch", .right), .init("loss", .right), .init("accuracy", .right),
      .init("\(heldOut) loss", .right), .init("\(heldOut) accuracy", .right),
      .init("seconds", .right),
    ])
    for report in history {
      table.add([
        String(report.epoch + 1), NumberText.fixed(report.loss, 4),
        NumberText.percent(report.accuracy),
        report.validationLoss.map { NumberText.fixed($0, 4) } ?? "",
        report.validationAccuracy.map { NumberText.percent($0) } ?? "",
        NumberText.fixed(report.seconds, 1),
      ])
    }
    return table
  }
}
