import ConvEngine

/// What a window of samples yields that is no weighted sum of them.
public enum Neighbourhood: Sendable, Hashable {
  /// The smallest or the largest member of a window, or what is made of those.
  case morphology(Morphology, StructuringElement)
  /// The member of a rank.
  case rank(Rank, StructuringElement)
}

/// The morphology of gray levels; the element is not mirrored (OpenCV).
public enum Morphology: Sendable, Hashable, CaseIterable {
  /// The smallest member.
  case erode
  /// The largest member.
  case dilate
  /// Eroded, then dilated by the mirrored element: bright spots that do not hold it go.
  case open
  /// Dilated, then eroded by the mirrored element: dark spots that do not hold it go.
  case close
  /// Dilated minus eroded, from 0.
  case gradient
  /// The picture minus its opening, from 0.
  case topHat
  /// The closing minus the picture, from 0.
  case blackHat

  /// Whether results are differences: 0 where the picture is even.
  public var isDifference: Bool {
    switch self {
    case .erode, .dilate, .open, .close: false
    case .gradient, .topHat, .blackHat: true
    }
  }
}

/// Which of the members of a window, in ascending order.
public enum Rank: Sendable, Hashable {
  /// Number `⌊n / 2⌋` of n, from 0.
  case median
  /// Number `⌊n · percent / 100⌋`, the last one for 100 (SciPy's `percentile_filter`).
  case percent(Double)

  /// - Parameter count: members of the window (≥ 1).
  /// - Returns: a place from 0 in their ascending order.
  public func index(of count: Int) -> Int {
    switch self {
    case .median: count / 2
    case .percent(let percent):
      // As SciPy counts: the product first.
      min(Int(Double(count) * percent / 100), count - 1)
    }
  }
}

extension Neighbourhood {
  /// The members that one pass over the picture looks at.
  public var element: StructuringElement {
    switch self {
    case .morphology(_, let element), .rank(_, let element): element
    }
  }

  /// What lies beyond the border where nothing is said: extremes are those of the samples inside.
  package var standardPadding: Padding {
    switch self {
    case .morphology: .truncate
    case .rank: .replicate
    }
  }

  /// Whether a level that is the same all over becomes 0.
  package var flattens: Bool {
    switch self {
    case .morphology(let kind, _): kind.isDifference
    case .rank: false
    }
  }
}
