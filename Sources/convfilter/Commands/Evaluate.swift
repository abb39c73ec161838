import ArgumentParser
import ConvNet
import Datasets
import Raster
import Reports

/// `convfilter evaluate`.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration.subcommand(
    "evaluate", abstract: "Judge a trained model on a data set.",
    discussion: """
      Prints accuracy, precision, recall and F1 with the support of each class, and the confusion \
      matrix. The classes of a folder are matched with the model's by their names.

      Examples:
        convfilter evaluate digits-digits-conv.safetensors digits
        convfilter evaluate cats.safetensors pictures/ --split train --json
        convfilter evaluate model.safetensors cifar10 --png confusion.png
        convfilter evaluate cats.safetensors pictures/ --list answers.csv --mistakes wrong.png
        convfilter evaluate cats.safetensors pictures/ --report cats.html
      """)

  @Argument(help: ArgumentHelp("A model file.", valueName: "model"), completion: .file())
  var model: String

  @Argument(
    help: ArgumentHelp("A data set or a folder of pictures.", valueName: "dataset"),
    completion: Completion.dataset)
  var dataset: String

  @Option(
    help: ArgumentHelp(
      "Which images: test, train (those that the model has learnt from), validation (held out by the "
        + "training) or all (default: test where there is one, else all).", valueName: "part"))
  var split: SplitChoice?

  @Option(
    help: ArgumentHelp(
      "Pictures made of each image to be judged together: 1, 2 (with its mirror image) or 6 (moved by "
        + "a pixel, too) (default: as the model was trained to be used).", valueName: "n"))
  var views: ViewsChoice?

  @Option(
    help: ArgumentHelp("Draw the confusion matrix into a PNG file.", valueName: "file"),
    completion: .file())
  var png: String?

  @Option(
    help: ArgumentHelp(
      "Write what the model says of every image into a file, by its ending CSV, JSON or JSONL (an object "
        + "a line): file, truth, answer, probability.", valueName: "file"),
    completion: .file())
  var list: String?

  @Option(
    help: ArgumentHelp(
      "Draw how far the probabilities can be trusted (reliability diagram), and for two classes the ROC "
        + "and precision-recall curves, into a PNG file.", valueName: "file"),
    completion: .file())
  var curves: String?

  @Option(
    help: ArgumentHelp(
      "Draw the mistakes that the model was surest of, \(MistakeSheet.most) at most, into a PNG file.",
      valueName: "file"),
    completion: .file())
  var mistakes: String?

  @Option(
    name: .customLong("report"),
    help: ArgumentHelp(
      "Write a page about all of it: the confusion matrix, the most confused pairs, the surest mistakes, "
        + "reliability, and for two classes the curves.", valueName: "page.html"),
    completion: .file(extensions: ["html"]))
  var page: String?

  @OptionGroup var products: PrecisionArguments
  @OptionGroup(title: "Data") var data: DataArguments
  @OptionGroup(title: "Output") var report: NetworkReportArguments

  func validate() throws {
    if let list, AnswerList.Form(FilePath(argument: list)) == nil {
      throw ValidationError("--list \(list): name a file that ends in .csv, .json or .jsonl")
    }
    let named = [
      ("--png", png), ("--list", list), ("--curves", curves), ("--mistakes", mistakes),
      ("--report", page),
    ].compactMap { option, name in name.map { (option, FilePath(argument: $0)) } }
    for (index, (option, file)) in named.enumerated() {
      if let (other, _) = named[..<index].first(where: { $0.1 == file }) {
        throw ValidationError(
          "\(other) and \(option) name the same file, \(file); give each its own")
      }
    }
  }

  func run() throws {
    guard let ranks = try MPILink.started() else { return try evaluate(nil) }
    try ranks.run { try evaluate(ranks) }
  }

  /// - Parameter ranks: the processes that share the work; the first one alone speaks and writes.
  private func evaluate(_ ranks: MPILink?) throws {
    let isFirst = ranks?.rank ?? 0 == 0
    let precision = try MPILink.jointly(ranks) { try products.checked() }
    let diagnostics = isFirst ? report.diagnostics : Diagnostics(quiet: true)
    let team = report.team(ranks)
    let (drawing, curves) = (
      png.map { FilePath(argument: $0) }, curves.map { FilePath(argument: $0) }
    )
    let listing = list.map { FilePath(argument: $0) }
    let mistakes = mistakes.map { FilePath(argument: $0) }
    let written = self.page.map { FilePath(argument: $0) }
    try WholeFile.check(
      [drawing, curves, listing, mistakes, written].compactMap { $0 }, replacing: report.force,
      inputs: InputFiles(arguments: [NetworkFile.place(model).file])
        + choice(diagnostics, team, nil).files)
    var answers: [AnswerList] = []
    let place = model
    try MPILink.together(ranks) { try choice(diagnostics, team, nil).fetch() }
    let (model, dataset) = try MPILink.jointly(ranks) {
      try loaded(place, choice(diagnostics, team, ranks))
    }
    if let views, views != .one,
      [model.facts["data set"] ?? "", self.dataset].contains(where: TrainingPlanner.holdsDigits)
    {
      diagnostics.warning(TrainingPlanner.mirrorWarning, at: "--views")
    }
    let views = views?.value ?? model.views
    let evaluator = Evaluator(
      model, views: views, precision: precision, team: team, ranks: ranks)
    var page = EvaluationPage(model, names: (place, self.dataset), views: views)
    var reports: [EvaluationReport] = []
    var sheet = MistakeSheet(model, title: "\(self.dataset): the surest mistakes")
    let parts = EvaluatedParts(
      dataset, model, names: (place, self.dataset), diagnostics: diagnostics)
    for part in try parts.of(split) {
      let input = model.network.input
      let examples = ImageExamples(
        part.images, classes: model.classNames.count, normalization: model.normalization,
        augmentation: Augmentation(crop: .init(height: input.height, width: input.width)))
      var (answered, wrong): ([Answer], [Answer]) = ([], [])
      let bar = ProgressBar(diagnostics, total: examples.count, unit: "images")
      let evaluation = try CommandFailure.at(self.dataset) {
        try evaluator.evaluate(
          examples,
          progress: { done in
            bar.reach(done)
            return true
          },
          onAnswer: { answer in
            if listing != nil { answered.append(answer) }
            if answer.guess != answer.truth { wrong.append(answer) }
          })
      }
      bar.finish()
      guard let evaluation else { continue }
      answers.append(
        AnswerList(
          split: part.name, files: part.images.files, classNames: model.classNames,
          answers: answered))
      reports.append(
        EvaluationReport(
          part.name, evaluation, of: examples.count, classNames: model.classNames, mistakes: wrong))
      if mistakes != nil {
        try sheet.add(reports.last!.mistakes, of: examples, files: part.images.files)
      }
      if written != nil {
        try page.add(reports.last!, of: examples, files: part.images.files)
      }
    }
    if !isFirst { return }
    if report.json {
      try StandardOutput.write(reports.map { $0.json.line + "\n" }.joined())
    } else {
      try StandardOutput.write(reports.map(\.text).joined(separator: "\n"))
    }
    if let listing, let form = AnswerList.Form(listing) {
      try WholeFile.write(
        AnswerList.bytes(answers, form), to: listing, replacing: report.force)
    }
    if let drawing, let last = reports.last {
      try NetworkFile.write(
        last.report.picture(title: "\(self.dataset): \(last.name)"), to: drawing,
        replacing: report.force)
    }
    if let curves, let last = reports.last {
      try NetworkFile.write(last.charts.picture(), to: curves, replacing: report.force)
    }
    if let written {
      try WholeFile.write(
        Array(page.page(threads: team.threads).text.utf8), to: written, replacing: report.force)
    }
    if let mistakes {
      if let picture = sheet.picture() {
        try NetworkFile.write(picture, to: mistakes, replacing: report.force)
      } else {
        diagnostics.note("there are no mistakes; \(mistakes) is not written")
      }
    }
  }

  private func choice(
    _ diagnostics: Diagnostics, _ team: ThreadTeam, _ ranks: MPILink?
  ) -> DatasetChoice {
    DatasetChoice(
      name: dataset, arguments: data, diagnostics: diagnostics, team: team,
      memory: report.memory, ranks: ranks)
  }

  /// The model, and the data set with its classes.
  private func loaded(
    _ place: String, _ source: DatasetChoice
  ) throws -> (Model, Dataset) {
    let model = try NetworkFile.model(
      place, memory: report.memory, diagnostics: source.diagnostics)
    try CommandFailure.at(place) { try model.checkTakesPictures() }
    var source = source
    source.adopt(model)
    let dataset = try CommandFailure.at(dataset) {
      let images = try source.load { census in
        let network = model.network
        // Training and validation images are taken apart to be judged.
        let parts = split == .train || split == .validation ? census.bytes(census.train) : 0
        return network.inferenceBytes(batch: network.evaluationBatch).saturatingSum(parts)
      }
      try model.check(
        width: images.train.width, height: images.train.height, channels: images.train.channels)
      return try images.matched(to: model.classNames)
    }
    return (model, dataset)
  }
}
