/// Drops each value by itself.
///
/// - SeeAlso: Srivastava et al., Dropout, JMLR 15 (2014).
public struct Dropout: Dropping {
  public var probability: Float

  public init(_ probability: Float) {
    precondition(probability >= 0 && probability < 1, "a probability below 1")
    self.probability = probability
  }

  public static let words = ["dropout"]
  public static let dropsExamples = false

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> Dropout {
    Dropout(try arguments.number("a probability, as 0.5", 0...0.99))
  }

  public var text: String { "dropout \(probability)" }
}
