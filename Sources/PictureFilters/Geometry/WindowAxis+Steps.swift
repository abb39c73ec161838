import ConvEngine

extension [WindowAxis] {
  /// The sample of the picture that a result of several steps stands for.
  func anchorSample(_ index: Int) -> Int { reversed().reduce(index) { $1.anchorSample($0) } }
}
