/// Hard sigmoid: min(max(x + 3, 0), 6) / 6.
///
/// - SeeAlso: Howard et al., Searching for MobileNetV3, arXiv:1905.02244.
public struct HardSigmoid: Activation {
  public init() {}

  public static let words = ["hardsigmoid"]

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> HardSigmoid {
    HardSigmoid()
  }

  public var text: String { "hardsigmoid" }
  public var title: String { "HardSigmoid" }

  public func value(_ x: Float) -> Float { min(max(x + 3, 0), 6) / 6 }
  public func slope(_ x: Float, _ y: Float) -> Float { x > -3 && x < 3 ? 1 / 6 : 0 }
}
