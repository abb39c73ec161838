/// Stochastic depth: drops all values of an example.
///
/// At the end of a residual block's body an example then skips the block.
///
/// - SeeAlso: Huang et al., Deep Networks with Stochastic Depth, arXiv:1603.09382.
public struct DropPath: Dropping {
  public var probability: Float

  public init(_ probability: Float) {
    precondition(probability >= 0 && probability < 1, "a probability below 1")
    self.probability = probability
  }

  public static let words = ["droppath", "stochasticdepth"]
  public static let dropsExamples = true

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> DropPath {
    let layer = DropPath(try arguments.number("a probability, as 0.1", 0...0.99))
    try arguments.finish(expected: "nothing more")
    return layer
  }

  public var text: String { "droppath \(probability)" }
}
