import ConvEngine
import Libc

/// Gaussian error linear unit: x·Φ(x), Φ the normal distribution (exact, by erf).
public struct GELU: Activation {
  public init() {}

  public static let words = ["gelu"]

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> GELU {
    GELU()
  }

  public var text: String { "gelu" }
  public var title: String { "GELU" }
  public var kernel: ActivationKernel? { .gelu }

  public func value(_ x: Float) -> Float { x * Self.normal(x) }

  public func slope(_ x: Float, _ y: Float) -> Float {
    // 1/√(2π), the density of the normal distribution at 0.
    Self.normal(x) + x * 0.398_942_28 * expf(-0.5 * x * x)
  }

  /// Φ(x), with 1/√2.
  private static func normal(_ x: Float) -> Float { 0.5 * (1 + erff(x * 0.707_106_78)) }
}
