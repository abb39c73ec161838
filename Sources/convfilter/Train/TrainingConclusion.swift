import ArgumentParser
import ConvNet
import Datasets
import ImageCodecs
import KernelLanguage
import Libc
import Raster
import Reports
import Text

/// What remains to be done after the last step: files, figures, and a report.
struct TrainingConclusion {
  let plan: TrainingPlanner
  let settings: TrainingSettings
  let result: TrainingResult
  let diagnostics: Diagnostics
  let team: ThreadTeam
  /// Whether files that exist give way.
  let force: Bool
  /// Whether the report is written all along.
  let isWatched: Bool
  /// The command that goes on from the checkpoint.
  let continuation: String
  /// The processes that judge the model together.
  var ranks: (any RankLink)?

  /// - Throws: an `ExitCode` when the training did not end by itself.
  func write(json: Bool) throws {
    if case .cancelled(let step) = result.end {
      endWatch(
        "Stopped after step \(NumberText.grouped(step))", continuation: continuation)
      diagnostics.note(
        "stopped after step \(NumberText.grouped(step)); the state is in "
          + "\(plan.files.checkpoint). Go on with:\n"
          + "  " + continuation)
      throw ExitCode(StopRequest.exitStatus)
    }
    if case .nonFinite(let step) = result.end {
      endWatch("Failed at step \(NumberText.grouped(step)): the loss is no longer a number")
      throw try failure(at: step)
    }
    if let reason = result.stopReason { diagnostics.note(reason) }
    if usesBest, let choice = result.choice { diagnostics.note(choice) }
    let reports = try evaluate(model)
    do {
      try publish(ModelFile.encode(plan.whole(model)), to: plan.files.model, durable: true)
      try writeFigures(reports)
    } catch let failure as CommandFailure {
      throw CommandFailure(
        failure.message
          + ". The training is complete and kept in \(plan.files.checkpoint); write its "
          + "results with:\n  " + continuation, at: failure.place)
    }
    try keepLast()
    if json {
      try StandardOutput.write(jsonReport(reports).line + "\n")
    } else if !diagnostics.isQuiet {
      try StandardOutput.write(text(reports))
    }
    diagnostics.note(
      "model: \(plan.files.model)\nlast state: \(plan.files.last)\nfigures: \(plan.files.curves), \(plan.files.confusion), "
        + "\(plan.files.report)")
  }

  /// What a process does that writes nothing.
  func follow() throws {
    switch result.end {
    case .finished, .stoppedEarly: _ = try evaluate(model)
    case .cancelled, .nonFinite: return
    }
  }

  private var usesBest: Bool { plan.data.choosesBest && result.bestEpoch != nil }
  private var model: Model { usesBest ? result.best : result.last }

  /// Ends a training whose loss is no longer a number: what was good of it is kept, but never in the
  /// place of an earlier model.
  private func failure(at step: Int) throws -> CommandFailure {
    let what =
      "training failed at step \(NumberText.grouped(step)): the loss is no longer a number; "
    // Such a decay, and not the rate, takes away more than the whole weight in a step.
    let decays =
      settings.weightDecay >= 1 && Double(settings.weightDecay) * Double(settings.rate) >= 1
    let remedy = decays ? ". Use a lower --decay" : ". Use a lower --rate, or --clip 1"
    guard !result.history.isEmpty else {
      removeCheckpoint()
      return CommandFailure(
        what + "no epoch had ended, so no model is written" + remedy, at: plan.modelName)
    }
    if try FileStatus(plan.files.model) != nil {
      return CommandFailure(
        what + "\(plan.files.model) stays as it was, the last good weights are in "
          + "\(plan.files.checkpoint) (a model, too)" + remedy, at: plan.modelName)
    }
    try publish(ModelFile.encode(plan.whole(result.last)), to: plan.files.model, durable: true)
    removeCheckpoint()
    return CommandFailure(
      what + "the model of epoch \(result.history.count), the last good one, is in "
        + "\(plan.files.model)" + remedy, at: plan.modelName)
  }

