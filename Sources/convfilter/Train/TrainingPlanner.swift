import ConvNet
import Datasets
import KernelLanguage
import Raster
import Reports

/// A training that is ready to start: data, network or checkpoint, and where results go.
struct TrainingPlanner {
  let data: TrainingData
  let files: TrainingFiles
  let modelName: String
  let augmentation: Augmentation
  let start: Start
  /// The whole model that a frozen part and its head make, and the features; nil where all learns.
  var frozen: FrozenPart?
  /// What another model would give and take; nil where the user chose this one.
  var hint: String?

  enum Start {
    case new(Beginning)
    /// From a file.
    case resumed(Checkpoint, FilePath)
  }

  /// Whether it goes on from a checkpoint: what its command wrote before is its own.
  var isResumed: Bool {
    if case .resumed = start { true } else { false }
  }

  /// Whether it goes on from the last state of a run, which its own then takes the place of.
  var goesOnFromLast: Bool {
    guard case .resumed(_, let file) = start, let status = try? FileStatus(file) else {
      return false
    }
    return status.identity == (try? FileStatus(files.last))?.identity
  }

  /// What a training begins with.
  struct Beginning {
    var network: Network
    var settings: TrainingSettings
    var facts: [String: String]
    /// nil for random weights.
    var weights: Weights?
    var normalization: Normalization
  }

  /// A training from the first step.
  static func new(
    source: DatasetChoice, model: ModelArguments, training: TrainingArguments,
    images: ImageArguments, pretrained: Pretrained?, output: String?
  ) throws -> TrainingPlanner {
    let validation = images.validation
    let dataset = try source.trainable {
      TrainingNeeds.bytes(
        $0, model: model, training: training, images: images, pretrained: pretrained)
    }
    let classes = dataset.classNames.count
    if classes < 2 {
      throw CommandFailure(
        "only one class (\(dataset.classNames.joined())) has pictures; it takes two or more to "
          + "tell apart", at: source.name)
    }
    let data = try CommandFailure.at(source.name) {
      try TrainingData(dataset, validation: validation, seed: training.seedInForce)
    }
    // Those that the folder itself keeps apart are compared when it is read.
    if data.choosesBest, dataset.validation == nil,
      let warning = data.heldOut?.duplicates(of: data.train)
    {
      source.diagnostics.warning("\(warning)", at: source.name)
    }
    if data.heldOut == nil, validation == nil {
      source.diagnostics.warning(
        "each class has one image; none is held out, and what is judged are the images that were learnt from",
        at: source.name)
    }
    if training.patience != nil, !data.choosesBest {
      throw CommandFailure(
        "there are no validation images to judge by, and the test images must not decide when to "
          + "stop; add --validation 0.1", at: "--patience")
    }
    if case .plateau? = training.schedule?.schedule.shape, !data.choosesBest {
      throw CommandFailure(
        "there are no validation images to judge by, and the test images must not decide when the "
          + "rate falls; add --validation 0.1", at: "--schedule")
    }
    if let pretrained {
      return try tuned(
        pretrained, data, source: source, training: training, images: images, output: output)
    }
    let crop = training.augment?.augmentation.crop
    let input = FeatureShape(
      height: crop?.height ?? data.train.height, width: crop?.width ?? data.train.width,
      channels: data.train.channels)
    let choice = try model.choose(
      dataSet: dataset.name, input: input, classes: classes, examples: data.train.count)
    var settings = training.settings(
      choice.settings, support: data.train.support(classes: classes))
    let augmentation =
      training.augment?.augmentation ?? choice.augmentation
      ?? standardAugmentation(
        epochs: settings.epochs, side: max(input.height, input.width),
        canFlip: choice.canFlip && !holdsDigits(dataset.name))
    settings.mixup = augmentation.mixup
    if settings.views != .one, !choice.canFlip || holdsDigits(dataset.name) {
      let isAsked = training.views != nil
      source.diagnostics.warning(mirrorWarning + (isAsked ? "" : "; one it is"), at: "--views")
      if !isAsked { settings.views = .one }
    }
    try check(augmentation, data.train, at: "--augment")
    warnOfColors(augmentation, data.train, source.diagnostics)
    let network = try CommandFailure.at("model \(choice.name)") {
      try Network(choice.architecture, input: input)
    }
    try check(settings, classes: classes)
    try check(training.group, network)
    for text in network.warnings {
      source.diagnostics.warning(text, at: "model \(choice.name)")
    }
    let facts = facts(
      data, model: choice.name, augmentation, settings, source: source, validation: validation)
    let name = output ?? "\(dataset.name)-\(choice.name).safetensors"
    return TrainingPlanner(
      data: data, files: TrainingFiles(model: FilePath(argument: name)), modelName: choice.name,
      augmentation: augmentation,
      start: .new(
        Beginning(
          network: network, settings: settings, facts: facts,
          normalization: data.train.normalization())), hint: choice.hint)
  }

