import Random
import Raster

/// While training, drops each value with probability p and multiplies the rest by 1/(1 − p);
/// afterwards lets everything pass.
///
/// What is dropped is a function of seed, step and place: no state to lose.
///
/// - SeeAlso: Srivastava et al., Dropout, JMLR 15 (2014).
public struct Dropout: Layer {
  /// Probability of dropping a value (0 ≤ p < 1).
  public var probability: Float

  public init(_ probability: Float) {
    precondition(probability >= 0 && probability < 1, "a probability below 1")
    self.probability = probability
  }

  public static let words = ["dropout"]

  public static func parse(_ arguments: inout LayerArguments) throws(NetworkError) -> Dropout {
    Dropout(try arguments.number("a probability, as 0.5", 0...0.99))
  }

  public var text: String { "dropout \(probability)" }
  public var title: String { "Dropout(\(probability))" }

  public func output(
    for input: FeatureShape, name: String
  ) throws(NetworkError) -> FeatureShape { input }

  public func operations(for input: FeatureShape, output: FeatureShape) -> Int { 0 }

  public func explanation(for input: FeatureShape, output: FeatureShape) -> [String] {
    ["the shape stays; while training each value is dropped with probability \(probability)"]
  }

  public func computes(isTraining: Bool) -> Bool { isTraining }

  /// The stream of random numbers of the layer of this name (FNV-1a).
  static func salt(_ name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    DropoutRun(self, name: step.node.name, count: step.outputs, team: site.team)
  }
}

private final class DropoutRun: LayerRun {
  private let probability: Float
  private let count: Int
  private let team: ThreadTeam
  /// Keeps the streams of several dropout layers apart.
  private let salt: UInt64

  init(_ layer: Dropout, name: String, count: Int, team: ThreadTeam) {
    probability = layer.probability
    self.count = count
    self.team = team
    salt = Dropout.salt(name)
  }

  func forward(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, _ pass: Pass) {
    mask(x, y, pass)
  }

  func backward(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ dy: UnsafeMutablePointer<Float>,
    _ dx: UnsafeMutablePointer<Float>?, _ pass: Pass
  ) {
    if let dx { mask(UnsafePointer(dy), dx, pass) }
  }

  private func mask(_ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ pass: Pass) {
    // Safety: parts of the batch don't overlap; both hold `count` values an example.
    nonisolated(unsafe) let (from, to) = (from, to)
    let random = CounterRandom(key: pass.random.bits(salt))
    let drops = pass.isTraining ? probability : 0
    let scale = 1 / (1 - drops)
    let first = pass.first * count
    team.split(0..<pass.count * count, grain: 4096) { part in
      for index in part {
        to[index] = random.uniform(UInt64(first + index)) < drops ? 0 : from[index] * scale
      }
    }
  }
}
