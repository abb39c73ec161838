import Libc

/// Hyperbolic tangent.
public struct Tanh: Activation {
  public init() {}

  public static let words = ["tanh"]

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> Tanh {
    Tanh()
  }

  public var text: String { "tanh" }
  public var title: String { "Tanh" }

  public func value(_ x: Float) -> Float { tanhf(x) }
  public func slope(_ x: Float, _ y: Float) -> Float { 1 - y * y }
}
