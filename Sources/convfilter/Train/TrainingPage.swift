import ConvEngine
import ConvNet
import Datasets
import ImageCodecs
import Raster
import Reports
import Text

/// The page about a training: the result first, then how it came about, on what, and how to make it again.
struct TrainingPage {
  let plan: TrainingPlanner
  let settings: TrainingSettings
  /// As far as the training has come.
  let history: [EpochReport]
  /// The epoch whose model is kept, from 0, where the validation images chose it.
  let bestEpoch: Int?
  /// The data set as the user named it, and the threads, the time of no result.
  let threads: Int
  /// Of all parts of the data, in the order in which they are told; none while the training runs.
  var reports: [EvaluationReport] = []
  /// What is kept; nil while the training runs.
  var model: Model?
  /// Why the training ended before its last epoch, and the line that goes on with it.
  var breakOff: (reason: String, continuation: String?)?

  var title: String { "\(plan.modelName) on \(plan.data.dataset.name)" }

  var curves: TrainingCurves {
    TrainingCurves(
      title: title, trainLoss: history.map(\.loss),
      testLoss: history.map { $0.validationLoss ?? .nan },
      trainAccuracy: history.map(\.accuracy),
      testAccuracy: history.map { $0.validationAccuracy ?? .nan },
      testName: plan.data.heldOutName)
  }

  /// - Parameter team: looks at some images for the samples.
  func page(team: ThreadTeam) throws -> HTMLReport {
    var page = HTMLReport(title: title)
    page.add("Result", result)
    if !history.isEmpty { page.add("Curves", curveBlocks) }
    // What was not learnt from is what counts.
    for report in reports.reversed() {
      page.add(report.title, blocks(report))
    }
    if let model {
      let samples = try TrainingSamples(
        model, plan, mistakes: reports.last?.mistakes ?? [], team: team)
      page.add("What it says", try samples.answers())
      page.add("What it looks at", try samples.maps())
      page.add(
        "Model",
        [.folded("Layers", [.lines(ModelSummary(title: plan.modelName, model.network).text())])])
    }
    page.add("Data", try data())
    page.add("How it was made", made)
    page.data = record
    return page
  }

  /// The page while the training runs, which a browser reads again every few seconds.
  func running(team: ThreadTeam) throws -> HTMLReport {
    var page = try page(team: team)
    page.refresh = 3
    return page
  }

  /// The run for programs: what `compare` reads.
  private var record: JSON {
    let network: Network? =
      switch plan.start {
      case .new(let beginning): beginning.network
      case .resumed(let checkpoint, _): checkpoint.model.network
      }
    return [
      "program": "convfilter train", "held_out": .string(plan.data.heldOutName),
      "settings": .object([
        ("data set", .string(plan.data.dataset.name)), ("model", .string(plan.modelName)),
        (
          "layers",
          .string((network?.architecture.text ?? "").split(separator: "\n").joined(separator: "; "))
        ),
        ("training images", .string(NumberText.grouped(plan.data.train.count))),
        ("epochs", .string(String(settings.epochs))), ("batch", .string(String(settings.batch))),
        ("optimizer", .string(settings.text)),
        ("augmentation", .string(AugmentationValue(plan.augmentation).text)),
        ("seed", .string(String(settings.seed))),
      ]),
      "epochs": .array(history.map(TrainingSession.json)),
      "evaluations": .array(
        reports.map { report in
          [
            "split": .string(report.name), "accuracy": .number(report.evaluation.accuracy),
            "loss": .number(report.evaluation.loss),
          ]
        }),
    ]
  }

  private var result: [HTMLReport.Block] {
    var facts: [(name: String, text: String)] = []
    let headline: String
    if let report = reports.last {
      headline =
        "\(NumberText.percent(report.evaluation.accuracy, decimals: 2)) of the \(report.name) images right"
      for other in reports.dropLast().reversed() {
        facts.append((other.name, NumberText.percent(other.evaluation.accuracy, decimals: 2)))
      }
      facts.append(("loss", NumberText.fixed(report.evaluation.loss, 4)))
    } else if let breakOff {
      headline = breakOff.reason
      if let line = breakOff.continuation { facts.append(("go on with", line)) }
    } else if let last = history.last {
      let accuracy = last.validationAccuracy ?? last.accuracy
      headline = "Epoch \(history.count) of \(settings.epochs): \(NumberText.percent(accuracy))"
    } else {
      headline = "Before the first epoch's end"
    }
    let best = bestEpoch.map { ", that of epoch \($0 + 1) is kept" } ?? ""
    facts.append(("epochs", "\(history.count) of \(settings.epochs)\(best)"))
    facts.append(("time", Self.clock(history.reduce(0) { $0 + $1.seconds })))
    let images = plan.data.train
    facts.append(
      (
        "data set",
        "\(plan.data.dataset.name), \(NumberText.grouped(images.count)) training images of "
          + "\(images.width)×\(images.height), \(plan.data.dataset.classNames.count) classes"
      ))
    if let model {
      facts.append(("parameters", NumberText.grouped(Summary(model.network).parameters)))
      facts.append(("model", "\(plan.files.model)"))
    }
    return [.headline(headline), .facts(facts)]
  }

