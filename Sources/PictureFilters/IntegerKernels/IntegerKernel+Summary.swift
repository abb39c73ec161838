extension IntegerKernel {
  /// Size and shape, for messages.
  var summary: String {
    let size = depth > 1 ? "\(width)x\(height)x\(depth)" : "\(width)x\(height)"
    let shape =
      switch shape {
      case .direct: "direct"
      case .separable: "separable"
      case .box: "box"
      }
    // A formula's integers say nothing to the reader.
    if case .product = weights, self.shape != .box { return "\(size) formula" }
    return "\(size) \(shape), divisor \(divisor)"
  }
}
