import ConvNet
import Datasets
import KernelLanguage
import Raster
import Reports

/// A part of a model that does not learn, with the features that it makes.
struct FrozenPart {
  let trunk: Trunk
  let features: FeatureStore

  init(
    _ trunk: Trunk, of model: Model, flip: Augmentation.Flip, seed: UInt64,
    diagnostics: Diagnostics
  ) {
    self.trunk = trunk
    features = FeatureStore(
      trunk, normalization: model.normalization, classes: model.classNames.count, flip: flip,
      seed: seed, diagnostics: diagnostics)
  }

  /// Facts that a checkpoint needs and a model doesn't.
  fileprivate static let file = "frozen in"
  fileprivate static let weights = "frozen weights"
  fileprivate static let input = "input"

  /// The model that a head and this make.
  func whole(_ head: Model) -> Model {
    var model = trunk.joined(head)
    for fact in [Self.file, Self.weights, Self.input] { model.facts[fact] = nil }
    return model
  }
}

extension TrainingPlanner {
  /// A training that starts from a trained model.
  static func tuned(
    _ pretrained: Pretrained, _ data: TrainingData, source: DatasetChoice,
    training: TrainingArguments, images: ImageArguments, output: String?
  ) throws -> TrainingPlanner {
    let classes = data.dataset.classNames
    let input = pretrained.input(images)
    if data.train.width < input.width || data.train.height < input.height
      || data.train.channels != input.channels
    {
      throw CommandFailure(
        "the model takes \(input) images, these are \(data.train.height)×\(data.train.width)×"
          + "\(data.train.channels); --size brings pictures of a folder to another size, and a model "
          + "that ends in globalavgpool to other images", at: data.dataset.name)
    }
    let seed = training.seedInForce
    let (model, trunk) = try pretrained.start(classes: classes, input: input, seed: seed)
    var settings = pretrained.settings(
      training, trunk, support: data.train.support(classes: classes.count))
    try check(settings, classes: classes.count)
    var augmentation =
      training.augment?.augmentation
      ?? Augmentation(
        flip: holdsDigits(data.dataset.name) ? .none : .alternating,
        translation: trunk == nil ? min(input.height, input.width) / 16 : 0)
    if trunk != nil, augmentation != Augmentation(flip: augmentation.flip) {
      throw CommandFailure(
        "what frozen layers make of an image is computed once, so only flip goes with them; "
          + "use flip, or --freeze none", at: "--augment")
    }
    if trunk == nil, augmentation.crop == nil, data.train.width > input.width {
      augmentation.crop = .init(height: input.height, width: input.width)
    }
    settings.mixup = augmentation.mixup
    if settings.views != .one, holdsDigits(data.dataset.name) {
      source.diagnostics.warning(mirrorWarning, at: "--views")
    }
    try check(augmentation, data.train, at: "--augment")
    warnOfColors(augmentation, data.train, source.diagnostics)
    var facts = facts(
      data, model: pretrained.name, augmentation, settings, source: source,
      validation: images.validation)
    facts["from"] = FilePath(argument: pretrained.file).title
    facts["freeze"] = trunk == nil ? "none" : pretrained.freeze.text
    var beginning = Beginning(
      network: model.network, settings: settings, facts: facts, weights: model.weights,
      normalization: model.normalization)
    if let trunk {
      facts[FrozenPart.file] = pretrained.file
      facts[FrozenPart.weights] = trunk.fingerprint
      facts[FrozenPart.input] = "\(input.width)x\(input.height)"
      beginning = Beginning(
        network: trunk.head, settings: settings, facts: facts, weights: trunk.headWeights,
        normalization: .unit(channels: trunk.head.input.channels))
    }
    try check(training.group, beginning.network)
    let name = output ?? "\(data.dataset.name)-\(pretrained.name).safetensors"
    return TrainingPlanner(
      data: data, files: TrainingFiles(model: FilePath(argument: name)),
      modelName: pretrained.name, augmentation: augmentation, start: .new(beginning),
      frozen: trunk.map {
        FrozenPart(
          $0, of: model, flip: augmentation.flip, seed: seed, diagnostics: source.diagnostics)
      })
  }

  /// The frozen part that a checkpoint was trained behind; nil where there is none.
  static func resumedTrunk(
    _ checkpoint: Checkpoint, at file: String, source: DatasetChoice
  ) throws -> (model: Model, trunk: Trunk)? {
    let facts = checkpoint.model.facts
    guard let name = facts[FrozenPart.file], let freeze = facts["freeze"] else { return nil }
    let pretrained = try Pretrained(
      file: name, freeze: FreezeValue(freeze), memory: source.memory,
      diagnostics: source.diagnostics)
    var input = pretrained.source.network.input
    if let size = facts[FrozenPart.input].flatMap({ SizeValue(argument: $0) }),
      (1...4096).contains(size.width), (1...4096).contains(size.height)
    {
      (input.width, input.height) = (size.width, size.height)
    }
    var (model, trunk) = try pretrained.start(
      classes: checkpoint.model.classNames, input: input, seed: checkpoint.settings.seed)
    guard let trunk, trunk.fingerprint == facts[FrozenPart.weights] else {
      throw CommandFailure(
        "is not the model that the checkpoint \(file) was started from; put that back, or start anew",
        at: name)
    }
    model.facts = facts
    return (model, trunk)
  }
}
