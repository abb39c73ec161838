import ConvEngine

/// Rectified linear unit that is cut off: min(max(x, 0), 6).
///
/// - SeeAlso: Howard et al., MobileNets, arXiv:1704.04861.
public struct ReLU6: Activation {
  public init() {}

  public static let words = ["relu6"]

  /// The largest value.
  static let ceiling: Float = 6

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> ReLU6 {
    ReLU6()
  }

  public var text: String { "relu6" }
  public var title: String { "ReLU6" }
  public var kernel: ActivationKernel? { .relu6 }

  public func value(_ x: Float) -> Float {
    let positive = x > 0 ? x : 0
    return positive < Self.ceiling ? positive : Self.ceiling
  }

  public func slope(_ x: Float, _ y: Float) -> Float { x > 0 && x < Self.ceiling ? 1 : 0 }
}
