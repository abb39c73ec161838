import ConvEngine

/// Rectified linear unit: max(x, 0).
public struct ReLU: Activation {
  public init() {}

  public static let words = ["relu"]

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> ReLU {
    ReLU()
  }

  public var text: String { "relu" }
  public var title: String { "ReLU" }
  public var kernel: ActivationKernel? { .relu }

  public func value(_ x: Float) -> Float { x > 0 ? x : 0 }
  public func slope(_ x: Float, _ y: Float) -> Float { x > 0 ? 1 : 0 }
}
