import ConvEngine

/// Where the windows of a stage lie; nil fields take the default in the comment.
public struct StageGeometry: Sendable, Hashable {
  /// Distance between windows, in samples (≥ 1; default 1, for pooling the window).
  public var strideX: Int?
  public var strideY: Int?
  /// Distance between taps, in samples (≥ 1; default 1).
  public var dilationX: Int?
  public var dilationY: Int?
  /// Default: replicate; for pooling valid, for morphology truncate.
  public var padding: Padding?
  /// How much of it, where there is any (default: the anchor visits every sample).
  public var extent: PaddingExtent?

  public init(
    strideX: Int? = nil, strideY: Int? = nil, dilationX: Int? = nil, dilationY: Int? = nil,
    padding: Padding? = nil, extent: PaddingExtent? = nil
  ) {
    self.extent = extent
    self.strideX = strideX
    self.strideY = strideY
    self.dilationX = dilationX
    self.dilationY = dilationY
    self.padding = padding
  }
}

/// How the results of several kernels on the same picture become one.
public enum Combination: Sendable, Hashable, CaseIterable {
  /// The largest result.
  case maximum
  /// The smallest result.
  case minimum
  /// The sum.
  case sum
  /// The square root of the sum of squares (gradient magnitude).
  case magnitude
}

/// What a pooling window yields.
public enum PoolingKind: Sendable, Hashable, CaseIterable {
  case maximum
  case minimum
  /// Divided by the samples that lie inside the picture.
  case average
}

/// One step of a chain.
public struct Stage: Sendable, Hashable {
  public enum Operation: Sendable, Hashable {
    /// One kernel.
    case correlate(Kernel)
    /// Several kernels on the same input, combined.
    case combine([Kernel], Combination)
    /// A window of `width` by `height` samples.
    case pool(PoolingKind, width: Int, height: Int)
    /// `in + amount · (in − correlate(kernel))` where the difference exceeds `threshold` levels.
    case unsharp(Kernel, amount: Double, threshold: Double)
    /// Pixels moved, or levels; no windows.
    case change(PictureChange)
    /// What is no weighted sum.
    case neighbourhood(Neighbourhood)
  }

  public var operation: Operation
  public var geometry: StageGeometry
  /// What the user called it, for messages.
  public var name: String

  public init(_ operation: Operation, geometry: StageGeometry = StageGeometry(), name: String) {
    self.operation = operation
    self.geometry = geometry
    self.name = name
  }
}

extension Stage {
  /// An axis of this stage; what does not fit is said of the stage.
  package func axis(
    _ name: String, _ make: () throws(GeometryError) -> WindowAxis
  ) throws(FilterError) -> WindowAxis {
    do {
      return try make()
    } catch {
      switch error {
      case .windowTooLarge(let window, let padded):
        throw .windowTooLarge(stage: self.name, window: window, padded: padded, axis: name)
      case .notPositive(let what, let value):
        throw .notPositive(stage: self.name, what: what, value: value)
      case .overflow: throw .tooLarge(stage: self.name)
      }
    }
  }
}
