import ConvEngine
import Libc

/// Sigmoid linear unit: x / (1 + e⁻ˣ).
public struct SiLU: Activation {
  public init() {}

  public static let words = ["silu", "swish"]

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> SiLU {
    SiLU()
  }

  public var text: String { "silu" }
  public var title: String { "SiLU" }
  public var kernel: ActivationKernel? { .silu }

  public func value(_ x: Float) -> Float { x / (1 + expf(-x)) }

  public func slope(_ x: Float, _ y: Float) -> Float {
    let gate = 1 / (1 + expf(-x))
    return gate * (1 + x * (1 - gate))
  }
}
