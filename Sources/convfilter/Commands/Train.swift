import ArgumentParser
import ConvNet
import Datasets
import Raster
import Reports

/// `convfilter train`.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration.subcommand(
    "train", abstract: "Train a network on a data set or a folder.",
    discussion: """
      DATASET is digits (built in), mnist, fashion-mnist, cifar10, cifar100, or a folder with one \
      sub-folder of pictures for each class (or with train/ and test/ that hold such), or with tar \
      archives in which 1.cls says the class of 1.jpg. What is missing is downloaded first. Under \
      mpirun all processes train together, to the same weights as one.

      The model is written beside its training curves, confusion matrix, report and log. An \
      interrupt (Ctrl-C) finishes the step, saves a checkpoint and says how to go on; a training \
      that was killed goes on from its last checkpoint, to the very same weights. The state at the \
      end lies beside the model as -last; --resume with more --epochs goes on from there.

      Examples:
        convfilter train digits
        convfilter train cifar10 --model cifar-pool --epochs 8
        convfilter train pictures/ --size 64x64 --layers "conv 32 3x3 same relu; maxpool 2; \
      flatten; dense 3" --output cats.safetensors
        convfilter train digits --watch
        convfilter train pictures/ --augment flip,part=0.5,rotate=10,brightness=0.2 --preview a.png
        convfilter train pictures/ --from efficientnet-lite0.safetensors
        convfilter train mnist --resume mnist-mnist-conv.checkpoint.safetensors
        convfilter train mnist --resume mnist-mnist-conv-last.safetensors --epochs 6 --force
        convfilter train cifar10 --model cifar-deep --find-rate
      """)

  @Argument(
    help: ArgumentHelp("A data set or a folder of pictures.", valueName: "dataset"),
    completion: Completion.dataset)
  var dataset: String

  @OptionGroup(title: "Model") var model: ModelArguments
  @OptionGroup(title: "Training") var training: TrainingArguments
  @OptionGroup(title: "Data") var data: DataArguments
  @OptionGroup(title: "Images") var images: ImageArguments

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The model file (default: DATASET-MODEL.safetensors in this folder).", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp("Go on from a checkpoint, with its settings.", valueName: "file"),
    completion: .file())
  var resume: String?

  @Option(
    help: ArgumentHelp(
      "Steps between two checkpoints (one is written after every epoch in any case).",
      valueName: "n"))
  var saveEvery = 500

  @Flag(
    help: ArgumentHelp(
      "Try growing learning rates for a moment, draw the loss against them and recommend one; "
        + "trains no model."))
  var findRate = false

  @Option(
    help: ArgumentHelp(
      "Write a sheet of training images as they are and as the first epochs would see them, as a PNG "
        + "file; trains no model.", valueName: "file"),
    completion: .file())
  var preview: String?

  @Flag(
    help: ArgumentHelp(
      "Write the report anew after every epoch; open it in a browser, and it stays up to date."))
  var watch = false

  @OptionGroup(title: "Output") var report: NetworkReportArguments

  func validate() throws {
    if saveEvery < 1 { throw ValidationError("--save-every \(saveEvery): must be 1 or more") }
    if let output { try Self.checkName(output) }
    if resume != nil,
      [model.model, model.layers, model.architecture, model.from].contains(where: { $0 != nil })
    {
      throw ValidationError("--resume brings its own model; drop the option that names another")
    }
    let fixed = training.given.filter { $0 != "--epochs" }
    if resume != nil, let option = (fixed + images.given).first {
      throw ValidationError("--resume goes on with the settings of the checkpoint; drop \(option)")
    }
    if preview != nil {
      let others = [("--find-rate", findRate), ("--watch", watch), ("--resume", resume != nil)]
      if let other = others.first(where: \.1) {
        throw ValidationError("--preview trains no model; drop \(other.0)")
      }
    }
    if watch, findRate {
      throw ValidationError("--find-rate trains no model and writes no report; drop --watch")
    }
    if resume != nil, findRate {
      throw ValidationError("--find-rate starts anew; drop --resume")
    }
  }

  /// Refuses names that promise another form of file than models have.
  private static func checkName(_ output: String) throws {
    if output == "-" {
      throw ValidationError("--output -: figures lie beside a model; name a file")
    }
    let ending = FilePath(argument: output).fileExtension
    if ["onnx", "py", "pt", "pth", "h5", "hdf5", "keras", "tflite", "pb", "pkl"].contains(ending) {
      throw ValidationError(
        "--output \(output): a training writes a .safetensors file; convfilter export makes .onnx and .py "
          + "of it")
    }
  }

  func run() throws {
    guard let ranks = try MPILink.started() else { return try train(nil) }
    try ranks.run { try train(ranks) }
  }

  /// - Parameter ranks: the processes that train together.
  private func train(_ ranks: MPILink?) throws {
    if let ranks, findRate, ranks.count > 1 {
      _ = try ranks.together {
        throw CommandFailure(
          "is for one process; start it without mpirun", at: "--find-rate")
      }
    }
    let isFirst = ranks?.rank ?? 0 == 0
    let diagnostics = isFirst ? report.diagnostics : Diagnostics(quiet: true)
    let team = report.team(ranks)
    try MPILink.jointly(ranks) {
      try (training.precision?.value ?? .f32).check(at: "--precision bf16")
    }
    try MPILink.together(ranks) { try choice(diagnostics, team, nil).fetch() }
    let (plan, source) = try MPILink.jointly(ranks) {
      try planned(choice(diagnostics, team, ranks))
    }
    if training.gradients == .bf16, ranks?.count ?? 1 == 1 {
      diagnostics.warning(
        "one process tells nobody its gradients: nothing is rounded", at: "--gradients bf16")
    }
    if let text = plan.batchWarning(training) { diagnostics.warning(text, at: "--batch") }
    let inputs = { model.files + source.files }
    if let preview {
      guard isFirst else { return }
      let sheet = AugmentationPreview(plan: plan, memory: report.memory, inputs: inputs)
      return try sheet.write(
        to: FilePath(argument: preview), force: report.force, diagnostics: diagnostics)
    }
    if findRate {
      let finder = RateFinder(plan: plan, diagnostics: diagnostics, inputs: inputs)
      return try finder.run(
        team: team, memory: report.memory, force: report.force, json: report.json)
    }
    let lock = try MPILink.together(ranks) {
      let lock = isFirst ? try TrainingLock(plan.files) : nil
      do {
        if isFirst { try plan.checkFiles(force: report.force, inputs: inputs) }
        return lock
      } catch {
        lock?.release()
        throw error
      }
    }
    defer { lock?.release() }
    let trainer = try MPILink.jointly(ranks) {
      try plan.trainer(team: team, memory: report.memory, ranks: ranks)
    }
    if !isFirst {
      StopRequest.listen()
      let result = try trainer.run(
        saveEvery: saveEvery, shouldStop: { StopRequest.isPending })
      return try TrainingConclusion(
        plan: plan, settings: trainer.settings, result: result, diagnostics: diagnostics,
        team: team, force: report.force, isWatched: watch, continuation: "", ranks: ranks
      ).follow()
    }
    diagnostics.note(plan.introduction(trainer, ranks: ranks?.count ?? 1))
    plan.hints(training).forEach(diagnostics.note)
    let session = TrainingSession(
      trainer: trainer, names: plan.files, diagnostics: diagnostics, saveEvery: saveEvery,
      heldOut: plan.data.heldOutName,
      continuation: plan.continuation(source, course),
      onEpoch: watch ? { self.show($0, of: plan, settings: trainer.settings, team) } : nil)
    let result = try session.run()
    let conclusion = TrainingConclusion(
      plan: plan, settings: trainer.settings, result: result, diagnostics: diagnostics, team: team,
      force: report.force, isWatched: watch, continuation: session.continuation, ranks: ranks)
    try conclusion.write(json: report.json)
  }

  /// The options that a run which goes on is to have, too.
  private var course: [String] {
    (watch ? ["--watch"] : []) + (saveEvery == 500 ? [] : ["--save-every", "\(saveEvery)"])
      + report.words
  }

  private func choice(
    _ diagnostics: Diagnostics, _ team: ThreadTeam, _ ranks: MPILink?
  ) -> DatasetChoice {
    DatasetChoice(
      name: dataset, arguments: data, diagnostics: diagnostics, team: team, memory: report.memory,
      ranks: ranks)
  }

  /// What is to be trained, and on what.
  private func planned(_ source: DatasetChoice) throws -> (TrainingPlanner, DatasetChoice) {
    var source = source
    let pretrained = try model.pretrained(memory: report.memory, source.diagnostics)
    source.adopt(images, pretrained: pretrained?.source)
    if let pretrained, let color = images.color,
      color.channels != pretrained.source.network.input.channels
    {
      throw CommandFailure(
        "takes \(pretrained.source.network.input.channels == 1 ? "gray" : "rgb") images; drop --color",
        at: pretrained.file)
    }
    let plan =
      if let resume {
        try TrainingPlanner.resumed(
          resume, source: source, output: output, epochs: training.epochs)
      } else {
        try TrainingPlanner.new(
          source: source, model: model, training: training, images: images,
          pretrained: pretrained, output: output)
      }
    return (plan, source)
  }

  /// Writes the report of a training that runs; what cannot be written is no reason to end it.
  private func show(
    _ history: [EpochReport], of plan: TrainingPlanner, settings: TrainingSettings,
    _ team: ThreadTeam
  ) {
    let page = TrainingPage(
      plan: plan, settings: settings, history: history, bestEpoch: nil, threads: team.threads)
    do {
      let text = try page.running(team: team).text
      try NetworkFile.write(Array(text.utf8), to: plan.files.report, replacing: true)
      if history.isEmpty { report.diagnostics.note("watch \(plan.files.report) in a browser") }
    } catch {
      report.diagnostics.warning("\(error)")
    }
  }
}
