import ConvNet
import Datasets
import Raster

/// What a training takes besides its images, before anything is allocated.
struct TrainingNeeds {
  let memory: TrainingMemory
  /// Images in a step.
  let batch: Int
  /// Bytes of the features that are computed once, and of what computes them.
  let features: Int

  /// - Parameters:
  ///   - trunk: what of the whole does not learn.
  ///   - train: images to learn from; `heldOut` and `test`: to judge by.
  init(
    _ network: Network, _ settings: TrainingSettings, trunk: Trunk?, train: Int, heldOut: Int,
    test: Int
  ) {
    memory = TrainingMemory(network, settings: settings)
    batch = min(settings.batch, train)
    features =
      trunk.map { trunk in
        (train.saturatingProduct(2).saturatingSum(heldOut).saturatingSum(test))
          .saturatingProduct(4 * trunk.head.input.count)
          .saturatingSum(trunk.network.inferenceBytes(batch: 8))
      } ?? 0
  }

  var bytes: Int { memory.bytes(batch: batch).saturatingSum(features) }
}

extension TrainingNeeds {
  /// Of a training whose images are not read yet.
  ///
  /// - Parameter share: that is to be held out; see `TrainingData`.
  private init(
    _ network: Network, _ settings: TrainingSettings, trunk: Trunk?, _ census: ImageCensus,
    validation share: Double?
  ) {
    let held = census.heldOut(share)
    self.init(
      network, settings, trunk: trunk, train: census.train - held,
      heldOut: held + census.validation, test: census.test)
  }

  /// Bytes of a new training beside its images, those that are held out of them included; 0 where it
  /// cannot be.
  static func bytes(
    _ census: ImageCensus, model: ModelArguments, training: TrainingArguments,
    images: ImageArguments, pretrained: Pretrained?
  ) -> Int {
    func needs() throws -> TrainingNeeds {
      let classes = census.classNames.count
      if let pretrained {
        let start = try pretrained.start(
          classes: census.classNames, input: pretrained.input(images), seed: training.seedInForce)
        let settings = pretrained.settings(training, start.trunk, support: census.support)
        return TrainingNeeds(
          start.trunk?.head ?? start.model.network, settings, trunk: start.trunk, census,
          validation: images.validation)
      }
      let crop = training.augment?.augmentation.crop
      let input = FeatureShape(
        height: crop?.height ?? census.height, width: crop?.width ?? census.width,
        channels: census.channels)
      let choice = try model.choose(
        dataSet: census.name, input: input, classes: classes,
        examples: census.train - census.heldOut(images.validation))
      return TrainingNeeds(
        try Network(choice.architecture, input: input),
        training.settings(choice.settings, support: census.support), trunk: nil, census,
        validation: images.validation)
    }
    // What cannot be trained is refused later, with a reason.
    return (try? needs()).map { census.beside($0, validation: images.validation) } ?? 0
  }

  /// The same of a training that goes on.
  static func bytes(_ census: ImageCensus, of checkpoint: Checkpoint, trunk: Trunk?) -> Int {
    let share = checkpoint.model.facts["validation"].flatMap { Double($0) }
    let needs = TrainingNeeds(
      checkpoint.model.network, checkpoint.settings, trunk: trunk, census, validation: share)
    return census.beside(needs, validation: share)
  }
}

extension ImageCensus {
  /// Images to learn from that will be held out, as `TrainingData` does it.
  fileprivate func heldOut(_ share: Double?) -> Int {
    let share = share ?? (test > 0 ? 0 : 0.1)
    guard validation == 0, share > 0, share < 1 else { return 0 }
    return LabelledImages.heldOut(of: support, fraction: share).reduce(0, +)
  }

  /// What a training takes, and the images that are taken apart for it: those of both parts once more.
  fileprivate func beside(_ needs: TrainingNeeds, validation share: Double?) -> Int {
    needs.bytes.saturatingSum(heldOut(share) > 0 ? bytes(train) : 0)
  }
}
