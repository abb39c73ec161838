import ConvEngine
import ConvNet
import Raster
import Reports
import Text

extension TrainingPlanner {
  /// The network and the settings that the training starts with.
  private var essentials: (Network, TrainingSettings) {
    switch start {
    case .new(let beginning): (beginning.network, beginning.settings)
    case .resumed(let checkpoint, _): (checkpoint.model.network, checkpoint.settings)
    }
  }

  /// - Parameter limit: what data and training may take together.
  /// - Throws: where the training needs more at least.
  func checkMemory(_ limit: MemoryLimit) throws {
    let (network, settings) = essentials
    let needs = TrainingNeeds(
      network, settings, trunk: frozen?.trunk, train: data.train.count,
      heldOut: data.heldOut?.count ?? 0, test: data.dataset.test.count)
    // Both halves of the data, and the part of them that is learnt from where some is held out.
    let parts = [data.dataset.train, data.dataset.validation, data.dataset.test]
    let images =
      parts.reduce(0) { $0 + ($1?.bytes ?? 0) }
      + (data.choosesBest && data.dataset.validation == nil ? data.dataset.train.bytes : 0)
      + (data.train.areRead ? aheadBytes(network, settings) : 0)
    let fitting = needs.memory.largestBatch(
      within: limit.bytes - images.saturatingSum(needs.features))
    let smaller = "smaller images" + (data.train.files.isEmpty ? "" : " (--size)")
    try CommandFailure.at("model \(modelName)") {
      try limit.check(
        needs.bytes.saturatingSum(images),
        for: "training in steps of \(NumberText.grouped(needs.batch)) images",
        remedy: (fitting > 0
          ? "use --batch \(Self.round(fitting)), \(smaller), " : "use \(smaller), ")
          + "fewer channels, or earlier poolings")
    }
    // Half of what is left: threads have workspaces, and pictures are decoded in memory.
    data.train.store?.keep(upTo: (limit.bytes - needs.bytes - images) / 2)
  }

  /// Bytes of the batches that are read ahead, of a training and of an evaluation.
  private func aheadBytes(_ network: Network, _ settings: TrainingSettings) -> Int {
    min(settings.batch, data.train.count).saturatingSum(network.evaluationBatch)
      .saturatingProduct(network.input.count).saturatingProduct(MemoryLayout<Float>.size)
  }

  /// The largest power of two that is no larger.
  private static func round(_ batch: Int) -> Int {
    1 << (Int.bitWidth - 1 - min(batch, 65536).leadingZeroBitCount)
  }

  /// What nobody asked for, and would give more or take less: another model; products that take less time, in a
  /// run from the start of a network whose convolutions have enough of them.
  func hints(_ training: TrainingArguments) -> [String] {
    var hints = hint.map { [$0] } ?? []
    if case .new(let beginning) = start, training.precision == nil, Precision.bf16.isFast,
      beginning.network.nodes.contains(where: { $0.layer is Conv2D && $0.input.channels >= 16 })
    {
      hints.append(
        "this processor has AMX: --precision bf16 trains in half to three quarters of the time")
    }
    return hints
  }

  /// What is not as it was asked for where a step takes more images than there are.
  func batchWarning(_ training: TrainingArguments) -> String? {
    let (settings, count) = (essentials.1, data.train.count)
    guard training.batch != nil || training.dropLast == true, settings.batch > count else {
      return nil
    }
    return "there are \(NumberText.grouped(count)) images to learn from, and each step takes them "
      + "all"
      + (settings.dropsLast ? "; none is left out" : "")
  }

  static func check(_ settings: TrainingSettings, classes: Int) throws {
    if let weights = settings.classWeights, weights.count != classes {
      throw CommandFailure(
        "\(NetworkError.classWeightCount(weights: weights.count, classes: classes))",
        at: "--class-weights")
    }
    if let first = settings.averagesFrom, first > settings.epochs {
      throw CommandFailure(
        "the training ends after epoch \(settings.epochs); name one of its epochs",
        at: "--swa \(first)")
    }
  }

  /// Refuses groups that nothing belongs to: their names are mistyped, or those of frozen layers.
  static func check(_ groups: [GroupValue], _ network: Network) throws {
    let names = network.slots.filter(\.shape.learns).map(\.name)
    for value in groups where !names.contains(where: value.group.contains) {
      throw CommandFailure(
        "no tensor that learns has such a name; there are "
          + names.prefix(12).joined(separator: ", ")
          + (names.count > 12 ? " and \(names.count - 12) more" : ""), at: "--group \(value.text)")
    }
  }

  /// Refuses names at which something stands that is not this run's.
  ///
  /// - Parameter inputs: what the command reads.
  func checkFiles(force: Bool, inputs: () -> InputFiles) throws {
    switch start {
    case .new: try files.check(resumed: nil, isComplete: false, force: force, inputs: inputs)
    case .resumed(let checkpoint, let file):
      try files.check(
        resumed: file, isComplete: checkpoint.isComplete, force: force, inputs: inputs)
    }
  }

  /// The command that goes on from the checkpoint.
  ///
  /// - Parameter course: options of the run itself, as it was begun.
  func continuation(_ source: DatasetChoice, _ course: [String]) -> String {
    var words = ["convfilter train", source.words, "--resume", shellQuoted("\(files.checkpoint)")]
    if TrainingFiles(resuming: files.checkpoint).model != files.model {
      words += ["--output", shellQuoted("\(files.model)")]
    }
    return (words + course.map(shellQuoted)).joined(separator: " ")
  }

  /// What is about to happen, in a few lines.
  func introduction(_ trainer: Trainer, ranks: Int = 1) -> String {
    let images = data.train
    let count = Summary(trainer.network).parameters
    let frozenCount = frozen.map { Summary($0.trunk.network).parameters } ?? 0
    var text =
      "\(data.dataset.name): \(NumberText.grouped(images.count)) training images of "
      + "\(images.width)x\(images.height), \(data.dataset.classNames.count) classes"
    if ranks > 1 { text += ", on \(ranks) ranks" }
    if let heldOut = data.heldOut {
      text += ", \(NumberText.grouped(heldOut.count)) for \(data.heldOutName)"
    }
    let settings = trainer.settings
    text += "\n\(modelName): \(NumberText.grouped(count + frozenCount)) parameters, "
    if let trunk = frozen?.trunk {
      text += "of which \(NumberText.grouped(count)) learn (frozen up to \(trunk.lastLayer)), "
    }
    text +=
      "\(settings.epochs) \(settings.epochs == 1 ? "epoch" : "epochs"), batch \(settings.batch), seed \(settings.seed), "
    text += "augmentation \(AugmentationValue(augmentation).text)"
    text += "\n\(settings.text)"
    if trainer.plan.firstStep > 0 {
      text += "\ngoing on after step \(NumberText.grouped(trainer.plan.firstStep))"
      if trainer.checkpoint.isComplete {
        text += ": this run is at its end, and its results are written again; more --epochs go on"
      }
    }
    return text
  }
}
