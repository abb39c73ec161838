import ConvEngine
import Raster

/// Muon's step for one convolution: the momentum made nearly orthogonal.
///
///     b = momentum·b + g;   u = g + momentum·b
///     w ← w·√filters/‖w‖ − rate·orthogonal(u)
///
/// `u` as a matrix filters × rest. Its singular values are brought near 1 by three steps
/// X ← aX + (bA + cA²)X, A = XXᵀ, on the smaller side.
/// - SeeAlso: Jordan et al., Muon, kellerjordan.github.io/posts/muon; cifar10-airbench.
final class MuonRun {
  private static let steps = 3
  private static let (a, b, c): (Float, Float, Float) = (3.4445, -4.7750, 2.0315)

  let slot: ParameterSlot
  /// Times the rate: the deeper in the network, the less.
  let depthRate: Float
  private let filters: Int
  private let rest: Int
  /// The update as rest × filters, and what it becomes.
  private let x, y: FloatBuffer
  /// Of the smaller side squared: A, A².
  private let square, fourth: FloatBuffer
  private let product: MatrixProduct

  init(_ slot: ParameterSlot, team: ThreadTeam, depthRate: Float = 1) {
    self.slot = slot
    self.depthRate = depthRate
    filters = slot.shape.memory.last!
    rest = slot.shape.count / filters
    let side = min(filters, rest)
    x = FloatBuffer(count: slot.shape.count)
    y = FloatBuffer(count: slot.shape.count)
    square = FloatBuffer(count: side * side)
    fourth = FloatBuffer(count: side * side)
    product = MatrixProduct(team: team)
  }

  /// Products of an update: three times those of A, A² and the polynomial.
  var products: Int {
    let side = min(filters, rest)
    let (count, square) = (slot.shape.count, side.saturatingProduct(side))
    return Self.steps.saturatingProduct(
      side.saturatingProduct(2 * count).saturatingSum(side.saturatingProduct(square)))
  }

  /// Values of its own: two of the tensor and two of its smaller side squared.
  static func memory(_ slot: ParameterSlot) -> Int {
    let filters = slot.shape.memory.last!
    let side = min(filters, slot.shape.count / filters)
    return 2 * slot.shape.count + 2 * side * side
  }

  func update(
    weights: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>,
    velocity: UnsafeMutablePointer<Float>, momentum: Float, nesterov: Bool, rate: Float,
    gradientScale: Float
  ) {
    let count = slot.shape.count
    for i in 0..<count {
      let g = gradient[i] * gradientScale
      let b = momentum * velocity[i] + g
      velocity[i] = b
      x.base[i] = nesterov ? g + momentum * b : b
    }
    let length = Float(VectorSum.squares(count, x.base).squareRoot()) + 1e-7
    for i in 0..<count { x.base[i] /= length }
    var (from, to) = (x.base, y.base)
    for _ in 0..<Self.steps {
      step(from, to)
      swap(&from, &to)
    }
    let norm = Float(VectorSum.squares(count, weights).squareRoot())
    let scale = norm > 0 ? Float(filters).squareRoot() / norm : 1
    for i in 0..<count { weights[i] = weights[i] * scale - rate * from[i] }
  }

  /// to ← a·from + (b·A + c·A²)·from.
  private func step(_ from: UnsafeMutablePointer<Float>, _ to: UnsafeMutablePointer<Float>) {
    let side = min(filters, rest)
    // Safety: every matrix is as large as said.
    if filters <= rest {
      // A = fromᵀ·from, and its polynomial stands on the right.
      product.transposedLeft(rows: filters, depth: rest, columns: filters, from, from, square.base)
    } else {
      product.transposedRight(rows: rest, depth: filters, columns: rest, from, from, square.base)
    }
    product.plain(rows: side, depth: side, columns: side, square.base, square.base, fourth.base)
    for i in 0..<side * side {
      fourth.base[i] = Self.b * square.base[i] + Self.c * fourth.base[i]
    }
    if filters <= rest {
      product.plain(rows: rest, depth: filters, columns: filters, from, fourth.base, to)
    } else {
      product.plain(rows: rest, depth: rest, columns: filters, fourth.base, from, to)
    }
    VectorSum.add(slot.shape.count, Self.a, from, to: to)
  }
}
