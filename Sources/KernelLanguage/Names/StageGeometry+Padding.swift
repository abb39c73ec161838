import ConvEngine

extension StageGeometry {
  /// Takes the padding of that name, and how much of it: `full` is as much zero as makes every window
  /// that sees a sample, `full:replicate` as much of another padding.
  ///
  /// - Returns: false, and nothing is taken, for a name that no padding has.
  public mutating func pad(_ name: String) -> Bool {
    let lower = name.lowercased()
    let isFull = lower == "full" || lower.hasPrefix("full:")
    let own = !isFull ? name : lower == "full" ? "zero" : String(name.dropFirst("full:".count))
    guard let padding = Padding(name: own), !isFull || padding.isPadded && padding != .truncate
    else {
      return false
    }
    self.padding = padding
    extent = isFull ? .full : nil
    return true
  }
}
