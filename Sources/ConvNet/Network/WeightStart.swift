/// How the weights of one layer start, where it is not as those of the others.
public enum WeightStart: Sendable, Hashable {
  case drawn(Initialization)
  /// From the training images, and never trained: filters that make the input's patches white.
  ///
  /// Eigenvectors v of the patches' second moments, largest λ first, each as v/√(λ + 5·10⁻⁴), then
  /// their negatives.
  /// - SeeAlso: Jordan, 94 % on CIFAR-10 in 3.29 seconds, arXiv:2404.00498, section 3.2.
  case whitened

  /// The word of the description language.
  var word: String {
    switch self {
    case .drawn(let initialization): initialization.rawValue
    case .whitened: "whitened"
    }
  }

  static let words = Initialization.allCases.map(\.rawValue) + ["whitened"]
}
