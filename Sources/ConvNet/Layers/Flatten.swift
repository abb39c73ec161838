import Text

/// Reads a map as a vector: rows, columns, channels innermost. Costs nothing.
public struct Flatten: Layer {
  public init() {}

  public static let words = ["flatten"]

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> Flatten {
    try arguments.finish(expected: "nothing")
    return Flatten()
  }

  public var text: String { "flatten" }
  public var title: String { "Flatten" }

  public func output(
    for input: FeatureShape, name: String
  ) throws(NetworkError) -> FeatureShape { input.flattened }

  public func operations(for input: FeatureShape, output: FeatureShape) -> Int { 0 }

  public func explanation(for input: FeatureShape, output: FeatureShape) -> [String] {
    [
      "every value in a row: \(input.height)·\(input.width)·\(input.channels)"
        + " = \(NumberText.grouped(input.count))"
    ]
  }

  public func computes(isTraining: Bool) -> Bool { false }

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    preconditionFailure("flatten computes nothing")
  }
}