  /// The last checkpoint becomes the state from which more epochs go on.
  private func keepLast() throws {
    let failure = plan.files.checkpoint.renamed(
      to: plan.files.last, replacing: force || plan.goesOnFromLast)
    // Where an earlier end of this run was killed behind this line, it is there already.
    if failure != 0, failure != ENOENT {
      throw CommandFailure(
        "cannot be renamed to \(plan.files.last): \(String(cString: strerror(failure)))",
        at: "\(plan.files.checkpoint)")
    }
  }

  private func removeCheckpoint() { plan.files.checkpoint.withCString { _ = unlink($0) } }

  /// Writes a result; what a run that was killed here had written already is the same.
  ///
  /// - Parameter isOwn: whether what stands there is this run's.
  private func publish(
    _ bytes: [UInt8], to path: FilePath, durable: Bool = false, isOwn: Bool = false
  ) throws {
    if !force, let written = try? OpenFile(path).contents(limit: bytes.count), written == bytes {
      return
    }
    try NetworkFile.write(bytes, to: path, replacing: force || isOwn, durable: durable)
  }

  private func evaluate(_ model: Model) throws -> [EvaluationReport] {
    // The features of a frozen part are no pictures that could be mirrored.
    let views = plan.frozen == nil ? settings.views : .one
    return try plan.data.parts.map { part in
      // The images that were learnt from are many, and say less: one view of each is enough.
      let isLearnt = part.name == "train"
      let evaluator = Evaluator(
        model, views: isLearnt ? .one : views, precision: settings.precision, team: team,
        ranks: ranks)
      // Features of a frozen part are there already.
      let images = isLearnt && plan.frozen == nil ? plan.data.judgedPartOfTrain : part.images
      let examples = try plan.examples(
        part.name, images, Augmentation(crop: plan.augmentation.crop), team: team, ranks: ranks)
      let bar = ProgressBar(diagnostics, total: examples.count, unit: "\(part.name) images")
      defer { bar.finish() }
      var wrong: [Answer] = []
      let evaluation = try evaluator.evaluate(
        examples,
        progress: { done in
          bar.reach(done)
          return true
        }, onAnswer: { if $0.guess != $0.truth { wrong.append($0) } })
      guard let evaluation else { preconditionFailure("nobody stops this evaluation") }
      return EvaluationReport(
        part.name, evaluation, of: part.images.count, classNames: model.classNames, mistakes: wrong)
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
      ("waited", .number(result.history.reduce(0) { $0 + $1.waited })),
      ("evaluations", .array(reports.map(\.json))),
    ])
  }

  /// The last page of a watched training that did not reach its end: a browser need not read it again.
  private func endWatch(_ reason: String, continuation: String? = nil) {
    guard isWatched else { return }
    var page = TrainingPage(
      plan: plan, settings: settings, history: result.history, bestEpoch: nil,
      threads: team.threads)
    page.breakOff = (reason, continuation)
    do {
      try publish(Array(page.page(team: team).text.utf8), to: plan.files.report, isOwn: true)
    } catch {
      diagnostics.warning("\(error)")
    }
  }

  private func writeFigures(_ reports: [EvaluationReport]) throws {
    var page = TrainingPage(
      plan: plan, settings: settings, history: result.history,
      bestEpoch: usesBest ? result.bestEpoch : nil, threads: team.threads)
    page.reports = reports
    page.model = plan.whole(usesBest ? result.best : result.last)
    try publish(encodePNG(page.curves.picture(), level: 6), to: plan.files.curves)
    if let report = reports.last, report.report.confusion.classes <= 200 {
      let picture = report.report.picture(title: "\(page.title): \(report.name)")
      try publish(encodePNG(picture, level: 6), to: plan.files.confusion)
    }
    try publish(
      Array(page.page(team: team).text.utf8), to: plan.files.report,
      isOwn: isWatched || plan.isResumed)
  }
}
