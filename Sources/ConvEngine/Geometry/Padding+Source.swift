extension Padding {
  /// Whether windows may reach beyond the border.
  public var isPadded: Bool { self != .valid }

  /// The sample that stands at `index`, or nil where a constant (or nothing) does.
  ///
  /// - Parameters:
  ///   - index: any position, negative before the axis.
  ///   - count: length of the axis (≥ 1).
  public func source(_ index: Int, count: Int) -> Int? {
    if index >= 0 && index < count { return index }
    switch self {
    case .zero, .constant, .color, .levels, .valid, .truncate:
      return nil
    case .replicate:
      return index < 0 ? 0 : count - 1
    case .reflect:
      let phase = index.modulo(2 * count)
      return phase < count ? phase : 2 * count - 1 - phase
    case .reflect101:
      if count == 1 { return 0 }
      let phase = index.modulo(2 * count - 2)
      return phase < count ? phase : 2 * count - 2 - phase
    case .wrap:
      return index.modulo(count)
    }
  }

  /// The samples that stand at `indices`, as the smallest range that holds them (never empty when
  /// one index lies on the axis).
  package func sources(_ indices: Range<Int>, count: Int) -> Range<Int> {
    let inside = indices.clamped(to: 0..<count)
    var (first, last) = inside.isEmpty ? (Int.max, Int.min) : (inside.lowerBound, inside.upperBound)
    // One period on either side shows every sample that the pattern can show.
    let before = max(indices.lowerBound, -2 * count)..<max(indices.lowerBound, 0)
    let after = min(indices.upperBound, count)..<min(indices.upperBound, 3 * count)
    for outside in [before, after] {
      for index in outside where indices.contains(index) {
        guard let source = source(index, count: count) else { continue }
        first = min(first, source)
        last = max(last, source + 1)
      }
    }
    return first < last ? first..<last : 0..<0
  }
}

extension Range<Int> {
  /// The smallest range that holds this one and two samples, the second not before the first.
  package func including(_ first: Int, _ second: Int) -> Range<Int> {
    isEmpty
      ? first..<second + 1 : Swift.min(lowerBound, first)..<Swift.max(upperBound, second + 1)
  }
}

extension Int {
  /// The remainder that is never negative.
  fileprivate func modulo(_ period: Int) -> Int {
    let rest = self % period
    return rest < 0 ? rest + period : rest
  }
}
