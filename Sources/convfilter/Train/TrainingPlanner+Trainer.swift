import ConvNet
import Datasets
import Raster

extension TrainingPlanner {
  /// The trainer, at its first or next step.
  ///
  /// - Parameters:
  ///   - memory: what data and training may take together.
  ///   - ranks: the processes that share every batch.
  /// - Throws: also where they need more.
  func trainer(
    team: ThreadTeam, memory: MemoryLimit, ranks: (any RankLink)? = nil
  ) throws -> Trainer {
    try checkMemory(memory)
    let classes = data.dataset.classNames
    let training = try examples("train", data.train, augmentation, team: team, ranks: ranks)
    let heldOut = try data.heldOut.map {
      try examples(
        data.choosesBest ? "validation" : "test", $0, Augmentation(crop: augmentation.crop),
        team: team, ranks: ranks)
    }
    switch start {
    case .new(let beginning):
      return try Trainer(
        beginning.network, settings: beginning.settings, classNames: classes,
        normalization: normalization, weights: beginning.weights, training: training,
        validation: heldOut, facts: beginning.facts, team: team, ranks: ranks)
    case .resumed(let checkpoint, _):
      return try Trainer(
        resuming: checkpoint, training: training, validation: heldOut, team: team, ranks: ranks)
    }
  }

  /// A part of the data as what learns sees it.
  func examples(
    _ name: String, _ images: LabelledImages, _ augmentation: Augmentation, team: ThreadTeam,
    ranks: (any RankLink)?
  ) throws -> any BatchSource {
    if let frozen { return try frozen.features.examples(name, images, team: team, ranks: ranks) }
    return ImageExamples(
      images, classes: data.dataset.classNames.count, normalization: normalization, seed: seed,
      augmentation: augmentation)
  }

  /// That of what learns.
  private var normalization: Normalization {
    switch start {
    case .new(let beginning): beginning.normalization
    case .resumed(let checkpoint, _): checkpoint.model.normalization
    }
  }

  /// The model as it is used: a head with the frozen part before it.
  func whole(_ model: Model) -> Model { frozen?.whole(model) ?? model }

  /// What order and augmentation are drawn by.
  var seed: UInt64 {
    switch start {
    case .new(let beginning): beginning.settings.seed
    case .resumed(let checkpoint, _): checkpoint.settings.seed
    }
  }
}
