import KernelLanguage

extension Kernel {
  /// What rounding may leave of weights that cancel, for samples up to 1.
  var noise: Double {
    guard depth > 1 || factors == nil else { return 0 }
    return magnitude == abs(sum) ? 0 : 1e-13 * magnitude
  }

  /// Whether the weights beside the anchor's cannot move a 16-bit sample by half a level.
  var hardlyMoves: Bool {
    guard depth == 1, (0..<width).contains(origin.x), (0..<height).contains(origin.y) else {
      return false
    }
    let own = abs(self[origin.x, origin.y])
    return own > 0 && magnitude - own < 1e-5 * own
  }
}
