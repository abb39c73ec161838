import ConvNet
import Random

/// Examples in memory, shuffled by seed and epoch, without augmentation.
struct MemoryExamples: BatchSource {
  let shape: FeatureShape
  let classCount: Int
  /// `labels.count · shape.count` values, as the first layer takes them.
  let images: [Float]
  let labels: [Int32]
  let seed: UInt64

  init(
    shape: FeatureShape, classCount: Int, images: [Float], labels: [Int32], seed: UInt64 = 0
  ) throws(NetworkError) {
    precondition(images.count == labels.count * shape.count, "an image a label")
    if labels.isEmpty { throw .noExamples }
    if let label = labels.first(where: { $0 < 0 || $0 >= Int32(classCount) }) {
      throw .labelOutOfRange(label: Int(label), classes: classCount)
    }
    self.shape = shape
    self.classCount = classCount
    self.images = images
    self.labels = labels
    self.seed = seed
  }

  var count: Int { labels.count }

  func load(
    _ positions: Range<Int>, epoch: Int?, images: UnsafeMutableBufferPointer<Float>,
    labels: UnsafeMutableBufferPointer<Int32>
  ) {
    let order = epoch.map {
      CounterRandom(seed: seed, .shuffle, UInt64($0)).order(of: count)
    }
    for (place, position) in positions.enumerated() {
      let index = order.map { Int($0[position]) } ?? position
      labels[place] = self.labels[index]
      for i in 0..<shape.count {
        images[place * shape.count + i] = self.images[index * shape.count + i]
      }
    }
  }
}
