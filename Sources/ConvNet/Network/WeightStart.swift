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

extension LayerArguments {
  /// Reads how the weights start, if such a word is next.
  ///
  /// - Parameter whitens: whether `whitened` is one of them.
  mutating func takeStart(
    _ start: inout WeightStart?, whitens: Bool
  ) throws(NetworkError) -> Bool {
    guard let word, WeightStart.words.contains(word), whitens || word != "whitened" else {
      return false
    }
    try claim("start")
    take()
    start = Initialization(rawValue: word).map { .drawn($0) } ?? .whitened
    return true
  }
}

extension Conv2D {
  /// Filters that whiten at most: each direction of a patch, and its negative.
  func whiteningLimit(_ input: FeatureShape) -> Int {
    2 * window.height * window.width * input.channels
  }

  /// - Throws: where patches of this input cannot be whitened by so many filters.
  func checkWhitening(_ input: FeatureShape, name: String) throws(NetworkError) {
    guard start == .whitened else { return }
    let most = min(whiteningLimit(input), Self.mostWhitened)
    guard filters % 2 == 0, filters <= most else {
      throw .whiteningFilters(layer: name, filters: filters, most: most)
    }
  }

  /// Beyond it the eigenvectors take too long.
  private static let mostWhitened = 1024
}
