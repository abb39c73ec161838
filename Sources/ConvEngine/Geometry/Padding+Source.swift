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

  /// After how many samples the pattern shows the same again; 0 for one that shows a single sample
  /// beyond the border, or none.
  func period(_ count: Int) -> Int {
    switch self {
    case .wrap: count
    case .reflect: 2 * count
    case .reflect101: 2 * count - 2
    case .zero, .constant, .color, .levels, .replicate, .valid, .truncate: 0
    }
  }

  /// The samples that stand at `indices`, as the smallest range that holds them (never empty when
  /// one index lies on the axis).
  package func sources(_ indices: Range<Int>, count: Int) -> Range<Int> {
    var sources = indices.clamped(to: 0..<count)
    if sources.isEmpty { sources = 0..<0 }
    let period = period(count)
    let before = indices.clamped(to: min(indices.lowerBound, 0)..<0)
    let after = indices.clamped(to: count..<max(indices.upperBound, count))
    for outside in [before, after] where !outside.isEmpty {
      // Between its turns a pattern rises or falls: the extremes are at the ends, or at a turn.
      var shown = [outside.lowerBound, outside.upperBound - 1]
      for turn in [0, count - 1, count, 2 * count - 1] where period > 0 {
        shown.append(outside.lowerBound + (turn - outside.lowerBound).modulo(period))
      }
      for index in shown where outside.contains(index) {
        guard let source = source(index, count: count) else { continue }
        sources =
          sources.isEmpty
          ? source..<source + 1
          : min(sources.lowerBound, source)..<max(sources.upperBound, source + 1)
      }
    }
    return sources
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
