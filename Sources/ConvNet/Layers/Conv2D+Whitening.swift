extension Conv2D {
  /// Filters that whiten at most: each direction of a patch, and its negative.
  fileprivate func whiteningLimit(_ input: FeatureShape) -> Int {
    2 * window.height * window.width * input.channels
  }

  /// - Throws: where patches of this input cannot be whitened by so many filters.
  func checkWhitening(_ input: FeatureShape, name: String) throws(NetworkError) {
    guard start == .whitened else { return }
    // The moments are those of patches with all channels, and of patches there are.
    guard groups == 1 else { throw .whiteningGroups(layer: name) }
    guard window.spanY <= input.height, window.spanX <= input.width else {
      throw .whiteningWindow(layer: name, input: input)
    }
    let most = min(whiteningLimit(input), Self.mostWhitened)
    guard filters % 2 == 0, filters <= most else {
      throw .whiteningFilters(layer: name, filters: filters, most: most)
    }
  }

  /// Beyond it the eigenvectors take too long.
  private static let mostWhitened = 1024
}
