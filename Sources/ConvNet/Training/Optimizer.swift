import ConvEngine
import Raster

/// How a gradient becomes a change of the weights.
public enum Optimizer: Sendable, Hashable {
  /// Stochastic gradient descent; decay is added to the gradient.
  case sgd(momentum: Float = 0.9, nesterov: Bool = true)
  /// Adam; decay is added to the gradient.
  ///
  /// - SeeAlso: Kingma, Ba, arXiv:1412.6980.
  case adam(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8)
  /// Adam whose decay is decoupled from the gradient.
  ///
  /// - SeeAlso: Loshchilov, Hutter, arXiv:1711.05101.
  case adamW(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8)

  /// Vectors as long as the weights that it remembers.
  var memories: Int {
    switch self {
    case .sgd(let momentum, _): momentum == 0 ? 0 : 1
    case .adam, .adamW: 2
    }
  }
}

/// An optimiser with its memory, over all weights of a network.
final class OptimizerRun {
  let memories: [FloatBuffer]
  private let optimizer: Optimizer
  private let team: ThreadTeam
  private let weights: FloatBuffer
  private let gradients: FloatBuffer
  /// Slices of the weights and whether decay applies.
  private let slices: [(range: Range<Int>, decays: Bool)]

  /// Values that a thread takes at a time.
  private static let grain = 16384

  init(_ optimizer: Optimizer, _ compiled: CompiledNetwork) {
    self.optimizer = optimizer
    team = compiled.team
    weights = compiled.weightBuffer
    gradients = compiled.gradientBuffer
    memories = (0..<optimizer.memories).map { _ in
      FloatBuffer(count: compiled.network.trainedCount)
    }
    var slices: [(range: Range<Int>, decays: Bool)] = []
    for slot in compiled.network.slots where slot.shape.isTrained {
      for start in stride(from: slot.range.lowerBound, to: slot.range.upperBound, by: Self.grain) {
        let end = min(start + Self.grain, slot.range.upperBound)
        if let last = slices.last, last.decays == slot.shape.decays,
          end - last.range.lowerBound <= Self.grain
        {
          // Small tensors share a slice; the padding between them holds zeros.
          slices[slices.count - 1].range = last.range.lowerBound..<end
        } else {
          slices.append((start..<end, slot.shape.decays))
        }
      }
    }
    self.slices = slices
  }

  /// The length of the whole gradient, summed in a fixed order.
  func gradientNorm() -> Double {
    slices.reduce(0) {
      $0 + VectorSum.squares($1.range.count, gradients.base + $1.range.lowerBound)
    }.squareRoot()
  }

  /// Changes the weights.
  ///
  /// - Parameters:
  ///   - step: from 0.
  ///   - gradientScale: factor on the gradient (clipping).
  func update(rate: Float, decay: Float, step: Int, gradientScale: Float) {
    // Safety: slices are disjoint; all buffers are as long as the weights.
    nonisolated(unsafe) let (weights, gradients) = (weights.base, gradients.base)
    nonisolated(unsafe) let memories = memories.map(\.base)
    let (slices, optimizer) = (slices, optimizer)
    team.run(slices.count) { index in
      let start = slices[index].range.lowerBound
      let count = slices[index].range.count
      let decay = slices[index].decays ? decay : 0
      switch optimizer {
      case .sgd(let momentum, let nesterov):
        var change = SGDStep(rate: rate)
        change.momentum = momentum
        change.nesterov = nesterov && momentum > 0
        change.coupledDecay = decay
        change.gradientScale = gradientScale
        change(
          count, weights: weights + start, gradient: gradients + start,
          velocity: memories.first.map { $0 + start })
      case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon):
        var change = AdamStep(rate: rate, step: step + 1)
        change.beta1 = beta1
        change.beta2 = beta2
        change.epsilon = epsilon
        if case .adam = optimizer { change.coupledDecay = decay } else { change.decay = decay }
        change.gradientScale = gradientScale
        change(
          count, weights: weights + start, gradient: gradients + start,
          mean: memories[0] + start, square: memories[1] + start)
      }
    }
  }
}
