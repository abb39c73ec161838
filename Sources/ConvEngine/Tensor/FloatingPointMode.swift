internal import CConvKernels

/// How a thread treats numbers below the normal range.
public struct FloatingPointMode: Sendable {
  private let word: UInt64

  /// Takes subnormal numbers for 0 on the calling thread: they are up to 40 times slower.
  ///
  /// Meant for `ThreadTeam(threads:onStart:)` and the main thread of a training.
  /// - Returns: the mode before, for `restore`.
  @discardableResult public static func flushSubnormals() -> FloatingPointMode {
    FloatingPointMode(word: net_flush_subnormals())
  }

  /// Puts the calling thread back into this mode.
  public func restore() { net_set_float_mode(word) }
}
