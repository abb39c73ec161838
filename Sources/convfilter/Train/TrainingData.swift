import Datasets

/// The parts of a data set as a training uses them.
struct TrainingData {
  let dataset: Dataset
  /// Learnt from.
  let train: LabelledImages
  /// What every epoch is judged by, or nil.
  let heldOut: LabelledImages?
  /// Whether `heldOut` may choose the best epoch: it is not the test set.
  let choosesBest: Bool

  /// The name of `heldOut` in lines and tables.
  var heldOutName: String { choosesBest ? "validation" : "test" }

  /// Parts for the final report.
  var parts: [(name: String, images: LabelledImages)] {
    var parts = [("train", train)]
    if choosesBest, let heldOut { parts.append(("validation", heldOut)) }
    if dataset.test.count > 0 { parts.append(("test", dataset.test)) }
    return parts
  }

  /// Images that were learnt from tell how far a model is from others: as many of them as are tested, 10,000 at
  /// least, spread evenly, do so as well as all. Whole where nothing else is judged.
  var judgedPartOfTrain: LabelledImages {
    guard parts.count > 1 else { return train }
    let most = max(10_000, dataset.test.count)
    guard train.count > most else { return train }
    return train.selecting((0..<most).map { $0 * train.count / most })
  }

  /// Validation images of the data set's own choose; else the share that is asked for; else the test
  /// images judge without choosing; else a tenth is held out.
  ///
  /// - Parameters:
  ///   - share: of each class, held out of the training images (0 for none), or nil.
  ///   - seed: draws which.
  /// - Throws: a `CommandFailure`, or `DatasetError`.
  init(_ dataset: Dataset, validation share: Double?, seed: UInt64) throws {
    self.dataset = dataset
    let test = dataset.test.count > 0 ? dataset.test : nil
    if dataset.validation != nil, share != nil {
      throw CommandFailure(
        "the data set has validation images of its own; drop the option", at: "--validation")
    }
    let held =
      dataset.validation != nil || share == 0 || share == nil && test != nil
      ? nil : try Self.split(dataset.train, share, seed)
    train = held?.kept ?? dataset.train
    let chosen = dataset.validation ?? held?.held
    choosesBest = chosen != nil
    heldOut = chosen ?? test
  }

  /// A share of the images, a tenth where none is asked for; nil where there is nothing to spare.
  private static func split(
    _ images: LabelledImages, _ share: Double?, _ seed: UInt64
  ) throws -> (kept: LabelledImages, held: LabelledImages)? {
    do {
      return try images.stratifiedSplit(fraction: share ?? 0.1, seed: seed)
    } catch {
      if case .nothingHeldOut = error, share == nil { return nil }
      throw error
    }
  }
}
