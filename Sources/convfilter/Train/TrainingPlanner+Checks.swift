import ConvNet
import Raster
import Reports
import Text

extension TrainingPlanner {
  /// The network and the settings that the training starts with.
  private var essentials: (Network, TrainingSettings) {
    switch start {
    case .new(let network, let settings, _): (network, settings)
    case .resumed(let checkpoint, _): (checkpoint.model.network, checkpoint.settings)
    }
  }

  /// - Throws: where the machine has less memory than the training needs at least.
  func checkMemory() throws {
    let (network, settings) = essentials
    let memory = TrainingMemory(network, settings: settings)
    let images = data.dataset.train.pixels.count + data.dataset.test.pixels.count
    let room = installedMemory() - images
    let needed = memory.bytes(batch: settings.batch)
    guard needed > room else { return }
    let fitting = memory.largestBatch(within: room / 2)
    throw CommandFailure(
      "a step of \(NumberText.grouped(settings.batch)) images needs \(NumberText.bytes(needed)) of "
        + "memory, more than the \(NumberText.bytes(max(room, 0))) that there are beside the images; "
        + (fitting > 0
          ? "use --batch \(NumberText.short(Double(Self.round(fitting)))), smaller images, "
          : "use smaller images, ") + "fewer channels, or earlier poolings",
      at: "model \(modelName)")
  }

  /// The largest power of two that is no larger.
  private static func round(_ batch: Int) -> Int {
    1 << (Int.bitWidth - 1 - min(batch, 65536).leadingZeroBitCount)
  }

  /// Refuses names at which something stands that is not this run's.
  func checkFiles(force: Bool) throws {
    switch start {
    case .new: try files.check(resumed: nil, isComplete: false, force: force)
    case .resumed(let checkpoint, let file):
      try files.check(resumed: file, isComplete: checkpoint.isComplete, force: force)
    }
  }

  /// The command that goes on from the checkpoint.
  func continuation(_ source: DatasetChoice, force: Bool) -> String {
    var words = "convfilter train \(source.words) --resume "
    words += shellQuoted("\(files.checkpoint)")
    if TrainingFiles(resuming: files.checkpoint).model != files.model {
      words += " --output " + shellQuoted("\(files.model)")
    }
    return force ? words + " --force" : words
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
    text +=
      "\(settings.epochs) \(settings.epochs == 1 ? "epoch" : "epochs"), batch \(settings.batch), seed \(settings.seed), "
    text += "augmentation \(AugmentationValue(augmentation).text)"
    text += "\n\(settings.text)"
    if trainer.plan.firstStep > 0 {
      text += "\ngoing on after step \(NumberText.grouped(trainer.plan.firstStep))"
    }
    return text
  }
}
