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
  /// Whether examples are read from files when they are asked for: those to come are read ahead then.
  var readsFiles: Bool { get }

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

extension BatchSource {
  public var readsFiles: Bool { false }
}
