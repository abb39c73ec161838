import ConvEngine
import Raster

/// A fixed factor on every value: `scale 1/9` before the loss makes its softmax softer.
///
///     out = factor · in
public struct Scale: Layer {
  /// Not 0, and finite.
  public var factor: Float

  public init(_ factor: Float) {
    precondition(factor != 0 && factor.isFinite, "a factor that keeps the values apart")
    self.factor = factor
  }

  public static let words = ["scale"]

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> Scale {
    let factor = try arguments.fraction("a factor, as 0.125 or 1/9", 1e-6...1e6)
    try arguments.finish(expected: "nothing more")
    return Scale(factor)
  }

  public var text: String { "scale \(factor)" }
  public var title: String { "Scale(\(factor))" }

  public func output(
    for input: FeatureShape, name: String
  ) throws(NetworkError) -> FeatureShape { input }

  public func operations(for input: FeatureShape, output: FeatureShape) -> Int { output.count }

  public func explanation(for input: FeatureShape, output: FeatureShape) -> [String] {
    ["each value times \(factor): the shape stays", "parameters: none, the factor is given"]
  }

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    ScaleRun(factor, count: step.outputs, team: site.team)
  }
}

private final class ScaleRun: LayerRun {
  private let factor: Float
  private let count: Int
  private let team: ThreadTeam

  init(_ factor: Float, count: Int, team: ThreadTeam) {
    self.factor = factor
    self.count = count
    self.team = team
  }

  func forward(_ x: Values, _ y: MutableValues, _ pass: Pass) {
    multiply(x, y, pass)
  }

  func backward(_ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass) {
    if let dx { multiply(dy, dx, pass) }
  }

  private func multiply(
    _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ pass: Pass
  ) {
    // Safety: parts of the batch don't overlap; both hold `count` values an example.
    nonisolated(unsafe) let (from, to) = (from, to)
    let factor = factor
    team.split(0..<pass.count * count, grain: 16384) { part in
      for index in part { to[index] = factor * from[index] }
    }
  }
}
