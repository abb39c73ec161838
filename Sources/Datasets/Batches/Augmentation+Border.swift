extension Augmentation.Border {
  /// The sample that shows at a place along an axis, however far beyond its ends; nil for black.
  func place(_ place: Int, _ length: Int) -> Int? {
    if place >= 0 && place < length { return place }
    if self == .zero { return nil }
    if length == 1 { return 0 }
    let period = 2 * (length - 1)
    let within = (place % period + period) % period
    return min(within, period - within)
  }
}
