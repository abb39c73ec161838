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
  /// Muon for the kernels of convolutions, which do not decay; Nesterov's gradient descent with a
  /// momentum of its own for everything else.
  case muon(momentum: Float = 0.6, nesterov: Bool = true, others: Float = 0.85)

  /// Vectors as long as the weights that it remembers.
  var memories: Int {
    switch self {
    case .sgd(let momentum, _): momentum == 0 ? 0 : 1
    case .adam, .adamW: 2
    case .muon: 1
    }
  }

  /// Whether a tensor is the kernel of a convolution that Muon moves.
  func isMuons(_ shape: ParameterShape) -> Bool {
    guard case .muon = self else { return false }
    return shape.learns && shape.file.count == 4 && shape.decays
  }
}
