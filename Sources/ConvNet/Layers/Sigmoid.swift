import Libc

/// Logistic function: 1 / (1 + e⁻ˣ).
public struct Sigmoid: Activation {
  public init() {}

  public static let words = ["sigmoid"]

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> Sigmoid {
    Sigmoid()
  }

  public var text: String { "sigmoid" }
  public var title: String { "Sigmoid" }

  public func value(_ x: Float) -> Float { 1 / (1 + expf(-x)) }
  public func slope(_ x: Float, _ y: Float) -> Float { y * (1 - y) }
}