  /// The name under which a model tells of how many epochs its training was.
  private static let epochsFact = "epochs"

  /// What the model file tells about the training.
  static func facts(
    _ data: TrainingData, model: String, _ augmentation: Augmentation,
    _ settings: TrainingSettings, source: DatasetChoice, validation: Double?
  ) -> [String: String] {
    var facts = [
      "data set": data.dataset.name, "model": model,
      "augmentation": AugmentationValue(augmentation).text, "fit": source.fit.rawValue,
      "seed": String(settings.seed), epochsFact: String(settings.epochs),
      "size": "\(data.train.width)x\(data.train.height)", "images": data.dataset.fingerprint,
    ]
    if settings.precision != .f32 { facts["precision"] = settings.precision.rawValue }
    if settings.views != .one { facts["views"] = String(settings.views.rawValue) }
    facts["validation"] = validation.map { "\($0)" }
    return facts
  }

  /// A training that goes on.
  ///
  /// - Parameter epochs: of the whole training, where it is to become longer than it was planned.
  static func resumed(
    _ file: String, source: DatasetChoice, output: String?, epochs: Int? = nil
  ) throws -> TrainingPlanner {
    let bytes = try NetworkFile.read(file, memory: source.memory)
    var checkpoint = try CommandFailure.at(file) { try Checkpoint(bytes) }
    if let epochs {
      guard checkpoint.extend(to: epochs) else {
        throw CommandFailure(
          "the training was planned for \(checkpoint.settings.epochs) epochs; name more for the whole "
            + "of it", at: "--epochs \(epochs)")
      }
      checkpoint.model.facts[epochsFact] = String(epochs)
    }
    try checkpoint.settings.precision.check(at: file)
    let facts = checkpoint.model.facts
    var source = source
    let tuned = try resumedTrunk(checkpoint, at: file, source: source)
    source.adopt(tuned?.model ?? checkpoint.model)
    let dataset = try source.trainable {
      TrainingNeeds.bytes($0, of: checkpoint, trunk: tuned?.trunk)
    }
    try CommandFailure.at(source.name) {
      if dataset.classNames != checkpoint.model.classNames {
        throw CommandFailure(
          "its classes are not those of the checkpoint; name the data set it was trained on",
          at: source.name)
      }
      try (tuned?.model ?? checkpoint.model).check(
        width: dataset.train.width, height: dataset.train.height,
        channels: dataset.train.channels)
      if let images = facts["images"], images != dataset.fingerprint {
        throw CommandFailure(
          "its images are not those that the checkpoint was made with; name the same data set as it "
            + "was then, or start anew", at: source.name)
      }
    }
    let share = try CommandFailure.at(file) { try checkpoint.model.heldOutShare() }
    let data = try CommandFailure.at(source.name) {
      try TrainingData(dataset, validation: share, seed: checkpoint.settings.seed)
    }
    guard let value = AugmentationValue(argument: facts["augmentation"] ?? "none") else {
      throw CommandFailure("the file is damaged: its augmentation is unreadable", at: file)
    }
    let augmentation = value.augmentation
    try check(augmentation, data.train, at: file)
    let path = FilePath(argument: file)
    let frozen = tuned.map {
      FrozenPart(
        $0.trunk, of: $0.model, flip: augmentation.flip, seed: checkpoint.settings.seed,
        diagnostics: source.diagnostics)
    }
    return TrainingPlanner(
      data: data,
      files: output.map { TrainingFiles(model: FilePath(argument: $0)) }
        ?? TrainingFiles(resuming: path), modelName: facts["model"] ?? "model",
      augmentation: augmentation, start: .resumed(checkpoint, path), frozen: frozen)
  }

  /// None for short trainings; for long ones a shift, and alternating flips where they do no harm.
  static func standardAugmentation(
    epochs: Int, side: Int, canFlip: Bool
  ) -> Augmentation {
    if epochs <= 5 { return .none }
    return Augmentation(
      flip: canFlip ? .alternating : .none, translation: side < 2 ? 0 : side < 16 ? 1 : 2)
  }

  static func holdsDigits(_ name: String) -> Bool { ["digits", "mnist"].contains(name) }
}
