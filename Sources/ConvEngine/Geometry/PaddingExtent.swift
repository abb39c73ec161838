/// How much padding the layers of a network ask for, where it is not "every sample is an anchor".
public enum PaddingExtent: Sendable, Hashable {
  /// ⌈in / stride⌉ windows; an odd sample of padding goes to the bottom and right (as in Keras).
  case same
  /// Rows above, columns left, rows below, columns right.
  case explicit(top: Int, left: Int, bottom: Int, right: Int)
  /// Every window that sees a sample: one less than it spans on all sides (SciPy's mode `full`).
  case full

  /// Rows above and below a picture.
  ///
  /// - Parameters:
  ///   - length: rows of the picture (≥ 1).
  ///   - span: rows that a window spans (≥ 1).
  ///   - stride: rows between windows (≥ 1).
  public func rows(_ length: Int, span: Int, stride: Int) -> (before: Int, after: Int) {
    switch self {
    case .same: Self.same(length, span, stride)
    case .explicit(let top, _, let bottom, _): (top, bottom)
    case .full: (span - 1, span - 1)
    }
  }

  /// Columns left and right of a picture, as `rows`.
  public func columns(_ length: Int, span: Int, stride: Int) -> (before: Int, after: Int) {
    switch self {
    case .same: Self.same(length, span, stride)
    case .explicit(_, let left, _, let right): (left, right)
    case .full: (span - 1, span - 1)
    }
  }

  /// `same`, or the sides as `1,1,0,0`.
  public var name: String {
    switch self {
    case .same: "same"
    case .full: "full"
    case .explicit(let top, let left, let bottom, let right): "\(top),\(left),\(bottom),\(right)"
    }
  }

  private static func same(_ length: Int, _ span: Int, _ stride: Int) -> (before: Int, after: Int) {
    let windows = (length - 1) / stride + 1
    let total = max(0, (windows - 1) * stride + span - length)
    return (total / 2, total - total / 2)
  }
}
