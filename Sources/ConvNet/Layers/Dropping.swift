import Random
import Raster

/// A layer that drops values with probability p while training, and multiplies those that stay by
/// 1/(1 − p); afterwards it lets everything pass.
///
/// What is dropped is a function of seed, step and place: no state to lose.
public protocol Dropping: Layer {
  /// p (0 ≤ p < 1).
  var probability: Float { get }
  /// Whether all values of an example are dropped together.
  static var dropsExamples: Bool { get }
}

extension Dropping {
  public var title: String { "\(Self.self)(\(probability))" }

  public func output(
    for input: FeatureShape, name: String
  ) throws(NetworkError) -> FeatureShape { input }

  public func operations(for input: FeatureShape, output: FeatureShape) -> Int { 0 }

  public func explanation(for input: FeatureShape, output: FeatureShape) -> [String] {
    let what = Self.dropsExamples ? "all values of an example are" : "each value is"
    return ["the shape stays; while training \(what) dropped with probability \(probability)"]
  }

  public func computes(isTraining: Bool) -> Bool { isTraining }

  public func run(_ step: StepPlan, in site: CompilationSite) -> any LayerRun {
    DroppingRun(self, name: step.node.name, count: step.outputs, team: site.team)
  }
}

private final class DroppingRun: LayerRun {
  private let probability: Float
  private let dropsExamples: Bool
  private let count: Int
  private let team: ThreadTeam
  /// Keeps the streams of random numbers of several layers apart.
  private let salt: UInt64

  init<Kind: Dropping>(_ layer: Kind, name: String, count: Int, team: ThreadTeam) {
    probability = layer.probability
    dropsExamples = Kind.dropsExamples
    self.count = count
    self.team = team
    salt = ContentHash(name.utf8).value
  }

  func forward(_ x: Values, _ y: MutableValues, _ pass: Pass) {
    drop(x, y, pass)
  }

  func backward(_ x: Values, _ y: Values, _ dy: MutableValues, _ dx: MutableValues?, _ pass: Pass) {
    if let dx { drop(UnsafePointer(dy), dx, pass) }
  }

  private func drop(_ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<Float>, _ pass: Pass) {
    // Safety: parts of the batch don't overlap; both hold `count` values an example.
    nonisolated(unsafe) let (from, to) = (from, to)
    let random = CounterRandom(key: pass.random.bits(salt))
    let (drops, count) = (pass.isTraining ? probability : 0, count)
    let scale = 1 / (1 - drops)
    if dropsExamples {
      let first = pass.first
      team.run(pass.count) { example in
        let (from, to) = (from + example * count, to + example * count)
        if random.uniform(UInt64(first + example)) < drops {
          to.update(repeating: 0, count: count)
        } else {
          for index in 0..<count { to[index] = from[index] * scale }
        }
      }
    } else {
      let first = pass.first * count
      team.split(0..<pass.count * count, grain: 4096) { part in
        for index in part {
          to[index] = random.uniform(UInt64(first + index)) < drops ? 0 : from[index] * scale
        }
      }
    }
  }
}
