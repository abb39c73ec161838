/// Where examples come from: a data set in the order and shape that training wants them.
///
/// A pure function of the epoch and the position: the same call gives the same values, on any
/// thread, at any time. Called from several threads at once.
public protocol BatchSource: Sendable {
  /// The shape of one example; the channel is innermost.
  var shape: FeatureShape { get }
  /// Number of examples.
  var count: Int { get }
  /// Number of classes.
  var classCount: Int { get }

  /// Writes the examples at `positions` of the order of an epoch.
  ///
  /// - Parameters:
  ///   - positions: within 0 ..< count.
  ///   - epoch: from 0, shuffled and augmented accordingly; nil for evaluation, in the order of
  ///     the data set and without augmentation.
  ///   - images: `positions.count · shape.count` values to write, normalised.
  ///   - labels: `positions.count` labels to write, 0 ..< classCount.
  func load(
    _ positions: Range<Int>, epoch: Int?, images: UnsafeMutableBufferPointer<Float>,
    labels: UnsafeMutableBufferPointer<Int32>) throws
}

/// Examples in memory, shuffled by seed and epoch, without augmentation.
public struct MemoryExamples: BatchSource {
  public let shape: FeatureShape
  public let classCount: Int
  /// `labels.count · shape.count` values, as the first layer takes them.
  public let images: [Float]
  public let labels: [Int32]
  public let seed: UInt64

  public init(
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

  public var count: Int { labels.count }

  public func load(
    _ positions: Range<Int>, epoch: Int?, images: UnsafeMutableBufferPointer<Float>,
    labels: UnsafeMutableBufferPointer<Int32>
  ) {
    let shuffle = epoch.map {
      FeistelShuffle(count: count, CounterRandom(seed: seed, .shuffle, UInt64($0)))
    }
    for (place, position) in positions.enumerated() {
      let index = shuffle?[position] ?? position
      labels[place] = self.labels[index]
      for i in 0..<shape.count {
        images[place * shape.count + i] = self.images[index * shape.count + i]
      }
    }
  }
}
