import ConvNet
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
    if case .given = dataset.split, dataset.test.count > 0 { parts.append(("test", dataset.test)) }
    return parts
  }

  /// - Parameters:
  ///   - share: of each class, held out of the training images; nil for the test set if there is
  ///     one, else a tenth.
  ///   - seed: draws which.
  init(_ dataset: Dataset, validation share: Double?, seed: UInt64) throws(DatasetError) {
    self.dataset = dataset
    let hasTest = dataset.test.count > 0
    if hasTest && share == nil {
      train = dataset.train
      heldOut = dataset.test
      choosesBest = false
    } else {
      let parts = try dataset.train.stratifiedSplit(fraction: share ?? 0.1, seed: seed)
      (train, heldOut) = (parts.0, parts.1)
      choosesBest = true
    }
  }
}
