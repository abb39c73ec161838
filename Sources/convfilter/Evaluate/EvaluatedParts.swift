import ConvNet
import Datasets
import Text

/// The images of a data set that a model is judged on.
struct EvaluatedParts {
  private let dataset: Dataset
  private let model: Model
  /// The file of the model.
  private let file: String
  /// The data set as it was named.
  private let name: String
  private let diagnostics: Diagnostics

  /// - Parameter diagnostics: told where the images are not those of the training.
  init(
    _ dataset: Dataset, _ model: Model, names: (model: String, dataset: String),
    diagnostics: Diagnostics
  ) {
    (self.dataset, self.model) = (dataset, model)
    (file, name) = names
    self.diagnostics = diagnostics
  }

  /// - Parameter split: what was asked for; nil for the test where there is one, else all.
  /// - Throws: where there are no such images.
  func of(_ split: SplitChoice?) throws -> [(name: String, images: LabelledImages)] {
    func part(_ name: String, _ images: LabelledImages?) -> [(name: String, images: LabelledImages)]
    {
      images.map { $0.count > 0 ? [(name, $0)] : [] } ?? []
    }
    let test = part("test", dataset.test)
    let all = part("train", dataset.train) + part("validation", dataset.validation) + test
    switch split {
    case .test:
      if test.isEmpty {
        throw CommandFailure("has no test images; use --split all", at: name)
      }
      return test
    case .all: return all
    case .train:
      let data = try learnt()
      let train = part("train", data?.train ?? dataset.train)
      if train.isEmpty {
        throw CommandFailure("has no training images; use --split all", at: name)
      }
      if data == nil {
        diagnostics.warning(
          "\(strangeness), so which of its images were learnt from cannot be told: all "
            + "\(NumberText.grouped(train[0].images.count)) training images are judged", at: name)
      }
      return train
    case .validation:
      let data = try learnt()
      let heldOut = data.map { $0.choosesBest ? $0.heldOut : nil } ?? dataset.validation
      guard let heldOut, heldOut.count > 0 else {
        throw CommandFailure(
          data == nil
            ? "\(strangeness), so which of its images were held out cannot be told; use --split all"
            : "nothing was held out of its training images; use --split test", at: name)
      }
      return [("validation", heldOut)]
    case nil: return !test.isEmpty ? test : all.count == 1 ? [("all", all[0].images)] : all
    }
  }

  /// Why it is not known what the training did with the images.
  private var strangeness: String {
    model.facts["images"] == nil
      ? "the model does not say that it was trained on this data set"
      : "has changed since the model was trained on it, or is another data set"
  }

  /// The data set as the training of the model took it apart; nil where it was another one.
  private func learnt() throws -> TrainingData? {
    let isSame =
      model.facts["images"].map { $0 == dataset.fingerprint }
      ?? (model.facts["data set"] == dataset.name)
    guard isSame, dataset.train.count > 0 else { return nil }
    let (share, seed) = try CommandFailure.at(file) {
      (try model.heldOutShare(), try model.seed())
    }
    return try CommandFailure.at(name) {
      try TrainingData(dataset, validation: share, seed: seed)
    }
  }
}