  private var curveBlocks: [HTMLReport.Block] {
    var curves = curves
    curves.rates = history.map(\.rate)
    // Where none is chosen by it, the best one is still worth a mark.
    let best = bestEpoch ?? history.indices.max { (right($0), -$0) < (right($1), -$1) }
    curves.bestEpoch = best.map { $0 + 1 }
    let table = HTMLReport.Block.table(Self.table(history, heldOut: plan.data.heldOutName))
    let drawings = HTMLReport.Block.drawings(curves.drawings)
    return history.count > 12
      ? [drawings, .folded("All \(history.count) epochs", [table])] : [drawings, table]
  }

  /// The share of held-out images that an epoch has right; below 0 where none was looked at.
  private func right(_ epoch: Int) -> Double { history[epoch].validationAccuracy ?? -1 }

  private func blocks(_ report: EvaluationReport) -> [HTMLReport.Block] {
    let blocks = report.blocks
    // The images that were learnt from say less: who wants to see them opens them.
    return report.name == reports.last?.name
      ? blocks : [blocks[0], .folded("Confusion and classes", Array(blocks.dropFirst()))]
  }

  private func data() throws -> [HTMLReport.Block] {
    let classes = plan.data.dataset.classNames.count
    var table = TextTable([.init("part"), .init("images", .right), .init("of a class", .right)])
    var parts = [("training", plan.data.train)]
    if let heldOut = plan.data.heldOut, plan.data.choosesBest {
      parts.append(("validation", heldOut))
    }
    if plan.data.dataset.test.count > 0 { parts.append(("test", plan.data.dataset.test)) }
    for (name, images) in parts {
      let support = images.support(classes: classes)
      let (least, most) = (support.min() ?? 0, support.max() ?? 0)
      table.add([
        name, NumberText.grouped(images.count),
        least == most
          ? NumberText.grouped(least)
          : "\(NumberText.grouped(least)) to \(NumberText.grouped(most))",
      ])
    }
    let augmentation = AugmentationValue(plan.augmentation).text
    return [
      .table(table),
      .paragraph(
        "The first images of an epoch, as they are learnt from; augmentation: \(augmentation)"),
      .gallery(try TrainingSamples.learnt(plan, seed: settings.seed)),
    ]
  }

  private var made: [HTMLReport.Block] {
    [
      .lines(
        (["convfilter"] + (CommandWords.all ?? [])).map(shellQuoted).joined(separator: " ") + "\n"),
      .facts([
        ("settings", "\(settings.text), batch \(settings.batch)"), ("seed", String(settings.seed)),
        ("augmentation", AugmentationValue(plan.augmentation).text),
        ("program", "convfilter \(programVersion)"),
        ("machine", "\(threads) \(threads == 1 ? "thread" : "threads"), \(InstructionSet.current)"),
      ]),
    ]
  }

  private static func clock(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 1e9).rounded())
    if whole < 60 { return "\(NumberText.fixed(seconds, 1)) s" }
    return whole < 3600
      ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
  }

  private static func table(_ history: [EpochReport], heldOut: String) -> TextTable {
    var table = TextTable([
      .init("epoch", .right), .init("loss", .right), .init("accuracy", .right),
      .init("\(heldOut) loss", .right), .init("\(heldOut) accuracy", .right),
      .init("rate", .right), .init("seconds", .right),
    ])
    for report in history {
      table.add([
        String(report.epoch + 1), NumberText.fixed(report.loss, 4),
        NumberText.percent(report.accuracy),
        report.validationLoss.map { NumberText.fixed($0, 4) } ?? "",
        report.validationAccuracy.map { NumberText.percent($0) } ?? "",
        NumberText.short(report.rate, digits: 3), NumberText.fixed(report.seconds, 1),
      ])
    }
    return table
  }
}
