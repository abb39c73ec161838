import ConvNet
import Datasets
import Raster

/// Labelled images as examples for a network: the joint between the two rooms.
struct ImageExamples: BatchSource {
  private let batches: Batches
  let classCount: Int

  /// - Parameter normalization: that of the model.
  init(
    _ images: LabelledImages, classes: Int, normalization: Normalization,
    seed: UInt64 = 0, augmentation: Augmentation = .none
  ) {
    batches = Batches(
      images, normalization: normalization, seed: seed, augmentation: augmentation)
    classCount = classes
  }

  var shape: FeatureShape {
    FeatureShape(height: batches.height, width: batches.width, channels: batches.channels)
  }

  var count: Int { batches.images.count }
  var readsFiles: Bool { batches.images.areRead }

  func load(
    _ positions: Range<Int>, epoch: Int?, images: UnsafeMutableBufferPointer<Float>,
    labels: UnsafeMutableBufferPointer<Int32>
  ) throws {
    try batches.fill(positions: positions, epoch: epoch, images: images, labels: labels)
  }

  /// An image of the data set as an epoch has it, normalised; nil for evaluation.
  ///
  /// - Throws: `DatasetError`.
  func example(_ index: Int, epoch: Int?) throws -> [Float] {
    let all = batches.indices(0..<count, epoch: epoch)
    let place = all.firstIndex(of: Int32(index))!
    var values = [Float](repeating: 0, count: shape.count)
    var labels: [Int32] = [0]
    try values.withUnsafeMutableBufferPointer { values in
      try labels.withUnsafeMutableBufferPointer { labels in
        try load(place..<place + 1, epoch: epoch, images: values, labels: labels)
      }
    }
    return values
  }
}
