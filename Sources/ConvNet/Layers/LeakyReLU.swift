/// Leaky rectified linear unit: x where positive, else a fraction of it.
public struct LeakyReLU: Activation {
  /// The slope below zero (0…1).
  public var leak: Float

  public init(leak: Float = 0.01) { self.leak = leak }

  public static let words = ["leakyrelu", "leaky"]

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> LeakyReLU {
    var layer = LeakyReLU()
    if arguments.startsNumber { layer.leak = try arguments.number("a slope", 0...1) }
    return layer
  }

  public var text: String { leak == 0.01 ? "leakyrelu" : "leakyrelu \(leak)" }
  public var title: String { "LeakyReLU(\(leak))" }

  public func value(_ x: Float) -> Float { x > 0 ? x : leak * x }
  public func slope(_ x: Float, _ y: Float) -> Float { x > 0 ? 1 : leak }
}
