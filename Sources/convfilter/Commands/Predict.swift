import ArgumentParser
import ConvNet
import Raster
import Reports
import Text

/// `convfilter predict`.
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration.subcommand(
    "predict", abstract: "Tell the classes of pictures with a trained model.",
    discussion: """
      Pictures are files, folders, or - for standard input. They are brought to the model's size \
      and channels as its training images were.

      Examples:
        convfilter predict digits-digits-conv.safetensors digit.png
        convfilter predict cats.safetensors pictures/ --top 3 --json
        convfilter predict cats.safetensors pictures/ --threshold 0.8 --sort-into sorted/
        convfilter predict cats.safetensors pictures/ --recursive --csv > answers.csv
        convfilter predict mnist-mnist-conv.safetensors scan.jpg --invert
        curl -s https://example.org/cat.jpg | convfilter predict cats.safetensors -
      """)

  @Argument(help: ArgumentHelp("A model file.", valueName: "model"), completion: .file())
  var model: String

  @Argument(
    help: ArgumentHelp("Pictures, folders of them, or -.", valueName: "image"),
    completion: .file())
  var images: [String]

  @Flag(name: .shortAndLong, help: "Go into the folders of folders too.")
  var recursive = false

  @Flag(
    help: ArgumentHelp(
      "Turn dark into light first: for ink on paper, say, where the model learnt white digits on black."
    ))
  var invert = false

  @Option(help: ArgumentHelp("Classes to tell of each picture, likeliest first.", valueName: "n"))
  var top = 1

  @Option(
    help: ArgumentHelp(
      "Call a picture unknown whose likeliest class is less likely than this, 0 to 1.",
      valueName: "share"))
  var threshold: NumberValue?

  @Option(
    help: ArgumentHelp(
      "Put each picture into the folder of its class in this one: as a link to the same file, or a "
        + "copy where there can't be one; numbered where several have the same name.",
      valueName: "folder"),
    completion: .directory)
  var sortInto: String?

  @Option(
    help: ArgumentHelp(
      "Judge this picture of files with several, from 1 (default: the first).", valueName: "number")
  )
  var page: Int?

  @Flag(help: "Print CSV: file, class and probability, for each class that is told.")
  var csv = false

  @Option(
    help: ArgumentHelp(
      "Pictures made of each picture to be judged together: 1, 2 (with its mirror image) or 6 (moved "
        + "by a pixel, too) (default: as the model was trained to be used).", valueName: "n"))
  var views: ViewsChoice?

  @OptionGroup var products: PrecisionArguments
  @OptionGroup(title: "Output") var report: NetworkReportArguments

  func validate() throws {
    try PageNumber.check(page)
    if top < 1 { throw ValidationError("--top \(top): must be 1 or more") }
    try threshold?.check("--threshold", "0 to 1") { (0...1).contains($0.value) }
    if csv, report.json { throw ValidationError("--csv and --json exclude each other; keep one") }
  }

  func run() throws {
    guard let ranks = try MPILink.started() else { return try predict(nil) }
    try ranks.run { try predict(ranks) }
  }

  /// - Parameter ranks: the processes that share the pictures; the first one alone speaks and writes.
  private func predict(_ ranks: MPILink?) throws {
    let isFirst = ranks?.rank ?? 0 == 0
    let precision = try MPILink.jointly(ranks) { try products.checked() }
    let diagnostics = isFirst ? report.diagnostics : Diagnostics(quiet: true)
    let team = report.team(ranks)
    let (model, pictures, files) = try MPILink.together(ranks) {
      let model = try NetworkFile.model(
        self.model, memory: report.memory, batch: 1, diagnostics: diagnostics)
      let pictures = try ModelPictures(
        model, memory: report.memory, page: page, inverts: invert,
        diagnostics: report.diagnostics)
      return (model, pictures, try pictures.files(images, recursive: recursive))
    }
    if files.isEmpty {
      if !isFirst { return }
      diagnostics.error(
        "no pictures found; name files, or folders that hold some"
          + (recursive ? "" : " (--recursive goes into the folders of folders)"))
      throw ExitCode(ExitStatus.nothingToDo)
    }
    if let views, views != .one, TrainingPlanner.holdsDigits(model.facts["data set"] ?? "") {
      diagnostics.warning(TrainingPlanner.mirrorWarning, at: "--views")
    }
    // A few at a time: maps of large images would leave the cache.
    let batch = min(8, files.count)
    let group = files.count == 1 ? 1 : 4 * batch
    let predictor = Predictor(
      model, batch: batch, views: views?.value ?? model.views, precision: precision, team: team)
    let form = PredictionForm(
      csv: csv, json: report.json, top: min(top, model.classNames.count),
      threshold: threshold?.single,
      width: files.map { "\($0)".count }.max() ?? 0)
    var folders =
      try isFirst
      ? sortInto.map { try ClassFolders($0, force: report.force, inputs: files) } : nil
    if isFirst { try StandardOutput.write(form.head) }
    var failures = 0
    func tell(_ file: FilePath, _ answer: Result<[Predictor.Guess], any Error>) {
      do {
        let guesses = try answer.get()
        try StandardOutput.write(form.text(file, guesses))
        try folders?.put(file, into: form.isUnknown(guesses) ? nil : guesses[0].name)
      } catch {
        diagnostics.error("\(error)", at: "\(file)")
        failures += 1
      }
    }
    let course = PredictionCourse(pictures: pictures, predictor: predictor, top: form.top)
    if let ranks {
      course.run(
        files, group: group, team: team, ranks: ranks, classNames: model.classNames,
        onAnswer: tell)
    } else {
      course.run(files, group: group, team: team, onAnswer: tell)
    }
    if failures > 0 { throw ExitCode(ExitStatus.failure) }
  }
}
