import ConvNet
import Datasets
import Raster
import Reports

/// A training that is ready to start: data, network or checkpoint, and where results go.
struct TrainingPlanner {
  let data: TrainingData
  let files: TrainingFiles
  let modelName: String
  let augmentation: Augmentation
  private let start: Start

  private enum Start {
    case new(Network, TrainingSettings, facts: [String: String])
    case resumed(Checkpoint)
  }

  /// A training from the first step.
  static func new(
    source: DatasetChoice, model: ModelArguments, training: TrainingArguments,
    validation: Double?, output: String?
  ) throws -> TrainingPlanner {
    let dataset = try source.load()
    let data = try CommandFailure.at(source.name) {
      try TrainingData(dataset, validation: validation, seed: training.seed)
    }
    let classes = dataset.classNames.count
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
    try check(augmentation, data.train)
    let network = try CommandFailure.at("model \(choice.name)") {
      try Network(choice.architecture, input: input)
    }
    var facts = [
      "data set": dataset.name, "model": choice.name, "augmentation": value.text,
      "fit": source.arguments.fit.rawValue, "seed": String(settings.seed),
      "epochs": String(settings.epochs),
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
    let dataset = try source.load()
    let data = try CommandFailure.at(source.name) {
      try TrainingData(
        dataset, validation: facts["validation"].flatMap { Double($0) },
        seed: checkpoint.settings.seed)
    }
    let augmentation =
      facts["augmentation"].flatMap { AugmentationValue(argument: $0) }?.augmentation ?? .none
    let path = FilePath(argument: file)
    let ending = ".checkpoint"
    let stem = path.stem.hasSuffix(ending) ? String(path.stem.dropLast(ending.count)) : path.stem
    let name =
      output.map { FilePath(argument: $0) }
      ?? path.parent.appending(
        Array("\(stem).safetensors".utf8))
    return TrainingPlanner(
      data: data, files: TrainingFiles(model: name), modelName: facts["model"] ?? "model",
      augmentation: augmentation, start: .resumed(checkpoint))
  }

  /// None for short trainings; for long ones a shift, and alternating flips where they do no harm.
  private static func standardAugmentation(
    epochs: Int, side: Int, canFlip: Bool
  ) -> Augmentation {
    if epochs <= 5 { return .none }
    return Augmentation(flip: canFlip ? .alternating : .none, translation: side < 16 ? 1 : 2)
  }

  private static func holdsDigits(_ name: String) -> Bool { ["digits", "mnist"].contains(name) }

  private static func check(_ augmentation: Augmentation, _ images: LabelledImages) throws {
    let side = min(images.height, images.width)
    if augmentation.translation >= side || (augmentation.crop?.width ?? 1) > side {
      throw CommandFailure(
        "the images have only \(images.width)x\(images.height) pixels; use smaller numbers",
        at: "--augment")
    }
  }

  /// The trainer, at its first or next step.
  func trainer(team: ThreadTeam) throws -> Trainer {
    let normalization: ConvNet.Normalization
    let seed: UInt64
    switch start {
    case .new(_, let settings, _):
      normalization = ConvNet.Normalization(data.train.normalisation())
      seed = settings.seed
    case .resumed(let checkpoint):
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
    case .resumed(let checkpoint):
      if checkpoint.model.classNames != classes {
        throw CommandFailure(
          "its classes are not those of the checkpoint; name the data set it was trained on",
          at: data.dataset.name)
      }
      return try Trainer(
        resuming: checkpoint, training: examples, validation: heldOut, team: team)
    }
  }

  /// What is about to happen, in a few lines.
  func introduction(_ trainer: Trainer) -> String {
    let images = data.train
    let count = Summary(trainer.network).parameters
    var text =
      "\(data.dataset.name): \(NumberText.grouped(images.count)) training images of "
      + "\(images.width)x\(images.height), \(data.dataset.classNames.count) classes"
    if let heldOut = data.heldOut {
      text += ", \(NumberText.grouped(heldOut.count)) for \(data.heldOutName)"
    }
    let settings = trainer.settings
    text += "\n\(modelName): \(NumberText.grouped(count)) parameters, "
    text += "\(settings.epochs) epochs, batch \(settings.batch), seed \(settings.seed), "
    text += "augmentation \(AugmentationValue(augmentation).text)"
    if trainer.plan.firstStep > 0 {
      text += "\ngoing on after step \(NumberText.grouped(trainer.plan.firstStep))"
    }
    return text
  }
}
