import Text

/// The shape of one example between two layers: a map of `height × width × channels`, or flat.
///
/// In memory the channel is innermost (NHWC). A flat shape remembers the map it was flattened from,
/// because other programs flatten with the channel outermost: its weights are permuted in files.
public struct FeatureShape: Sendable, Hashable, CustomStringConvertible {
  /// Rows (≥ 1).
  public var height: Int
  /// Columns (≥ 1).
  public var width: Int
  /// Channels (≥ 1).
  public var channels: Int
  /// Whether the example is a plain vector of `count` values.
  public var isFlat: Bool

  public init(height: Int, width: Int, channels: Int, isFlat: Bool = false) {
    precondition(height >= 1 && width >= 1 && channels >= 1, "a shape has at least one value")
    self.height = height
    self.width = width
    self.channels = channels
    self.isFlat = isFlat
  }

  /// A flat shape of `count` values.
  public static func vector(_ count: Int) -> FeatureShape {
    FeatureShape(height: 1, width: 1, channels: count, isFlat: true)
  }

  /// Values of one example.
  public var count: Int { height * width * channels }

  /// The same values as a vector.
  public var flattened: FeatureShape {
    FeatureShape(height: height, width: width, channels: channels, isFlat: true)
  }

  /// `30×30×64`, or `57,600` when flat.
  public var description: String {
    isFlat ? NumberText.grouped(count) : "\(height)×\(width)×\(channels)"
  }
}
