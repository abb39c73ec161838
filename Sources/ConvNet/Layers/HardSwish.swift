import ConvEngine

/// Hard swish: x · min(max(x + 3, 0), 6) / 6.
///
/// - SeeAlso: Howard et al., Searching for MobileNetV3, arXiv:1905.02244.
public struct HardSwish: Activation {
  public init() {}

  public static let words = ["hardswish"]

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> HardSwish {
    HardSwish()
  }

  public var text: String { "hardswish" }
  public var title: String { "HardSwish" }
  public var kernel: ActivationKernel? { .hardSwish }

  public func value(_ x: Float) -> Float { x * min(max(x + 3, 0), 6) / 6 }
  public func slope(_ x: Float, _ y: Float) -> Float { x < -3 ? 0 : x > 3 ? 1 : x / 3 + 0.5 }
}
