import ConvEngine
import ConvNet
import ImageCodecs
import Raster
import Reports
import Text

/// The page about an evaluation: the result first, then for each part of the data what was taken for what, the
/// mistakes that the model was surest of, how far it can be trusted, and how to make the page again.
struct EvaluationPage {
  let model: Model
  /// As the user named them.
  let names: (model: String, dataset: String)
  let views: Views
  private var parts: [(report: EvaluationReport, mistakes: [(png: [UInt8], text: String)])] = []

  private static let shown = 24

  init(_ model: Model, names: (model: String, dataset: String), views: Views) {
    (self.model, self.names, self.views) = (model, names, views)
  }

  /// Adds what was found out about a part of the data.
  ///
  /// - Parameter files: of the images; empty where they are from none.
  /// - Throws: `DatasetError` or `CodecError`.
  mutating func add(
    _ report: EvaluationReport, of examples: ImageExamples, files: [FilePath]
  ) throws {
    var mistakes: [(png: [UInt8], text: String)] = []
    for answer in report.mistakes.prefix(Self.shown) {
      var caption = MistakeSheet.caption(answer, model.classNames)
      if !files.isEmpty {
        caption += ": " + "\(FilePath(bytes: files[answer.example].lastComponent))".visible
      }
      let tile = ContactSheet.Tile(
        example: try examples.example(answer.example, epoch: nil), shape: examples.shape,
        model.normalization, caption: caption)
      mistakes.append((try encodePNG(tile.picture, level: 6), caption))
    }
    parts.append((report, mistakes))
  }

  /// - Parameter threads: those of the run.
  func page(threads: Int) -> HTMLReport {
    var page = HTMLReport(title: "\(FilePath(argument: names.model).shown) on \(names.dataset)")
    page.add("Result", result)
    for (report, mistakes) in parts.reversed() {
      page.add(report.title, report.blocks)
      if report.mistakes.isEmpty {
        page.add("Mistakes", [.paragraph("There is none among the \(report.name) images.")])
      } else {
        page.add(
          "The surest mistakes",
          [
            .paragraph(
              (mistakes.count < report.mistakes.count ? "\(mistakes.count) of " : "")
                + "\(NumberText.grouped(report.mistakes.count)) among the \(report.name) images:"),
            .gallery(mistakes),
          ])
      }
    }
    page.add(
      "How it was made",
      [
        .lines(
          (["convfilter"] + (CommandWords.all ?? [])).map(shellQuoted).joined(separator: " ")
            + "\n"),
        .facts([
          ("program", "convfilter \(programVersion)"),
          (
            "machine",
            "\(threads) \(threads == 1 ? "thread" : "threads"), \(InstructionSet.current)"
          ),
        ]),
      ])
    return page
  }

  private var result: [HTMLReport.Block] {
    guard let last = parts.last?.report else { return [] }
    var facts: [(name: String, text: String)] = parts.dropLast().reversed().map {
      ($0.report.name, NumberText.percent($0.report.evaluation.accuracy, decimals: 2))
    }
    facts.append(("images", NumberText.grouped(last.evaluation.confusion.total)))
    facts.append(("mistakes", NumberText.grouped(last.mistakes.count)))
    facts.append(("loss", NumberText.fixed(last.evaluation.loss, 4)))
    if let topFive = last.evaluation.topFive {
      facts.append(("among the top five", NumberText.percent(topFive, decimals: 2)))
    }
    facts.append(
      ("calibration error", NumberText.percent(last.evaluation.calibration.error, decimals: 2)))
    if views != .one { facts.append(("views of an image", "\(views.rawValue)")) }
    facts.append(("classes", NumberText.grouped(model.classNames.count)))
    facts.append(("parameters", NumberText.grouped(Summary(model.network).parameters)))
    if let trained = model.facts["data set"] { facts.append(("trained on", trained)) }
    return [
      .headline(
        "\(NumberText.percent(last.evaluation.accuracy, decimals: 2)) of the \(last.name) images right"
      ), .facts(facts),
    ]
  }
}
