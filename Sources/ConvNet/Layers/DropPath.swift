import Random
import Raster

/// Stochastic depth: while training, drops all values of an example with probability p and multiplies
/// those of the others by 1/(1 − p); afterwards lets everything pass.
///
/// At the end of a residual block's body an example then skips the block. Which examples are dropped
/// is a function of seed, step and place: no state to lose.
///
/// - SeeAlso: Huang et al., Deep Networks with Stochastic Depth, arXiv:1603.09382.
public struct DropPath: Layer {
  /// Probability of dropping an example (0 ≤ p < 1).
  public var probability: Float

  public init(_ probability: Float) {
    precondition(probability >= 0 && probability < 1, "a probability below 1")
    self.probability = probability
  }

  public static let words = ["droppath", "stochasticdepth"]

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> DropPath {
    let layer = DropPath(try arguments.number("a probability, as 0.1", 0...0.99))
    try arguments.finish(expected: "nothing more")
    return layer
  }

  public var text: String { "droppath \(probability)" }
  public var title: String { "DropPath(\(probability))" }

  public func output(
    for input: FeatureShape, name: String
  ) throws(NetworkError) -> FeatureShape { input }

  public func operations(for input: FeatureShape, output: FeatureShape) -> Int { 0 }

  public func explanation(for input: FeatureShape, output: FeatureShape) -> [String] {
    [
      "the shape stays; while training all values of an example are dropped with probability "
        + "\(probability)"
    ]
  }

  public func computes(isTraining: Bool) -> Bool { isTraining }

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    DropPathRun(self, name: step.node.name, count: step.outputs, team: site.team)
  }
}

private final class DropPathRun: LayerRun {
  private let probability: Float
  private let count: Int
  private let team: ThreadTeam
  private let salt: UInt64

  init(_ layer: DropPath, name: String, count: Int, team: ThreadTeam) {
    probability = layer.probability
    self.count = count
    self.team = team
    salt = Dropout.salt(name)
  }

  func forward(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    drop(x, y, pass)
  }

  func backward(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ dy: UnsafeMutablePointer<Float>,
    _ dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    if let dx { drop(UnsafePointer(dy), dx, pass) }
  }

  private func drop(_ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ pass: Pass) {
    // Safety: examples don't overlap; both hold `count` values an example.
    nonisolated(unsafe) let (from, to) = (from, to)
    let random = CounterRandom(key: pass.random.bits(salt))
    let (drops, count) = (pass.isTraining ? probability : 0, count)
    let scale = 1 / (1 - drops)
    let first = pass.first
    team.run(pass.count) { example in
      let (from, to) = (from + example * count, to + example * count)
      if random.uniform(UInt64(first + example)) < drops {
        to.update(repeating: 0, count: count)
      } else {
        for index in 0..<count { to[index] = from[index] * scale }
      }
    }
  }
}
