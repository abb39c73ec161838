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

  enum Start {
    case new(Network, TrainingSettings, facts: [String: String])
    /// From a file.
    case resumed(Checkpoint, FilePath)
  }

  /// Whether it goes on from a checkpoint: what its command wrote before is its own.
  var isResumed: Bool {
    if case .resumed = start { true } else { false }
  }

  /// A training from the first step.
  static func new(
    source: DatasetChoice, model: ModelArguments, training: TrainingArguments,
    validation: Double?, output: String?
  ) throws -> TrainingPlanner {
    let dataset = try source.trainable()
    let classes = dataset.classNames.count
    if classes < 2 {
      throw CommandFailure(
        "only one class (\(dataset.classNames.joined())) has pictures; it takes two or more to "
          + "tell apart", at: source.name)
    }
    let data = try CommandFailure.at(source.name) {
      try TrainingData(dataset, validation: validation, seed: training.seedInForce)
    }
    if data.heldOut == nil, validation == nil {
      source.diagnostics.warning(
        "each class has one image; none is held out, and nothing will be judged", at: source.name)
    }
    if training.patience != nil, !data.choosesBest {
      throw CommandFailure(
        "there are no validation images to judge by, and the test images must not decide when to "
          + "stop; add --validation 0.1", at: "--patience")
    }
    let crop = training.augment?.augmentation.crop
    let input = FeatureShape(
      height: crop?.height ?? data.train.height, width: crop?.width ?? data.train.width,
      channels: data.train.channels)
    let choice = try model.choose(dataSet: dataset.name, input: input, classes: classes)
    let settings = training.settings(
      choice.settings, support: data.train.support(classes: classes))
    let augmentation =
      training.augment?.augmentation
      ?? standardAugmentation(
        epochs: settings.epochs, side: min(input.height, input.width),
        canFlip: choice.canFlip && !holdsDigits(dataset.name))
    let value = AugmentationValue(augmentation)
    try check(augmentation, data.train, at: "--augment")
    let network = try CommandFailure.at("model \(choice.name)") {
      try Network(choice.architecture, input: input)
    }
    if let weights = settings.classWeights, weights.count != classes {
      throw CommandFailure(
        "\(NetworkError.classWeightCount(weights: weights.count, classes: classes))",
        at: "--class-weights")
    }
    var facts = [
      "data set": dataset.name, "model": choice.name, "augmentation": value.text,
      "fit": source.fit.rawValue, "seed": String(settings.seed),
      "epochs": String(settings.epochs), "size": "\(data.train.width)x\(data.train.height)",
      "images": dataset.fingerprint,
    ]
    facts["validation"] = validation.map { "\($0)" }
    let name = output ?? "\(dataset.name)-\(choice.name).safetensors"
    return TrainingPlanner(
      data: data, files: TrainingFiles(model: FilePath(argument: name)), modelName: choice.name,
      augmentation: augmentation, start: .new(network, settings, facts: facts))
  }

  /// A training that goes on.
  static func resumed(
    _ file: String, source: DatasetChoice, output: String?
  ) throws -> TrainingPlanner {
    let bytes = try NetworkFile.read(file, limit: NetworkFile.modelLimit)
    let checkpoint = try CommandFailure.at(file) { try Checkpoint(bytes) }
    let facts = checkpoint.model.facts
    var source = source
    source.adopt(checkpoint.model)
    let dataset = try source.trainable()
    try CommandFailure.at(source.name) {
      if dataset.classNames != checkpoint.model.classNames {
        throw CommandFailure(
          "its classes are not those of the checkpoint; name the data set it was trained on",
          at: source.name)
      }
      try checkpoint.model.check(
        width: dataset.train.width, height: dataset.train.height,
        channels: dataset.train.channels)
      if let images = facts["images"], images != dataset.fingerprint {
        throw CommandFailure(
          "its images are not those that the checkpoint was made with; name the same data set as it "
            + "was then, or start anew", at: source.name)
      }
    }
    let data = try CommandFailure.at(source.name) {
      try TrainingData(
        dataset, validation: facts["validation"].flatMap { Double($0) },
        seed: checkpoint.settings.seed)
    }
    guard let value = AugmentationValue(argument: facts["augmentation"] ?? "none") else {
      throw CommandFailure("the file is damaged: its augmentation is unreadable", at: file)
    }
    let augmentation = value.augmentation
    try check(augmentation, data.train, at: file)
    let path = FilePath(argument: file)
    return TrainingPlanner(
      data: data,
      files: output.map { TrainingFiles(model: FilePath(argument: $0)) }
        ?? TrainingFiles(resuming: path), modelName: facts["model"] ?? "model",
      augmentation: augmentation, start: .resumed(checkpoint, path))
  }

  /// None for short trainings; for long ones a shift, and alternating flips where they do no harm.
  private static func standardAugmentation(
    epochs: Int, side: Int, canFlip: Bool
  ) -> Augmentation {
    if epochs <= 5 { return .none }
    return Augmentation(flip: canFlip ? .alternating : .none, translation: side < 16 ? 1 : 2)
  }

  private static func holdsDigits(_ name: String) -> Bool { ["digits", "mnist"].contains(name) }

  private static func check(
    _ augmentation: Augmentation, _ images: LabelledImages, at place: String
  ) throws {
    let side = min(images.height, images.width)
    if augmentation.translation >= side || (augmentation.crop?.width ?? 1) > side {
      throw CommandFailure(
        "the images have only \(images.width)x\(images.height) pixels; augment with smaller numbers",
        at: place)
    }
  }

  /// The trainer, at its first or next step.
  ///
  /// - Parameter memory: what data and training may take together.
  /// - Throws: also where they need more.
  func trainer(team: ThreadTeam, memory: MemoryLimit) throws -> Trainer {
    try checkMemory(memory)
    let normalization: Normalization
    let seed: UInt64
    switch start {
    case .new(_, let settings, _):
      normalization = data.train.normalization()
      seed = settings.seed
    case .resumed(let checkpoint, _):
      normalization = checkpoint.model.normalization
      seed = checkpoint.settings.seed
    }
    let classes = data.dataset.classNames
    let examples = ImageExamples(
      data.train, classes: classes.count, normalization: normalization, seed: seed,
      augmentation: augmentation)
    let heldOut = data.heldOut.map {
      ImageExamples(
        $0, classes: classes.count, normalization: normalization,
        augmentation: Augmentation(crop: augmentation.crop))
    }
    switch start {
    case .new(let network, let settings, let facts):
      return try Trainer(
        network, settings: settings, classNames: classes, normalization: normalization,
        training: examples, validation: heldOut, facts: facts, team: team)
    case .resumed(let checkpoint, _):
      return try Trainer(
        resuming: checkpoint, training: examples, validation: heldOut, team: team)
    }
  }
}
