import ConvEngine

extension StageGeometry {
  /// The same with the padding of that name, and how much of it: `full` is as much zero as makes every window
  /// that sees a sample, `full:replicate` as much of another padding.
  ///
  /// - Returns: nil for a name that no padding has.
  public func padded(_ name: String) -> StageGeometry? {
    let lower = name.lowercased()
    let isFull = lower == "full" || lower.hasPrefix("full:")
    let own = !isFull ? name : lower == "full" ? "zero" : String(name.dropFirst("full:".count))
    guard let padding = Padding(name: own), !isFull || padding.isPadded && padding != .truncate
    else {
      return nil
    }
    var geometry = self
    geometry.padding = padding
    if isFull { geometry.extent = .full }
    return geometry
  }
}
